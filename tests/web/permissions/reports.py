"""Reports, imports, outcomes and sources."""

from django.core.files.uploadedfile import SimpleUploadedFile

from reports.actions.imports import open_batch
from reports.models import ImportBatch, Outcome
from tests.factories import make_outcome, make_report
from tests.web.permission_table import row

CSV = "检查号,检查时间,检查部位,设备类型,影像描述,诊断结论\nB0001,2026-10-12 09:30,胸部,CT,描述,结论\n"


def build(world):
    report = world.add("report", make_report(world.department, "A0001"))
    world.add("report_of_another", make_report(world.department, "A0002", reporting_physician="书写乙"))
    world.add("outcome", make_outcome(report))
    pending = make_outcome(
        None,
        department=world.department,
        match=Outcome.Match.AMBIGUOUS,
        given_patient_id="P-1",
        candidates=["A0001", "A0002"],
    )
    world.add("outcome_pending", pending)
    for name, status in (("batch", "uploaded"), ("batch_checked", "checked")):
        batch = open_batch(
            department=world.department,
            kind="reports",
            source_name="RIS导出",
            upload=SimpleUploadedFile("reports.csv", CSV.encode()),
            by=world.users["qc_officer"],
        )
        ImportBatch.objects.filter(pk=batch.pk).update(status=status)
        world.add(name, batch)
    world.add("source", batch.source)


def _of(name):
    return lambda world: {"pk": world[name].pk}


def _upload(world):
    return {"kind": "reports", "source": "RIS导出", "file": SimpleUploadedFile("a.csv", CSV.encode())}


OUTCOME = {"kind": "surgical_pathology", "observed_on": "2026-10-20", "text": "术后病理：错构瘤。"}

ROWS = (
    row("reports:list", qc_officer=200, head=200, member=200),
    row("reports:detail", kwargs=_of("report"), qc_officer=200, head=200, member=200),
    row(
        "reports:detail",
        kwargs=_of("report_of_another"),
        note="of another physician",
        qc_officer=200,
        head=200,
        member=404,
    ),
    row(
        "reports:unmask",
        "POST",
        kwargs=_of("report"),
        data={"reason": "核对病理号"},
        qc_officer=302,
        head=302,
    ),
    row("reports:unmask", "POST", kwargs=_of("report"), note="no reason", qc_officer=400, head=400),
    row("reports:system", "POST", kwargs=_of("report"), data={"system": "skeletal"}, qc_officer=302),
    row("reports:outcome_record", "POST", kwargs=_of("report"), data=OUTCOME, qc_officer=302),
    row("reports:check", "POST", anonymous=401, qc_officer=400, note="a form is no report"),
    row("reports:imports", qc_officer=200),
    row("reports:imports", "POST", data=_upload, qc_officer=302),
    row("reports:batch", kwargs=_of("batch"), qc_officer=200),
    row("reports:batch_columns", "POST", kwargs=_of("batch"), qc_officer=400, note="no column chosen"),
    row("reports:batch_commit", "POST", kwargs=_of("batch_checked"), qc_officer=302),
    row("reports:batch_cancel", "POST", kwargs=_of("batch"), qc_officer=302),
    row("reports:batch_refused", kwargs=_of("batch"), qc_officer=200),
    row("reports:outcomes", qc_officer=200, head=200),
    row("reports:outcome_match", kwargs=_of("outcome_pending"), qc_officer=200),
    row(
        "reports:outcome_match",
        "POST",
        kwargs=_of("outcome_pending"),
        data=lambda w: {"choice": str(w["report"].pk)},
        qc_officer=302,
    ),
    row("reports:sources", qc_officer=200, admin=200),
    row("reports:source_edit", kwargs=_of("source"), qc_officer=200, admin=200),
    row("reports:source_edit", "POST", kwargs=_of("source"), qc_officer=302, admin=302),
)
