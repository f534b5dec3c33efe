"""The records of the year as A4 pages a hospital files: minutes of a conference, the follow-up register.

A frozen value in, bytes out; times come from the value, never from the clock. Patients are masked here.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from audits.actions.conferences import masked
from audits.domain.follow_up import State
from audits.follow_ups import outcomes_of, standing_of
from audits.models import Conference, Feedback, FollowUp
from exporting.masking import mask_name
from exporting.pdf import html_to_pdf, missing_glyphs, missing_sentence, printable
from reports.models import Report
from staff.models import Department


@dataclass(frozen=True)
class MinutesCase:
    """One discussed report as the minutes print it."""

    position: int
    report_id: int
    accession_number: str
    patient: str
    examination: str
    examined_on: str
    impression: str
    question: str
    conclusion: str


@dataclass(frozen=True)
class Minutes:
    """疑难病例讨论（MDT读片会）记录."""

    institution: str
    department: str
    kind_zh: str
    title: str
    held_on: str
    place: str
    chair: str
    recorder: str
    members: tuple[str, ...]
    guests: tuple[str, ...]
    cases: tuple[MinutesCase, ...]
    summary: str
    entered: str
    version: int
    cancelled: str
    made_at: str

    @property
    def people(self) -> int:
        return len(self.members) + len(self.guests)


@dataclass(frozen=True)
class RegisterLine:
    """One case of the register: what was done, and what is missing."""

    accession_number: str
    patient: str
    examination: str
    examined_on: str
    physician: str
    kind_zh: str
    outcomes: tuple[str, ...]
    judgement: str
    note: str
    feedback: tuple[str, ...]
    state_zh: str
    is_complete: bool
    missing: str


@dataclass(frozen=True)
class Register:
    """手术及疑难病例随访与反馈登记表 of a period."""

    institution: str
    department: str
    since: str
    until: str
    lines: tuple[RegisterLine, ...]
    complete: int
    running: int
    incomplete: int
    note: str
    made_at: str


def minutes_of(conference: Conference) -> Minutes:
    """The record as it stands now, with the moment of its last change."""
    people = list(conference.participants.select_related("member"))
    cases = list(conference.cases.select_related("report"))
    who = conference.created_by.full_name if conference.created_by else "系统"
    return Minutes(
        institution=conference.department.institution.name,
        department=conference.department.name,
        kind_zh=conference.get_kind_display(),
        title=masked(conference, conference.title),
        held_on=f"{conference.held_on}",
        place=conference.place,
        chair=conference.chair,
        recorder=conference.recorder,
        members=tuple(str(p.member) for p in people if p.member is not None),
        guests=tuple(str(p) for p in people if p.member is None),
        cases=tuple(_case(case, conference) for case in cases),
        summary=masked(conference, conference.summary),
        entered=f"{who} {timezone.localtime(conference.created_at):%Y-%m-%d %H:%M}",
        version=conference.version,
        cancelled=masked(conference, conference.cancelled_reason),
        made_at=_moment(conference.updated_at),
    )


def _case(case: Any, conference: Conference) -> MinutesCase:
    report: Report = case.report
    return MinutesCase(
        position=case.position,
        report_id=report.pk,
        accession_number=report.accession_number,
        patient=_patient(report),
        examination=report.examination_name or "",
        examined_on=_day(report.examined_at),
        impression=masked(conference, report.impression or ""),
        question=masked(conference, case.question),
        conclusion=masked(conference, case.conclusion),
    )


def register_of(
    department: Department, rows: Iterable[FollowUp], *, since: date, until: date, on: date, note: str
) -> Register:
    """The cases of the period (`FollowUpQuerySet.with_facts`) as they stand on the day."""
    lines = tuple(_line(row, on) for row in rows)
    states = [line.state_zh for line in lines]
    return Register(
        institution=department.institution.name,
        department=department.name,
        since=str(since),
        until=str(until),
        lines=lines,
        complete=states.count(State.COMPLETE.zh),
        running=states.count(State.RUNNING.zh),
        incomplete=states.count(State.INCOMPLETE.zh),
        note=note,
        made_at=f"{on}",
    )


def _line(row: FollowUp, on: date) -> RegisterLine:
    report, found = row.report, standing_of(row, on)
    error = f"（{row.get_error_kind_display()}）" if row.error_kind not in ("", "none") else ""
    return RegisterLine(
        accession_number=report.accession_number,
        patient=_patient(report),
        examination=report.examination_name or "",
        examined_on=f"{row.examined_on}" if row.examined_on else "",
        physician=report.reporting_physician or "",
        kind_zh=row.kind_zh,
        outcomes=tuple(
            f"{o.observed_on} {o.get_kind_display()}：{o.masked(report.masked(o.text))}"
            for o in outcomes_of(report)
        ),
        judgement=f"{row.get_judgement_display()}{error}" if row.judgement else "",
        note=report.masked(row.note),
        feedback=tuple(_told(one) for one in row.feedbacks.all()),
        state_zh=found.state.zh,
        is_complete=found.state is State.COMPLETE,
        missing=found.brief,
    )


def _told(one: Feedback) -> str:
    read = f"{timezone.localtime(one.read_at):%Y-%m-%d}签收" if one.read_at else "未签收"
    paper = "（纸质）" if one.recipient_id is None else ""
    return f"{timezone.localtime(one.sent_at):%Y-%m-%d} 反馈{one.recipient_name}{paper}，{read}"


def _patient(report: Report) -> str:
    return "，".join(part for part in (mask_name(report.patient_name), report.sex, report.age) if part)


def _day(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else ""


def _moment(moment: Any) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


def render_document(template: str, document: Minutes | Register) -> bytes:
    """The PDF; the same document gives the same bytes."""
    canonical = json.dumps(asdict(document), ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
    context = {
        "document": document,
        "hash": digest,
        "missing": missing_sentence(missing_glyphs(canonical)),
    }
    return html_to_pdf(printable(render_to_string(template, context)), identifier=digest)


def minutes_pdf(document: Minutes) -> bytes:
    """疑难病例讨论记录 on A4."""
    return render_document("audits/pdf/minutes.html", document)


def register_pdf(document: Register) -> bytes:
    """随访与反馈登记表 on A4, the broad way."""
    return render_document("audits/pdf/follow_up_register.html", document)
