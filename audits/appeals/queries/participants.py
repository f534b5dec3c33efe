"""The participants of an appealed ruling and of its report: none of them may decide the appeal."""

from collections.abc import Mapping
from typing import Any

from audits.appeals.domain.appeals import Decider, refuse_decider
from audits.appeals.models import Appeal
from audits.judging.queries.judges import judges_of
from audits.sampling.domain.judges import CasePeople
from staff.accounts.models import User

DECIDES = "audits.decide_appeal"


def judges_in(appeal: Appeal) -> set[int]:
    """The accounts that ruled, or were to rule, on what is appealed against."""
    found: set[int | None] = set()
    if appeal.case is not None:
        found = set(appeal.case.reviews.values_list("assessor_id", flat=True))
    elif appeal.monthly_case is not None:
        found = {appeal.monthly_case.judged_by_id, appeal.monthly_case.assessor_id}
    elif appeal.finding is not None:
        found = {appeal.finding.ruled_by_id}
    return {pk for pk in found if pk is not None}


def people_in(appeal: Appeal) -> list[CasePeople]:
    """The people named in the present version of the report, and in the frozen one."""
    frozen = appeal.case or appeal.monthly_case
    found = [_people({name: getattr(appeal.report, name) for name in _NAMES.values()})]
    return found + ([_people(frozen.revision.content)] if frozen is not None else [])


_NAMES = {
    "reporting": "reporting_physician",
    "reviewing": "reviewing_physician",
    "signing": "signed_by",
    "last_modifying": "last_modified_by",
    "operating": "operator",
}


def _people(values: Mapping[str, Any]) -> CasePeople:
    return CasePeople(**{role: values.get(name) for role, name in _NAMES.items()})


def refuse_to_decide(appeal: Appeal, user: User) -> str | None:
    """Why `user` may not decide it, as a sentence; None: they may. Two queries at most."""
    names = tuple(name for name in (*user.report_names, user.staff_number) if name)
    return refuse_decider(
        Decider(user.pk, names),
        appellant=appeal.appellant_id,
        judges=judges_in(appeal),
        people=people_in(appeal),
    )


def candidates(appeal: Appeal) -> list[tuple[User, str]]:
    """Accounts that decide appeals in the department, each with the reason why not this one, or ""."""
    return [(user, refuse_to_decide(appeal, user) or "") for user in judges_of(appeal.department, DECIDES)]
