"""Follow-ups and conferences made the short way, through the actions of the pages."""

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audits.conferences.actions import CaseValues, ConferenceValues, add_conference, add_minutes
from audits.conferences.models import Conference, MinutesFile
from audits.follow_up.actions.records import FeedbackInput, JudgementInput, mark_report, record_follow_up
from audits.follow_up.models import FollowUp
from exporting.uploads import accept
from reports.archive.models import Report
from staff.accounts.models import User
from staff.departments.models import Department
from tests.scans import PDF

AGREES = JudgementInput("concordant", "none", "")
HELD_ON = date(2026, 9, 18)
EXAMINED_AT = datetime(2026, 7, 1, 9)  # before every conference of the tests


def marked(report: Report, *, by: User | None = None, reason: str = "拟行手术") -> FollowUp:
    """A report taken up as 手术病例."""
    return mark_report(report, is_operated=True, is_difficult=False, reason=reason, by=by)


def followed(
    report: Report,
    *,
    by: User,
    recipient: User | None,
    judgement: JudgementInput = AGREES,
    message: str = "请对照结局。",
) -> FollowUp:
    """A report with an outcome, judged and fed back; the receipt is still missing."""
    row = marked(report, by=by)
    return record_follow_up(
        row, version=row.version, by=by, judgement=judgement, feedback=FeedbackInput(message, recipient)
    )


def conference_values(reports: list[Report], **more: Any) -> ConferenceValues:
    """A conference with one guest, each report concluded; after HELD_ON when one was examined later."""
    examined = [timezone.localdate(report.examined_at) for report in reports if report.examined_at]
    values = {
        "kind": "difficult",
        "title": "九月疑难病例讨论",
        "held_on": max([HELD_ON, *examined]),
        "place": "读片室",
        "chair": "任主任",
        "recorder": "测一鸣",
        "summary": "写明鉴别要点。",
        "members": (),
        "guests": (("高主任", "胸外科"),),
        "cases": tuple(CaseValues(report, "定性", "考虑错构瘤。") for report in reports),
    }
    return ConferenceValues(**values | more)


def make_conference(
    department: Department, reports: list[Report], *, by: User | None = None, **more: Any
) -> Conference:
    """A conference as entered."""
    return add_conference(department, conference_values(reports, **more), by=by)


def make_minutes(conference: Conference, *, by: User | None = None, content: bytes = PDF) -> MinutesFile:
    """Signed minutes as uploaded."""
    return add_minutes(conference, accept(SimpleUploadedFile("会议记录.pdf", content)), by=by)
