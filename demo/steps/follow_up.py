"""The demonstration's follow-ups and conferences, made by the actions the pages use."""

from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile

from audits.conferences.actions import CaseValues, ConferenceValues, add_conference, add_minutes
from audits.conferences.documents import minutes_of, minutes_pdf
from audits.conferences.models import Conference
from audits.follow_up.actions.candidates import gather_candidates
from audits.follow_up.actions.records import (
    FeedbackInput,
    JudgementInput,
    confirm_feedback,
    mark_report,
    note_receipt,
    record_follow_up,
    take_up,
)
from audits.follow_up.models import FollowUp
from audits.follow_up.queries import reporting_physician_of
from demo.content import DemoDepartment
from demo.content.follow_up import DemoConference, DemoFollowUp, conferences_of, follow_ups_of
from demo.content.values import DemoQuarter
from exporting.uploads import accept
from reports.archive.models import Report
from staff.accounts.models import User
from staff.departments.models import Department
from staff.register.models import Member

_PAPER = "纸质反馈单，本人签字，存科室随访夹。"


def follow_quarter(demo: DemoDepartment, quarter: DemoQuarter, department: Department, by: User) -> None:
    """Candidates, the register as far as the story goes, and the conferences that were held."""
    gather_candidates(department, by=by, today=quarter.window_end)
    reports = _reports(department, [one.accession_number for one in demo.reports_of(quarter)])
    for one in follow_ups_of(demo, quarter):
        _follow(one, reports[one.report.accession_number], by)
    for conference in conferences_of(demo, quarter):
        _hold(conference, reports, department, by)


def _reports(department: Department, numbers: Sequence[str]) -> dict[str, Report]:
    rows = Report.objects.filter(department=department, accession_number__in=numbers)
    return {report.accession_number: report for report in rows.select_related("department")}


def _follow(one: DemoFollowUp, report: Report, by: User) -> None:
    if one.mark:
        mark_report(report, is_operated=False, is_difficult=True, reason=one.mark, by=by)
        return
    row = FollowUp.objects.get(report=report)
    if not one.judged:
        take_up(row, version=row.version, by=by)
        return
    truth = one.report.truth
    assert truth is not None, "a judged report has an outcome"
    recipient = reporting_physician_of(report)
    row = record_follow_up(
        row,
        version=row.version,
        by=by,
        judgement=JudgementInput(truth.judgement, truth.error_kind, truth.reason),
        feedback=FeedbackInput(one.message, recipient) if one.sent else None,
    )
    for sent in row.feedbacks.all() if one.read else ():
        if sent.recipient is not None:
            confirm_feedback(sent, reply="", by=sent.recipient)
        else:
            note_receipt(sent, note=_PAPER, by=by)


def _hold(given: DemoConference, reports: dict[str, Report], department: Department, by: User) -> None:
    physicians = Member.objects.filter(department=department, kind=Member.Kind.PHYSICIAN).active()
    people = list(physicians.order_by("staff_number"))
    senior = next((one for one in people if "主任医师" in one.title), people[0])
    values = ConferenceValues(
        kind=given.kind,
        title=given.title,
        held_on=given.held_on,
        place="放射科读片室",
        chair=str(senior),
        recorder=str(people[0]),
        summary=given.summary,
        members=tuple(people[::2]),
        guests=tuple((name.split()[1], name.split()[0]) for name in given.guests),
        cases=tuple(
            CaseValues(reports[report.accession_number], question, conclusion)
            for report, question, conclusion in given.cases
        ),
    )
    held = add_conference(department, values, by=by)
    if given.kind == "difficult":
        _file(held, by)


def _file(held: Conference, by: User) -> None:
    """The signed minutes as scanned: here, the print itself."""
    content = minutes_pdf(
        minutes_of(Conference.objects.select_related("department__institution").get(pk=held.pk))
    )
    add_minutes(held, accept(SimpleUploadedFile(f"会议记录_{held.held_on}.pdf", content)), by=by)
