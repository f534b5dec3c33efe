"""Follow-up, feedback and conferences."""

from datetime import date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from audits.follow_up.actions.records import take_up_many
from audits.follow_up.models import Feedback, FollowUp
from reports.archive.models import Report
from tests.audits.follow_up.factories import followed, make_conference, make_minutes
from tests.factories import make_outcome, make_report
from tests.scans import PDF
from tests.web.permission_table import row


def build(world):
    department, officer = world.department, world.users["qc_officer"]
    for number in ("F0001", "F0002", "F0003", "F0004"):
        at = datetime(2025, 3, 4, 9)
        report = make_report(department, number, examined_at=at, reported_at=at)
        make_outcome(report, observed_on=date(2025, 3, 9))
    report = Report.objects.get(accession_number="F0001")
    world.add("follow_up", followed(report, by=officer, recipient=world.users["member"]))
    world.add("feedback", Feedback.objects.get())
    paper = Report.objects.get(accession_number="F0002")
    world.add("follow_up_paper", followed(paper, by=officer, recipient=None))
    world.add("feedback_paper", Feedback.objects.get(recipient=None))
    third = Report.objects.get(accession_number="F0003")
    candidate = FollowUp.objects.create(department=department, report=third, examined_on=date(2025, 3, 4))
    world.add("candidate", candidate)
    fourth = Report.objects.get(accession_number="F0004")
    taken = FollowUp.objects.create(department=department, report=fourth, examined_on=date(2025, 3, 4))
    take_up_many(FollowUp.objects.filter(pk=taken.pk), by=officer)
    world.add("taken_together", FollowUp.objects.get(pk=taken.pk))
    world.add("conference", make_conference(department, [report], by=officer))
    world.add("minutes", make_minutes(world["conference"], by=officer))


def _of(name):
    return lambda world: {"pk": world[name].pk}


def _version(name, **more):
    return lambda world: {"version": world[name].version} | more


CASES = {
    "case-TOTAL_FORMS": "1",
    "case-INITIAL_FORMS": "0",
    "case-0-accession_number": "F0001",
    "case-0-question": "定性",
    "case-0-conclusion": "考虑良性，建议随访。",
}
CONFERENCE = CASES | {
    "kind": "mdt",
    "held_on": "2025-04-01",
    "title": "胸部病例读片",
    "place": "读片室",
    "chair": "任主任",
    "recorder": "测一鸣",
    "guests": "高主任 胸外科",
    "summary": "",
}

ROWS = (
    row("audits:follow_ups", qc_officer=200, head=200),
    row("audits:follow_ups_gather", "POST", qc_officer=302),
    row(
        "audits:follow_ups_take",
        "POST",
        data=lambda w: {"chosen": [w["candidate"].pk]},
        qc_officer=302,
    ),
    row(
        "audits:follow_ups_take_back",
        "POST",
        data=lambda w: {"act": str(w["taken_together"].taken_together)},
        qc_officer=302,
    ),
    row("audits:follow_up_new", qc_officer=200),
    row(
        "audits:follow_up_new",
        "POST",
        data={"accession_number": "F0003", "is_difficult": "on", "reason": "定性困难"},
        qc_officer=302,
        foreign=400,
    ),
    row(
        "audits:follow_up_register",
        data={"since": "2025-01-01", "until": "2025-12-31"},
        qc_officer=200,
        head=200,
        foreign=302,
    ),
    row("audits:follow_up", kwargs=_of("follow_up"), qc_officer=200, head=200),
    row("audits:follow_up", kwargs=_of("candidate"), qc_officer=200, head=200, note="a candidate"),
    row(
        "audits:follow_up_record",
        "POST",
        kwargs=_of("candidate"),
        data=_version("candidate", judgement="concordant", error_kind="none"),
        qc_officer=302,
    ),
    row("audits:follow_up_take", "POST", kwargs=_of("candidate"), data=_version("candidate"), qc_officer=302),
    row(
        "audits:follow_up_exclude",
        "POST",
        kwargs=_of("candidate"),
        data=_version("candidate", reason="外院已随访"),
        qc_officer=302,
    ),
    row(
        "audits:feedback_receipt",
        "POST",
        kwargs=_of("feedback_paper"),
        data={"note": "纸质反馈单，本人签字"},
        qc_officer=302,
    ),
    row("audits:my_feedback", qc_officer=200, assessor=200, head=200, member=200),
    row(
        "audits:my_feedback_one",
        kwargs=_of("feedback"),
        member=200,
        qc_officer=404,
        assessor=404,
        head=404,
        foreign=404,
    ),
    row(
        "audits:my_feedback_confirm",
        "POST",
        kwargs=_of("feedback"),
        data={"reply": "同意"},
        member=302,
        qc_officer=404,
        assessor=404,
        head=404,
        foreign=404,
    ),
    row("audits:conferences", qc_officer=200, head=200),
    row("audits:conference_new", qc_officer=200),
    row("audits:conference_new", "POST", data=CONFERENCE, qc_officer=302, foreign=400),
    row("audits:conference", kwargs=_of("conference"), qc_officer=200, head=200),
    row("audits:conference_edit", kwargs=_of("conference"), qc_officer=200),
    row(
        "audits:conference_edit",
        "POST",
        kwargs=_of("conference"),
        data=_version("conference", **CONFERENCE),
        qc_officer=302,
    ),
    row(
        "audits:conference_cancel",
        "POST",
        kwargs=_of("conference"),
        data=_version("conference", reason="登记两次"),
        qc_officer=302,
    ),
    row(
        "audits:conference_file",
        "POST",
        kwargs=_of("conference"),
        data=lambda w: {"file": SimpleUploadedFile("签字页.pdf", PDF + b"\n")},
        qc_officer=302,
    ),
    row(
        "audits:conference_download",
        kwargs=lambda w: {"pk": w["conference"].pk, "file": w["minutes"].pk},
        qc_officer=200,
        head=200,
    ),
    row("audits:conference_pdf", kwargs=_of("conference"), qc_officer=200, head=200),
)
