"""The page of one follow-up and of one's own feedback as frozen values, the patient masked."""

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace

from django.urls import reverse

from audits.follow_up.domain.follow_up import FollowUpStatus, State
from audits.follow_up.models import Feedback, FollowUp
from audits.follow_up.queries import status_of
from audits.follow_up.rules import follow_up_rules
from audits.follow_up.tables import TAGS
from reports.browsing.page import OutcomeLine, ReportPage
from staff.accounts.models import User


@dataclass(frozen=True)
class CueLine:
    """A reason why the program suggested the case, with the sentence found."""

    name_zh: str
    excerpt: str


@dataclass(frozen=True)
class FeedbackLine:
    """A message, and its receipt."""

    pk: int
    to: str
    message: str
    sent_by: str
    sent_at: datetime
    read_at: datetime | None
    reply: str
    receipt_note: str
    on_paper: bool


@dataclass(frozen=True)
class FollowUpPage:
    """Everything the page shows."""

    row: FollowUp
    report: SimpleNamespace
    cues: tuple[CueLine, ...]
    outcomes: tuple[OutcomeLine, ...]
    feedbacks: tuple[FeedbackLine, ...]
    status: FollowUpStatus
    tag: tuple[str, str]
    reason: str
    note: str
    judgement_zh: str
    error_zh: str

    @property
    def is_open(self) -> bool:
        return self.row.state == FollowUp.State.OPEN


def page_of(row: FollowUp, on: date, *, reader: User) -> FollowUpPage:
    """The page of `row` (`FollowUpQuerySet.for_page`), with the outcomes not withheld from `reader`."""
    report = row.report
    paper = ReportPage.of(report, unmasked=False, with_outcomes=True, reader=reader)
    found = status_of(row, on)
    is_open = row.state == FollowUp.State.OPEN
    return FollowUpPage(
        row=row,
        report=paper.report,
        cues=tuple(CueLine(cue["name_zh"], report.masked(cue["excerpt"])) for cue in row.cues),
        outcomes=paper.outcomes,
        feedbacks=tuple(feedback_line(one, row) for one in row.feedbacks.select_related("sent_by")),
        status=found,
        tag=(TAGS[found.state], _state_text(found)) if is_open else ("open", row.get_state_display()),
        reason=report.masked(row.reason),
        note=report.masked(row.note),
        judgement_zh=row.get_judgement_display() if row.judgement else "",
        error_zh=row.get_error_kind_display() if row.error_kind not in ("", "none") else "",
    )


def _state_text(found: FollowUpStatus) -> str:
    return "已逾期" if found.state is State.INCOMPLETE else found.state.zh


def feedback_line(one: Feedback, row: FollowUp) -> FeedbackLine:
    """A message with the patient masked."""
    masked = row.report.masked
    return FeedbackLine(
        pk=one.pk,
        to=one.recipient_name,
        message=masked(one.message),
        sent_by=one.sent_by.full_name if one.sent_by else "",
        sent_at=one.sent_at,
        read_at=one.read_at,
        reply=masked(one.reply),
        receipt_note=masked(one.receipt_note),
        on_paper=one.recipient_id is None,
    )


def steps_of(page: FollowUpPage) -> list[SimpleNamespace]:
    """The parts of the record as components/_steps.html draws them."""
    lacking = {missing.part.code: missing for missing in page.status.missing}
    following = page.status.next_part.code if page.status.next_part else ""
    steps = []
    for part in follow_up_rules().parts:
        missing = lacking.get(part.code)
        state = "done" if missing is None else "current" if part.code == following else "todo"
        note = ""
        if missing is not None and missing.due_on:
            note = f"{'已逾期，' if missing.is_overdue else ''}期限 {missing.due_on}"
        steps.append(SimpleNamespace(label=part.name_zh, state=state, note=note, url=""))
    return steps


def report_url(row: FollowUp) -> str:
    """The report's own page."""
    return reverse("reports:detail", args=[row.report_id])
