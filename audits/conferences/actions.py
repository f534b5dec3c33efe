"""疑难病例讨论与MDT读片会: enter, correct and cancel conferences, and add their signed minutes.

Every function raises RefusedError, with a Chinese sentence, for what may not be done, and ConflictError when
the record was saved since the page that shows `version` was opened.
"""

import contextlib
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from audits.conferences.models import Conference, ConferenceCase, MinutesFile, Participant
from audits.conferences.queries import is_examined_later
from audits.conflicts import RefusedError, expect_version
from exporting.uploads import Accepted
from reports.archive.models import Report
from staff.accounts.models import User
from staff.departments.models import Department
from staff.register.models import Member
from trail.chain import record

MOST_CASES = 20
_PLAIN = ("kind", "title", "held_on", "place", "chair", "recorder", "summary")


@dataclass(frozen=True)
class CaseValues:
    """A report that was discussed."""

    report: Report
    question: str
    conclusion: str


@dataclass(frozen=True)
class ConferenceValues:
    """Content of the form. `guests`: (name, department) of people outside the register."""

    kind: str
    title: str
    held_on: date
    place: str
    chair: str
    recorder: str
    summary: str
    members: tuple[Member, ...]
    guests: tuple[tuple[str, str], ...]
    cases: tuple[CaseValues, ...]


@transaction.atomic
def add_conference(department: Department, values: ConferenceValues, *, by: User | None) -> Conference:
    """Enter a past conference. The stored texts name no patient of its reports."""
    _refuse_unfit(department, values)
    values = _without_patients(values)
    found = Conference(department=department, created_by=by)
    _fill(found, values)
    detail = _trail_detail(found, values)
    record("audits.add_conference", by=by, target=found, department=department, detail=detail)
    return found


@transaction.atomic
def change_conference(
    conference: Conference, values: ConferenceValues, *, version: int, by: User | None
) -> Conference:
    """Correct a record; the trail stores the earlier content."""
    found = _locked(conference, version)
    _refuse_unfit(found.department, values)
    values = _without_patients(values)
    before = values_of(found)
    if before == values:
        raise RefusedError("没有任何改动。")
    found.version += 1
    _fill(found, values)
    detail = {"changed": _changes(before, values)}
    record("audits.change_conference", by=by, target=found, department=found.department_id, detail=detail)
    return found


@transaction.atomic
def cancel_conference(conference: Conference, *, reason: str, version: int, by: User) -> Conference:
    """Cancel (作废) a record entered in error or twice; the row stays with the reason, and is not counted."""
    found = _locked(conference, version)
    if not reason.strip():
        raise RefusedError("作废会议记录须写明理由。")
    found.cancelled_at, found.cancelled_by, found.cancelled_reason = timezone.now(), by, reason.strip()
    found.version += 1
    found.save()
    detail = {"reason": masked(found, found.cancelled_reason)}
    record("audits.cancel_conference", by=by, target=found, department=found.department_id, detail=detail)
    return found


@transaction.atomic
def add_minutes(conference: Conference, accepted: Accepted, *, by: User | None) -> MinutesFile:
    """Add the signed minutes as a file; earlier files are not replaced."""
    found = Conference.objects.select_for_update().get(pk=conference.pk)
    if found.cancelled_at is not None:
        raise RefusedError("这次会议的记录已作废，不能再上传文件。")
    if found.files.filter(sha256=accepted.sha256).exists():
        raise RefusedError("这个文件已经上传过，内容完全相同。")
    stored = MinutesFile(conference=found, name=accepted.name, sha256=accepted.sha256, uploaded_by=by)
    stored.file.save(str(accepted.file.name), accepted.file, save=False)
    try:
        stored.save()
    except Exception:
        # Without its row nothing would ever delete the file.
        with contextlib.suppress(OSError):
            default_storage.delete(str(stored.file.name))
        raise
    detail = {"file": stored.pk, "sha256": stored.sha256}
    record("audits.add_minutes", by=by, target=found, department=found.department_id, detail=detail)
    return stored


def values_of(conference: Conference) -> ConferenceValues:
    """The present record as values."""
    people = list(conference.participants.select_related("member"))
    return ConferenceValues(
        **{name: getattr(conference, name) for name in _PLAIN},
        members=tuple(p.member for p in people if p.member is not None),
        guests=tuple((p.name, p.unit) for p in people if p.member is None),
        cases=tuple(
            CaseValues(c.report, c.question, c.conclusion) for c in conference.cases.select_related("report")
        ),
    )


def masked(conference: Conference, text: str) -> str:
    """`text` with the patients of every report of the conference masked."""
    for case in conference.cases.select_related("report"):
        text = case.report.masked(text)
    return text


def _without_patients(values: ConferenceValues) -> ConferenceValues:
    """The values with the patients of their reports masked, as they will be stored."""
    cases = tuple(
        CaseValues(c.report, _masked_by(values, c.question), _masked_by(values, c.conclusion))
        for c in values.cases
    )
    title, place, summary = (
        _masked_by(values, text) for text in (values.title, values.place, values.summary)
    )
    return replace(values, cases=cases, title=title, place=place, summary=summary)


def _refuse_unfit(department: Department, values: ConferenceValues) -> None:
    if values.held_on > timezone.localdate():
        raise RefusedError(f"会议日期{values.held_on}尚未到来：会议召开后再登记。")
    if not values.cases:
        raise RefusedError("请至少登记一例讨论的病例及其结论。")
    if len(values.cases) > MOST_CASES:
        raise RefusedError(f"一次会议最多登记{MOST_CASES}例，收到{len(values.cases)}例；请分次登记。")
    if not (values.members or values.guests):
        raise RefusedError("请登记参加人员。")
    numbers = [case.report.accession_number for case in values.cases]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise RefusedError(f"检查号 {'、'.join(twice)} 登记了两次。")
    if any(case.report.department_id != department.pk for case in values.cases):
        raise RefusedError("讨论的病例不属于本科室。")
    if any(member.department_id != department.pk for member in values.members):
        raise RefusedError("参加人员不属于本科室的人员登记；外科室人员请填在“其他参加人员”。")
    later = [case.report for case in values.cases if is_examined_later(case.report, values.held_on)]
    if later:
        days = "、".join(f"{one.accession_number}（{timezone.localdate(one.examined_at)}）" for one in later)
        raise RefusedError(f"检查日期晚于会议日期{values.held_on}，不可能在会上讨论：{days}。请核对。")
    for case in values.cases:
        if not case.conclusion.strip():
            raise RefusedError(f"检查号 {case.report.accession_number} 没有讨论结论。")


def _fill(found: Conference, values: ConferenceValues) -> None:
    for name in _PLAIN:
        setattr(found, name, getattr(values, name))
    found.save()
    found.participants.all().delete()
    members = [Participant(conference=found, member=m, name=m.full_name, unit="") for m in values.members]
    guests = [Participant(conference=found, name=name, unit=unit) for name, unit in values.guests]
    Participant.objects.bulk_create([*members, *guests])
    found.cases.all().delete()
    ConferenceCase.objects.bulk_create(
        ConferenceCase(
            conference=found,
            report=case.report,
            position=place,
            question=case.question,
            conclusion=case.conclusion,
        )
        for place, case in enumerate(values.cases, start=1)
    )


def _locked(conference: Conference, version: int) -> Conference:
    rows = Conference.objects.select_for_update(of=("self",)).select_related("department")
    found: Conference = rows.get(pk=conference.pk)
    expect_version(found, version)
    if found.cancelled_at is not None:
        raise RefusedError("这次会议的记录已作废，不能再改。")
    return found


def _trail_detail(found: Conference, values: ConferenceValues) -> dict[str, Any]:
    return {
        "conference": found.get_kind_display(),
        "held_on": values.held_on,
        "topic": values.title,
        "cases": [case.report.pk for case in values.cases],
        "participants": len(values.members) + len(values.guests),
    }


def _changes(before: ConferenceValues, after: ConferenceValues) -> dict[str, list[Any]]:
    """field → [old, new] as text, the patients of both versions masked."""
    found = {}
    for field in fields(ConferenceValues):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            found["topic" if field.name == "title" else field.name] = [
                _words(old, before, after),
                _words(new, before, after),
            ]
    return found


def _words(value: Any, before: ConferenceValues, after: ConferenceValues) -> str:
    if isinstance(value, tuple):
        return "；".join(_words(one, before, after) for one in value)
    if isinstance(value, CaseValues):
        text = f"{value.report.accession_number}（{value.question}）：{value.conclusion}"
    else:
        text = str(value)
    return _masked_by(before, _masked_by(after, text))


def _masked_by(values: ConferenceValues, text: str) -> str:
    for case in values.cases:
        text = case.report.masked(text)
    return text
