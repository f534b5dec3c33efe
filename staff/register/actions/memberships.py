"""The history of the groups: who was in which from a day until a day (row 1.5).

Every action that changes a member's group, title, leadership or presence ends with `record_memberships`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from staff.conflicts.versions import RefusedError, expect_shown
from staff.register.models import GroupMembership, Member, SubspecialtyGroup
from trail.chain import record


@dataclass(frozen=True)
class _Placement:
    """A member's group, title and leadership."""

    group_id: int
    title: str
    is_lead: bool


def record_memberships(members: Iterable[Member], *, since: date | None = None) -> None:
    """Make the open membership of each member what the register says of them now.

    `since`: the first day of the change, today by default; a first membership without it begins when the
    member entered the department, or on a day that is not known. Who left was in the group until their last
    day. RefusedError when `since` lies in an earlier membership, or before the one that it ends.
    """
    members = list(members)
    if since and since > timezone.localdate():
        raise RefusedError(f"生效日期{since}尚未到来：到期再登记。")
    rows = list(GroupMembership.objects.filter(member__in=members).select_related("member"))
    open_rows = {row.member_id: row for row in rows if row.until_on is None}
    ended_on = {row.member_id: row.until_on for row in sorted(rows, key=_until) if row.until_on}
    leads = set(SubspecialtyGroup.objects.filter(lead__in=members).values_list("pk", "lead_id"))
    new: list[GroupMembership] = []
    ended: list[GroupMembership] = []
    dropped: list[GroupMembership] = []
    for member in members:
        wanted, row = _placement(member, leads), open_rows.get(member.pk)
        if wanted == (_Placement(row.group_id, row.title, row.is_lead) if row else None):
            continue
        day = _first_day(member, since, ended_on.get(member.pk), is_first=row is None)
        if row is not None and day is not None:
            (dropped if _ends_before_it_began(row, day) else ended).append(row)
            row.until_on = day - timedelta(days=1)
        if wanted is not None:
            new.append(GroupMembership(member=member, since_on=day, **vars(wanted)))
    GroupMembership.objects.filter(pk__in=[row.pk for row in dropped]).delete()
    GroupMembership.objects.bulk_update(ended, ["until_on"])
    GroupMembership.objects.bulk_create(new)


def _placement(member: Member, leads: set[tuple[int, int]]) -> _Placement | None:
    if member.group_id is None or not member.is_active:
        return None
    return _Placement(member.group_id, member.title, (member.group_id, member.pk) in leads)


def _until(row: GroupMembership) -> date:
    return row.until_on or date.max


def _first_day(member: Member, since: date | None, ended_on: date | None, *, is_first: bool) -> date | None:
    """The first day of the new state: after the last one of who left, and of an earlier membership."""
    if not member.is_active and member.left_on:
        return member.left_on + timedelta(days=1)
    if since is not None and ended_on is not None and since <= ended_on:
        raise RefusedError(f"生效日期{since}早于{member}上一段在组时间的末日{ended_on}，请核对。")
    if since is not None:
        return since
    if ended_on is not None:
        return max(timezone.localdate(), ended_on + timedelta(days=1))
    return member.entered_on if is_first else timezone.localdate()


def _ends_before_it_began(row: GroupMembership, day: date) -> bool:
    """Whether a change takes the whole membership away. RefusedError for a change before its first day."""
    if row.since_on is None or row.since_on < day:
        return False
    if row.since_on > day and row.member.is_active:
        raise RefusedError(f"生效日期{day}早于{row.member}现任组的入组日期{row.since_on}，请核对。")
    return True


@transaction.atomic
def change_membership(
    membership: GroupMembership,
    *,
    since_on: date | None,
    until_on: date | None,
    by: Any,
    version: str | None = None,
) -> GroupMembership:
    """Correct the days of a membership. RefusedError for days that cannot be, ConflictError."""
    rows = GroupMembership.objects.select_for_update(of=("self",)).select_related("group", "member")
    found: GroupMembership = rows.get(pk=membership.pk)
    before = shown_membership(found)
    after = {"since_on": str(since_on or ""), "until_on": str(until_on or "")}
    if before == after:
        return found
    expect_shown(found, before, version)
    _refuse_days(found, since_on, until_on)
    found.since_on, found.until_on = since_on, until_on
    found.save()
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    detail = {"full_name": str(found.member), "changed": changed}
    record("staff.membership_change", by=by, target=found.group, detail=detail)
    return found


def _refuse_days(found: GroupMembership, since_on: date | None, until_on: date | None) -> None:
    today = timezone.localdate()
    if (found.until_on is None) != (until_on is None):
        raise RefusedError("是否仍在组请在专业组或人员页调整；这里只更正日期。")
    if max(since_on or today, until_on or today) > today:
        raise RefusedError("日期晚于今天，请核对。")
    if since_on and until_on and until_on < since_on:
        raise RefusedError(f"离组日期{until_on}早于入组日期{since_on}。")
    for other in GroupMembership.objects.filter(member=found.member).exclude(pk=found.pk):
        is_before = until_on is not None and other.since_on is not None and until_on < other.since_on
        is_after = since_on is not None and other.until_on is not None and since_on > other.until_on
        if not (is_before or is_after):
            days = f"{other.since_on or '日期不详'}至{other.until_on or '今'}"
            raise RefusedError(f"与{found.member}的另一段在组时间（{other.group}，{days}）重叠，请核对。")


def shown_membership(found: GroupMembership) -> Mapping[str, str]:
    """What the form of a membership shows, for its version."""
    return {"since_on": str(found.since_on or ""), "until_on": str(found.until_on or "")}
