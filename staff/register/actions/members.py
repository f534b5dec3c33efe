"""Members of the register: added, changed, marked 不适用 (D-20). One at a time, as the pages do it.

A whole file is imported by the import action; both write the same rows.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from staff.accounts.models import User
from staff.conflicts.versions import RefusedError, expect_shown
from staff.departments.models import Department
from staff.register.actions.memberships import record_memberships
from staff.register.models import Member, SubspecialtyGroup
from trail.chain import record


@dataclass(frozen=True)
class MemberValues:
    """A member as a form gives it. `group` and `user` of the same department, or None."""

    staff_number: str
    full_name: str
    kind: str
    title: str = ""
    group: SubspecialtyGroup | None = None
    modalities: list[str] = field(default_factory=list)
    user: User | None = None
    entered_on: date | None = None
    left_on: date | None = None
    is_active: bool = True


@transaction.atomic
def add_member(department: Department, values: MemberValues, *, by: Any, since: date | None = None) -> Member:
    """A new entry of the register, in its group from `since` on (`record_memberships`).

    RefusedError when the number or the account is taken.
    """
    member = Member(department=department)
    _fill(member, values)
    _save(member)
    record_memberships([member], since=since)
    detail = {"staff_number": member.staff_number, "full_name": member.full_name, "kind": member.kind}
    record("staff.member_add", by=by, target=member, department=department, detail=detail)
    return member


@transaction.atomic
def change_member(
    member: Member,
    values: MemberValues,
    *,
    by: Any,
    version: str | None = None,
    since: date | None = None,
) -> Member:
    """New values of an entry, group and title from `since` on. RefusedError as above, ConflictError."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    before = shown_member(member)
    _fill(member, values)
    after = _trail_detail(values)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if not changed:
        return member
    expect_shown(member, before, version)
    _save(member)
    record_memberships([member], since=since)
    record("staff.member_change", by=by, target=member, detail={"changed": changed})
    return member


@transaction.atomic
def exempt_member(member: Member, *, reason: str, by: Any, version: str | None = None) -> Member:
    """Mark radiation training 不适用 (D-20), or lift the mark with an empty reason.

    ConflictError; ValueError for somebody who operates more than MRI: the mark would hide a duty.
    """
    member = Member.objects.select_for_update().get(pk=member.pk)
    reason = reason.strip()
    if reason and set(member.modalities) != {"MRI"}:
        raise RefusedError("“不适用”只能用于登记为仅操作MRI的人员（D-20）；请先核对其操作设备类别。")
    if reason == member.exempt_reason:
        return member
    expect_shown(member, shown_exemption(member), version)
    member.exempt_reason = reason
    member.exempt_by = by if reason else None
    member.exempt_at = timezone.now() if reason else None
    member.save()
    action = "staff.member_exempt" if reason else "staff.member_exempt_lift"
    record(action, by=by, target=member, detail={"reason": reason} if reason else {})
    return member


def values_of(member: Member) -> MemberValues:
    """A stored member as the values of its form."""
    return MemberValues(**{name: getattr(member, name) for name in MemberValues.__dataclass_fields__})


def shown_member(member: Member) -> dict[str, Any]:
    """What the form of a member shows."""
    return _trail_detail(values_of(member))


def shown_exemption(member: Member) -> dict[str, Any]:
    """The values the form of 不适用 shows, for its version."""
    return {"reason": member.exempt_reason, "modalities": member.modalities}


def _save(member: Member) -> None:
    """Two people may enter one number at once: only the database sees both."""
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:
        raise RefusedError("这个工号或账号刚由他人登记，请刷新登记表后再试。") from None


def _fill(member: Member, values: MemberValues) -> None:
    others = Member.objects.filter(department=member.department).exclude(pk=member.pk)
    if taken := others.filter(staff_number=values.staff_number).first():
        raise RefusedError(f"工号“{values.staff_number}”已用于{taken.full_name}，请核对工号。")
    if values.user and (taken := others.filter(user=values.user).first()):
        raise RefusedError(f"账号“{values.user.username}”已关联{taken}，一个账号只对应一人。")
    if values.entered_on and values.left_on and values.left_on < values.entered_on:
        raise RefusedError(f"离职日期{values.left_on}早于入职日期{values.entered_on}，请核对。")
    if values.group and values.group.department_id != member.department_id:
        raise RefusedError("专业组属于另一个科室，请重新选择。")
    for name, value in vars(values).items():
        setattr(member, name, value)
    # The mark holds for who operates MRI only; somebody taking up CT loses it with the change.
    if set(values.modalities) != {"MRI"}:
        member.exempt_reason, member.exempt_by, member.exempt_at = "", None, None


def _trail_detail(values: MemberValues) -> dict[str, Any]:
    """Values for the trail's detail, under the keys of its labels."""
    same = ("staff_number", "full_name", "kind", "modalities", "is_active")
    return {name: getattr(values, name) for name in same} | {
        "job_title": values.title,
        "entered_on": str(values.entered_on or ""),
        "left_on": str(values.left_on or ""),
        "group": values.group.name if values.group else "",
        "username": values.user.username if values.user else "",
    }
