"""Make all accounts of a plan, or none."""

from dataclasses import replace

from django.db import IntegrityError, transaction

from staff.accounts.actions.accounts import add_account
from staff.accounts.actions.roles import grant_role
from staff.accounts.models import User
from staff.conflicts.versions import RefusedError
from staff.enrolment.queries import Plan, Planned
from staff.register.actions.members import change_member, values_of
from staff.register.models import Member
from trail.chain import record


def enrol(plan: Plan, *, source: str, by: User) -> list[User]:
    """Make every account of the plan with its role, linked to the register; they have no password yet.

    `source`: the name of the file, or 人员登记. One event each, and one for the batch. RefusedError, with
    nothing made, when one of them cannot be made after all.
    """
    try:
        with transaction.atomic():
            made = [_enrol_one(planned, by) for planned in plan.accounts]
            detail = {
                "source": source,
                "accounts": [user.username for user in made],
                "refused": len(plan.refused),
            }
            record("staff.accounts_batch", by=by, detail=detail)
    except IntegrityError:
        raise RefusedError("有账号刚由他人建立，本批没有建立任何账号，请重新核对。") from None
    return made


def _enrol_one(planned: Planned, by: User) -> User:
    line = planned.line
    try:
        user = add_account(
            username=planned.username,
            full_name=line.full_name,
            staff_number=line.staff_number,
            aliases=list(line.aliases),
            email=line.email,
            expires_on=line.expires_on,
            by=by,
        )
        grant_role(user, role=planned.role.code, department=planned.department, until=None, by=by)
        if planned.member is not None:
            member = Member.objects.get(pk=planned.member)
            change_member(member, replace(values_of(member), user=user), by=by)
    except RefusedError as why:
        raise RefusedError(f"{line.full_name}（{planned.username}）：{why}本批没有建立任何账号。") from why
    return user
