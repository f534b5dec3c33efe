"""亚专业组: made, changed, dissolved."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from staff.conflicts.versions import RefusedError, expect_shown
from staff.departments.models import Department
from staff.register.actions.memberships import record_memberships
from staff.register.models import Member, SubspecialtyGroup
from trail.chain import record


@transaction.atomic
def add_group(
    department: Department,
    *,
    name: str,
    lead: Member | None,
    members: Iterable[Member],
    by: Any,
    since: date | None = None,
) -> SubspecialtyGroup:
    """A new group, its members in it from `since` on. RefusedError when the name is taken."""
    _check(department, name, None)
    group = SubspecialtyGroup(department=department, name=name, lead=lead)
    _save(group)
    numbers = _place(group, members, since)
    detail = {"name": name, "lead": str(lead or ""), "members": numbers, "since_on": str(since or "")}
    record("staff.group_add", by=by, target=group, department=department, detail=detail)
    return group


@transaction.atomic
def change_group(
    group: SubspecialtyGroup,
    *,
    name: str,
    lead: Member | None,
    members: Iterable[Member],
    by: Any,
    version: str | None = None,
    since: date | None = None,
) -> SubspecialtyGroup:
    """New name, leader and members from `since` on; who was in and is not named is in no group afterwards.

    RefusedError as above, ConflictError.
    """
    # Its groups share their people. Without the key: what is written into the department need not wait.
    Department.objects.select_for_update(no_key=True).get(pk=group.department_id)
    group = SubspecialtyGroup.objects.select_for_update().get(pk=group.pk)
    members = list(members)
    chosen = {member.pk for member in members}
    if (name, lead, chosen) == (group.name, group.lead, set(group.members.values_list("pk", flat=True))):
        return group
    expect_shown(group, shown_group(group), version)
    _check(group.department, name, group)
    before = {"name": group.name, "lead": str(group.lead or ""), "members": _numbers(group)}
    group.name, group.lead = name, lead
    _save(group)
    after = {"name": name, "lead": str(lead or ""), "members": _place(group, members, since)}
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    detail = {"changed": changed, "since_on": str(since or "")}
    record("staff.group_change", by=by, target=group, detail=detail)
    return group


@transaction.atomic
def remove_group(group: SubspecialtyGroup, *, by: Any) -> None:
    """Dissolve a group; its members stay in the register, in no group.

    It stays for the windows in which it had members; one that never had any is deleted.
    """
    group = SubspecialtyGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    detail = {"name": group.name, "members": _numbers(group)}
    record("staff.group_remove", by=by, target=group, detail=detail)
    group.lead, group.dissolved_on = None, timezone.localdate()
    group.save()
    _place(group, (), None)
    if not group.memberships.exists():
        group.delete()


def shown_group(group: SubspecialtyGroup) -> dict[str, Any]:
    """What the form of a group shows: everybody, with the group they would be taken from."""
    people = Member.objects.filter(department=group.department_id).active()
    placed = list(people.order_by("pk").values_list("pk", "group_id"))
    return {"name": group.name, "lead": group.lead_id, "placed": placed}


def _save(group: SubspecialtyGroup) -> None:
    """Two people may take one name at once: only the database sees both."""
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise RefusedError(f"专业组“{group.name}”刚由他人建立，请刷新后再试。") from None


def _place(group: SubspecialtyGroup, members: Iterable[Member], since: date | None) -> list[str]:
    chosen = [member.pk for member in members]
    concerned = list(Member.objects.filter(group=group).values_list("pk", flat=True))
    Member.objects.filter(group=group).exclude(pk__in=chosen).update(group=None)
    Member.objects.filter(pk__in=chosen, department=group.department_id).update(group=group)
    record_memberships(Member.objects.filter(pk__in=[*concerned, *chosen]), since=since)
    return _numbers(group)


def _numbers(group: SubspecialtyGroup) -> list[str]:
    return list(group.members.order_by("staff_number").values_list("staff_number", flat=True))


def _check(department: Department, name: str, known: SubspecialtyGroup | None) -> None:
    taken = SubspecialtyGroup.objects.filter(department=department, name=name).present()
    if (taken.exclude(pk=known.pk) if known else taken).exists():
        raise RefusedError(f"专业组“{name}”已经存在，请换一个名称，或修改原有的组。")
