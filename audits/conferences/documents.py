"""疑难病例讨论（MDT读片会）记录 as an A4 page: a frozen value in, bytes out; patients are masked here."""

from dataclasses import dataclass

from django.utils import timezone

from audits.conferences.actions import masked
from audits.conferences.models import Conference, ConferenceCase
from audits.printing import day_text, moment_text, patient_text, render_document
from reports.archive.models import Report


@dataclass(frozen=True)
class MinutesCase:
    """One discussed report in the printed minutes."""

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
    def document_title(self) -> str:
        return f"{self.institution}{self.department} {self.kind_zh}记录 {self.held_on}"

    @property
    def people(self) -> int:
        return len(self.members) + len(self.guests)


def minutes_of(conference: Conference) -> Minutes:
    """The present record, with the time of its last change."""
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
        made_at=moment_text(conference.updated_at),
    )


def _case(case: ConferenceCase, conference: Conference) -> MinutesCase:
    report: Report = case.report
    return MinutesCase(
        position=case.position,
        report_id=report.pk,
        accession_number=report.accession_number,
        patient=patient_text(report),
        examination=report.examination_name or "",
        examined_on=day_text(report.examined_at),
        impression=masked(conference, report.impression or ""),
        question=masked(conference, case.question),
        conclusion=masked(conference, case.conclusion),
    )


def minutes_pdf(document: Minutes) -> bytes:
    """疑难病例讨论记录 on A4."""
    return render_document("audits/pdf/minutes.html", document)
