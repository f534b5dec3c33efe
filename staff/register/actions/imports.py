"""The register from a file: dry run or import. A row missing from the file never deletes anything.

    import_register(data, file_name, *, department, by, dry_run=False, mapping=...) -> RegisterTally

A row is created, updated, unchanged or refused; the same file twice changes nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from staff.departments.models import Department
from staff.intake.mapping import NO_MAPPING, RegisterMapping
from staff.intake.register import read_register
from staff.intake.values import IncomingRecord, IncomingRegister, IncomingRow, Refusal
from staff.register.actions.memberships import record_memberships
from staff.register.actions.records import apply, details_of, match, too_long
from staff.register.models import Member, Qualification, RegisterBatch, SubspecialtyGroup
from staff.register.qualification_rules import qualification_rules
from trail.chain import record

_KINDS = dict(Member.Kind.choices)


@dataclass
class RegisterTally:
    """What became of the rows of a file."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    unused_columns: tuple[str, ...] = ()
    ignored: tuple[Refusal, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        numbers = {name: getattr(self, name) for name in ("created", "updated", "unchanged")}
        return numbers | {"refused": len(self.refused)}


def import_register(
    data: bytes,
    file_name: str,
    *,
    department: Department,
    by: Any,
    dry_run: bool = False,
    mapping: RegisterMapping = NO_MAPPING,
) -> RegisterTally:
    """Import the rows of a register. FileRefused with a message when the file contains no register."""
    incoming = read_register(data, file_name, record_types(), mapping)
    digest = hashlib.sha256(data).hexdigest()
    return take_register(incoming, file_name, digest, department=department, by=by, dry_run=dry_run)


@transaction.atomic
def take_register(
    incoming: IncomingRegister,
    file_name: str,
    digest: str,
    *,
    department: Department,
    by: Any,
    dry_run: bool = False,
) -> RegisterTally:
    """Import the rows of a register that was read from the file with this SHA-256 digest."""
    if not dry_run:
        # Two imports at once would each add what the other adds.
        Department.objects.select_for_update().get(pk=department.pk)
    plan = _Plan(department)
    tally = RegisterTally(
        refused=list(incoming.refusals), unused_columns=incoming.unused, ignored=incoming.ignored
    )
    for row in incoming.rows:
        try:
            outcome = plan.take(row)
        except _Refused as refused:
            label, sentence = refused.args
            where = f"工作表“{row.sheet}”第{row.row}行：" if row.sheet else f"第{row.row}行："
            tally.refused.append(Refusal(row.row, row.label(label), where + sentence))
        else:
            setattr(tally, outcome, getattr(tally, outcome) + 1)
    if not dry_run:
        batch = plan.write(file_name, digest, tally, by=by)
        detail = {"sha256": digest, **tally.counts}
        record("staff.import_register", by=by, target=batch, department=department, detail=detail)
    return tally


def record_types() -> dict[str, str]:
    """Chinese name → code of every kind of record."""
    return {kind.name_zh: kind.code for kind in qualification_rules().types}


class _Refused(Exception):  # noqa: N818  (an answer, not an error)
    """field, sentence."""


class _Plan:
    """The register as it will be; nothing is written before `write`."""

    def __init__(self, department: Department) -> None:
        self.department = department
        members = list(Member.objects.filter(department=department).select_related("group"))
        self.members: dict[str, Member] = {member.staff_number.casefold(): member for member in members}
        groups = SubspecialtyGroup.objects.filter(department=department).present()
        self.groups = {g.name: g for g in groups}
        self.records: dict[str, list[Qualification]] = defaultdict(list)
        numbers = {member.pk: member.staff_number.casefold() for member in members}
        for stored in Qualification.objects.approved().filter(member__department=department).order_by("id"):
            self.records[numbers[stored.member_id]].append(stored)
        self._seen: dict[str, IncomingRow] = {}
        self._touched: dict[int, int] = {}
        self._changed_members: dict[int, Member] = {}
        self._changed_records: dict[int, Qualification] = {}
        self._today = timezone.localdate()

    def take(self, row: IncomingRow) -> str:
        """created, updated or unchanged; raises _Refused before anything of the row is planned."""
        if row.kind:
            return self._take_member(row)
        member = self._whose(row)
        self._check_records(member, row)
        outcomes = [self._take_record(member, values, row) for values in row.records]
        return next((o for o in ("created", "updated") if o in outcomes), "unchanged")

    def _whose(self, row: IncomingRow) -> Member:
        if row.staff_number:
            member = self.members.get(row.staff_number.casefold())
            if member is None:
                sentence = f"工号{row.staff_number}不在人员登记表中，请先在“医师”或“技师”表中登记该人员。"
                raise _Refused("staff_number", sentence)
            self._check_name(member, row)
            return member
        same = [member for member in self.members.values() if member.full_name == row.full_name]
        if len(same) == 1:
            return same[0]
        why = f"有{len(same)}人，请填写工号" if same else "不在人员登记表中，请先登记该人员"
        raise _Refused("full_name", f"没有工号，且姓名“{row.full_name}”{why}。")

    def _check_name(self, member: Member, row: IncomingRow) -> None:
        if row.full_name and member.full_name != row.full_name:
            raise _Refused(
                "full_name",
                f"工号{member.staff_number}登记的姓名为“{member.full_name}”，本行为“{row.full_name}”；"
                "请核对工号，改名请在人员页修改。",
            )

    def _take_member(self, row: IncomingRow) -> str:
        key = row.staff_number.casefold()
        member = self.members.get(key)
        if member is not None:
            self._check_name(member, row)
            if member.kind != row.kind:
                sentence = (
                    f"工号{row.staff_number}已登记为{_KINDS[member.kind]}，不能同时登记为{_KINDS[row.kind]}。"
                )
                raise _Refused("staff_number", sentence)
        self._check_twin(key, row)
        created = member is None
        member = member or Member(
            department=self.department,
            staff_number=row.staff_number,
            full_name=row.full_name,
            kind=row.kind,
        )
        self._check_dates(member, row)
        if sentence := too_long(Member, self._values(row) | {"staff_number": row.staff_number}):
            raise _Refused("staff_number", sentence)
        self._check_records(member, row)
        self.members[key], self._seen[key] = member, row
        changed = self._fill(member, row)
        outcomes = [self._take_record(member, values, row) for values in row.records]
        if created:
            return "created"
        return "updated" if changed or set(outcomes) - {"unchanged"} else "unchanged"

    def _check_twin(self, key: str, row: IncomingRow) -> None:
        twin = self._seen.get(key)
        if twin is not None and (twin.records, self._values(twin)) != (row.records, self._values(row)):
            sentence = f"工号{row.staff_number}与“{twin.sheet}”第{twin.row}行重复，且内容不同，请只保留一行。"
            raise _Refused("staff_number", sentence)

    def _check_dates(self, member: Member, row: IncomingRow) -> None:
        entered, left = row.entered_on or member.entered_on, row.left_on or member.left_on
        if entered and left and left < entered:
            raise _Refused("left_on", f"离职日期{left}早于入职日期{entered}。")

    def _values(self, row: IncomingRow) -> dict[str, Any]:
        """The member's values in the row; empty cells are left out."""
        values: dict[str, Any] = {
            "title": row.title,
            "group": row.group,
            "modalities": list(row.modalities),
            "entered_on": row.entered_on,
            "left_on": row.left_on,
        }
        return {name: value for name, value in values.items() if value}

    def _fill(self, member: Member, row: IncomingRow) -> bool:
        changed = False
        for name, value in self._values(row).items():
            if name == "group":
                value = self.groups.setdefault(
                    row.group, SubspecialtyGroup(department=self.department, name=row.group)
                )
            if getattr(member, name) != value:
                setattr(member, name, value)
                changed = True
        if changed:
            member.is_active = member.is_active and not _gone(member.left_on, self._today)
            # D-20: the mark holds for who operates MRI only.
            if member.modalities != ["MRI"]:
                member.exempt_reason, member.exempt_by, member.exempt_at = "", None, None
            self._changed_members[id(member)] = member
        return changed

    def _check_records(self, member: Member, row: IncomingRow) -> None:
        for values in row.records:
            if values.issued_on and values.issued_on > self._today:
                column = next((name for name in _ISSUED[values.type] if row.has(name)), "trained_on")
                raise _Refused(column, f"日期{values.issued_on}晚于今天（{self._today}），不可能。")
            if values.valid_until and values.issued_on and values.valid_until < values.issued_on:
                raise _Refused("valid_until", f"有效期至{values.valid_until}早于日期{values.issued_on}。")
            named = {f.name: getattr(values, f.name) for f in fields(values)}
            if sentence := too_long(Qualification, named):
                raise _Refused("staff_number", sentence)
            stored = match(self.records[member.staff_number.casefold()], values)
            first = self._touched.get(id(stored))
            if stored is not None and first is not None and details_of(stored, values):
                raise _Refused("trained_on", f"与第{first}行是同一条记录，但内容不同，请只保留一行。")

    def _take_record(self, member: Member, values: IncomingRecord, row: IncomingRow) -> str:
        mine = self.records[member.staff_number.casefold()]
        stored = match(mine, values)
        outcome = "unchanged"
        if stored is None:
            stored, outcome = Qualification(member=member), "created"
            mine.append(stored)
        elif details_of(stored, values):
            outcome = "updated"
        if outcome != "unchanged":
            apply(stored, values)
            self._changed_records[id(stored)] = stored
        self._touched.setdefault(id(stored), row.row)
        return outcome

    def write(self, file_name: str, digest: str, tally: RegisterTally, *, by: Any) -> RegisterBatch | None:
        """Everything planned, table by table in bulk; None when there is nothing."""
        if not (tally.created or tally.updated):
            return None
        now, author = timezone.now(), by if getattr(by, "pk", None) else None
        batch = RegisterBatch.objects.create(
            department=self.department,
            file_name=file_name[:255],
            sha256=digest,
            counts=tally.counts,
            created_by=author,
        )
        SubspecialtyGroup.objects.bulk_create([g for g in self.groups.values() if g.pk is None])
        members = list(self.members.values())
        Member.objects.bulk_create([m for m in members if m.pk is None])
        old = [m for m in self._changed_members.values() if m.created_at and m.pk]
        for member in old:
            member.updated_at = now
        Member.objects.bulk_update(old, _MEMBER_WRITTEN)
        record_memberships(self._changed_members.values())
        for stored in self._changed_records.values():
            stored.batch, stored.decided_by, stored.decided_at, stored.updated_at = batch, author, now, now
        rows = list(self._changed_records.values())
        new = [stored for stored in rows if stored.pk is None]
        Qualification.objects.bulk_update([stored for stored in rows if stored.pk is not None], _WRITTEN)
        Qualification.objects.bulk_create(new)
        return batch


# The columns that a record's day may come from.
_ISSUED: Mapping[str, tuple[str, ...]] = defaultdict(
    lambda: ("trained_on",),
    residency_stage_one=("residency_on", "residency"),
    radiation_training=("trained_on", "radiation_on"),
    equipment_training=("trained_on", "equipment_on"),
)
_MEMBER_WRITTEN = ["title", "group", "modalities", "entered_on", "left_on", "is_active", "exempt_reason"]
_MEMBER_WRITTEN += ["exempt_by", "exempt_at", "updated_at"]
_WRITTEN = [f.name for f in fields(IncomingRecord)] + ["batch", "decided_by", "decided_at", "updated_at"]


def _gone(left_on: date | None, today: date) -> bool:
    return left_on is not None and left_on <= today
