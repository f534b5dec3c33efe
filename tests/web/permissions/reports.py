"""Reports, imports, outcomes and sources."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from reports.browsing.actions import shown_system
from reports.findings.models import CheckRun, RuleStanding
from reports.findings.queries.switches import shown_switch
from reports.imports.actions.batches import open_batch
from reports.imports.models import ImportBatch
from reports.outcomes.models import Outcome
from staff.conflicts.versions import fingerprint
from tests.factories import make_outcome, make_report
from tests.reports.findings.factories import NO_TISSUE, make_finding
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
    states = {"batch_running": "committing", "batch": "uploaded", "batch_checked": "checked"}
    for name, status in states.items():
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
    correcting = ImportBatch.objects.create(
        department=world.department,
        source=batch.source,
        kind="reports",
        size=1,
        status="checked",
        corrects=batch,
        correction_reason="两列对应反了",
        comparison={"shown": []},
    )
    world.add("batch_correcting", correcting)
    world.add("finding", make_finding(report, "结节"))
    world.add(
        "check_run", CheckRun.objects.create(department=world.department, rules_version=1, status="done")
    )
    at = timezone.now()
    RuleStanding.objects.create(
        department=world.department, code=NO_TISSUE, demoted_to_note=True, since=at, confirmed=0, judged=20
    )


def _of(name):
    return lambda world: {"pk": world[name].pk}


def _upload(world):
    return {"kind": "reports", "source": "RIS导出", "file": SimpleUploadedFile("a.csv", CSV.encode())}


def _system(world):
    return {"system": "skeletal", "version": fingerprint(shown_system(world["report"]))}


def _rule(world):
    return {"code": NO_TISSUE}


OUTCOME = {"kind": "surgical_pathology", "observed_on": "2026-10-20", "text": "术后病理：错构瘤。"}

ROWS = (
    row("reports:readings", auditor=200),
    row("reports:exported", auditor=200),
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
    row(
        "reports:version",
        kwargs=lambda world: {"pk": world["report"].pk, "number": 1},
        qc_officer=200,
        head=200,
        member=200,
    ),
    row("reports:unmask", "POST", kwargs=_of("report"), note="no reason", qc_officer=400, head=400),
    row("reports:system", "POST", kwargs=_of("report"), data=_system, qc_officer=302),
    row("reports:outcome_record", "POST", kwargs=_of("report"), data=OUTCOME, qc_officer=302),
    row("reports:findings", qc_officer=200, head=200, member=200),
    row("reports:findings", note="counted", data={"by": "code"}, qc_officer=200, head=200, member=200),
    row("reports:finding_next", qc_officer=302),
    row(
        "reports:finding_rule",
        "POST",
        kwargs=_of("finding"),
        data={"verdict": "confirm", "version": "0"},
        qc_officer=302,
    ),
    row("reports:statements", kwargs=_of("report"), qc_officer=200),
    row("reports:rules", qc_officer=200, head=200),
    row("reports:rule", kwargs=_rule, qc_officer=200, head=200, foreign=200, note="of every department"),
    row(
        "reports:rule_switch",
        "POST",
        kwargs=_rule,
        data={"enabled": "0", "reason": "试用", "version": fingerprint(shown_switch(None))},
        qc_officer=302,
        foreign=302,
        note="in the own department",
    ),
    row(
        "reports:rule_restore",
        "POST",
        kwargs=_rule,
        data={"reason": "词表已修正"},
        qc_officer=302,
        foreign=400,
        note="demoted in the own department only",
    ),
    row("reports:recheck", "POST", qc_officer=302),
    row("reports:check_run", kwargs=_of("check_run"), qc_officer=200, head=200),
    row("reports:check", "POST", anonymous=401, qc_officer=400, note="a form is no report"),
    row("reports:imports", qc_officer=200),
    row("reports:imports", "POST", data=_upload, qc_officer=302),
    row("reports:batch", kwargs=_of("batch"), qc_officer=200),
    row("reports:batch_columns", "POST", kwargs=_of("batch"), qc_officer=400, note="no column chosen"),
    row("reports:batch_preview", "POST", kwargs=_of("batch"), qc_officer=200),
    row("reports:batch_reopen", "POST", kwargs=_of("batch_checked"), qc_officer=302),
    row("reports:import_template", kwargs={"kind": "reports"}, qc_officer=200, foreign=200),
    row("reports:batch_commit", "POST", kwargs=_of("batch_checked"), qc_officer=302),
    row("reports:batch_cancel", "POST", kwargs=_of("batch"), qc_officer=302),
    row("reports:batch_stop", "POST", kwargs=_of("batch_running"), qc_officer=302),
    row("reports:batch_refused", kwargs=_of("batch"), qc_officer=200),
    row("reports:batch_undo", kwargs=_of("batch"), qc_officer=200),
    row("reports:batch_correct", kwargs=_of("batch"), qc_officer=200),
    row("reports:batch_correct", "POST", kwargs=_of("batch"), qc_officer=400, note="no reason given"),
    row("reports:batch_comparison", kwargs=_of("batch_correcting"), qc_officer=200),
    row("reports:entry", qc_officer=200),
    row("reports:entry", "POST", qc_officer=400, note="an empty form"),
    row("reports:report_correction", kwargs=_of("report"), qc_officer=200),
    row("reports:report_correction", "POST", kwargs=_of("report"), qc_officer=400, note="an empty form"),
    row("reports:outcome_correction", kwargs=_of("outcome"), qc_officer=200),
    *(
        row(f"reports:outcome_{name}", "POST", kwargs=_of("outcome"), qc_officer=400, note="an empty form")
        for name in ("edit", "rematch", "withdraw")
    ),
    row("reports:batch_undo", "POST", kwargs=_of("batch"), qc_officer=400, note="no reason given"),
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
