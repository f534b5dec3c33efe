"""随访与反馈登记表 as A4 pages for the hospital's files.

A frozen value in, bytes out; times come from the value, never from the clock. Patients are masked here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from audits.follow_up.domain.follow_up import State
from audits.follow_up.models import Feedback, FollowUp
from audits.follow_up.queries import outcomes_of, status_of
from audits.printing import patient_text, render_document
from staff.departments.models import Department


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

    @property
    def summary(self) -> str:
        """The period, and how many cases are in which state."""
        counts = f"完整 {self.complete}，随访中 {self.running}，不完整 {self.incomplete}"
        period = f"检查日期 {self.since} 至 {self.until}（含首尾两日）；截至 {self.made_at}"
        return f"{period}，共 {len(self.lines)} 例：{counts}。{self.note}"

    @property
    def document_title(self) -> str:
        return f"{self.institution}{self.department} 随访与反馈登记表 {self.since} 至 {self.until}"


def register_of(
    department: Department, rows: Iterable[FollowUp], *, since: date, until: date, on: date, note: str
) -> Register:
    """The cases of the period (`FollowUpQuerySet.with_facts`) in their state on the day."""
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
    report, found = row.report, status_of(row, on)
    error = f"（{row.get_error_kind_display()}）" if row.error_kind not in ("", "none") else ""
    return RegisterLine(
        accession_number=report.accession_number,
        patient=patient_text(report),
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
        feedback=tuple(_feedback_text(one) for one in row.feedbacks.all()),
        state_zh=found.state.zh,
        is_complete=found.state is State.COMPLETE,
        missing=found.brief,
    )


def _feedback_text(one: Feedback) -> str:
    read = f"{timezone.localtime(one.read_at):%Y-%m-%d}签收" if one.read_at else "未签收"
    paper = "（纸质）" if one.recipient_id is None else ""
    return f"{timezone.localtime(one.sent_at):%Y-%m-%d} 反馈{one.recipient_name}{paper}，{read}"


def register_pdf(document: Register) -> bytes:
    """随访与反馈登记表 on A4, the broad way."""
    return render_document("audits/pdf/follow_up_register.html", document)
