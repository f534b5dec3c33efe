"""Sheets, their sign-off, packets and grants."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from audits.judging.actions.assignment import assign_fairly
from audits.quarter.actions.quarters import draw_audit, open_audit
from audits.sampling.domain.window import audit_window
from scoring.batches.actions import begin_packets
from scoring.batches.domain.packet_period import PacketPeriod
from scoring.downloads.actions import grant_packet
from scoring.sheets.actions.corrections import correct_sheet
from scoring.sheets.actions.notes import add_evidence
from scoring.sheets.actions.sheets import create_sheet, set_row
from scoring.sheets.models import Sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from tests.audits.factories import judge, reviews_of
from tests.factories import make_outcome, make_report
from tests.scoring.evidence.factories import make_document
from tests.scoring.sheets.factories import AGAINST, ALL_MET
from tests.scoring.unmasking.factories import approved, asked
from tests.web.permission_table import row


def build(world):
    officer, head, inspector = (world.users[name] for name in ("qc_officer", "head", "inspector"))
    for name in ("document", "document_to_withdraw"):
        world.add(name, make_document(world.department))
    world.add("quarter_without_sheet", _judged(world, date(2023, 3, 31)))
    draft = _filled(world, date(2023, 6, 30))
    world.add("evidence", add_evidence(draft, row="1.1", title="书写规范", version=draft.version, by=officer))
    world.add("sheet_draft", Sheet.objects.get(pk=draft.pk))
    submitted = _filled(world, date(2023, 9, 30))
    world.add("sheet_submitted", submit_sheet(submitted, version=submitted.version, by=officer))
    signed = []
    for day in (date(2023, 12, 31), date(2022, 12, 31), date(2022, 9, 30)):
        sheet = _filled(world, day)
        sheet = submit_sheet(sheet, version=sheet.version, by=officer)
        signed.append(sign_sheet(sheet, version=sheet.version, by=head))
    world.add("sheet_signed", signed[0])
    world.add("sheet_granted", signed[1])
    until = timezone.localdate() + timedelta(days=7)
    world.add("packet_grant", grant_packet(signed[1], inspector=inspector, until=until, by=head))
    jobs = {name: _job(world, world.users[name]) for name in ("qc_officer", "inspector")}
    world.add("packet_job", jobs["qc_officer"])
    world.add("packet_job_of_inspector", jobs["inspector"])
    _unmasking(world, signed[0], signed[1])
    reason = "更正理由"
    world.add("correction", correct_sheet(signed[2], reason=reason, version=signed[2].version, by=officer))


def _unmasking(world, plain, granted):
    """A request that waits, one approved for the inspector, one approved for an institution."""
    officer, head, inspector = (world.users[name] for name in ("qc_officer", "head", "inspector"))
    world.add("unmask_asked", asked(plain, by=officer, institution="待批机构"))
    world.add("unmask_for_inspector", approved(granted, by=officer, head=head, inspector=inspector))
    world.add("unmask_for_place", approved(granted, by=officer, head=head, institution="示例区卫健委"))


def _job(world, user):
    """An order of the whole year, waiting for the worker."""
    return begin_packets(PacketPeriod(2022), department=world.department, by=user, queue=False)


def _judged(world, until):
    """A drawn audit of two reports, both judged: small, since only the doors are tried here."""
    for n in (1, 2):
        at = datetime.combine(until, datetime.min.time()) - timedelta(days=n)
        report = make_report(world.department, f"S{until:%y%m}{n}", examined_at=at, reported_at=at)
        make_outcome(report)
    audit = open_audit(department=world.department, window=audit_window(until), by=None)
    audit = draw_audit(audit, version=audit.version, by=None)
    assign_fairly(audit, assessors=[world.users["assessor"]], version=audit.version, by=None)
    for review in reviews_of(audit):
        judge(review)
    audit.refresh_from_db()
    return audit


def _filled(world, until):
    officer = world.users["qc_officer"]
    sheet = create_sheet(audit=_judged(world, until), by=officer)
    for number, state in ALL_MET.items():
        against = {"state": state, "differs_reason": AGAINST}
        sheet = set_row(sheet, row=number, version=sheet.version, by=officer, **against)
    return sheet


def _of(name, **more):
    return lambda world: {"pk": world[name].pk} | more


def _version(name, **more):
    return lambda world: {"version": world[name].version} | more


def _note(world):
    return {"pk": world["sheet_draft"].pk, "note": world["evidence"].pk}


def _grant(world):
    until = timezone.localdate() + timedelta(days=7)
    return {"inspector": world.users["inspector"].pk, "until": until.isoformat()}


def _leave(world):
    return {"until": timezone.localdate().isoformat(), "reason": "同意"}


DRAFT, EVIDENCE = "sheet_draft", {"title": "审核制度", "dated_on": "", "note": ""}
DOCUMENT = {"title": "书写规范", "kinds": ["writing_rules"], "valid_from": "2026-01-01"}
STALE = DOCUMENT | {"version": 99}
SEE, DOWNLOAD = {"qc_officer": 200, "head": 200}, {"qc_officer": 200, "head": 200}
REFUSED = {"qc_officer": 422, "head": 422}

ROWS = (
    row("scoring:list", **SEE),
    row("scoring:create", "POST", kwargs=lambda w: {"audit": w["quarter_without_sheet"].pk}, qc_officer=302),
    row("scoring:detail", kwargs=_of(DRAFT), **SEE, note="draft"),
    row("scoring:detail", kwargs=_of("sheet_signed"), **SEE, note="signed"),
    row("scoring:changes", kwargs=_of("correction"), **SEE),
    row("scoring:changes", kwargs=_of("sheet_signed"), qc_officer=404, head=404, note="corrects nothing"),
    row(
        "scoring:row",
        "POST",
        kwargs=_of(DRAFT, row="1.1"),
        data=_version(DRAFT, state="absent"),
        qc_officer=302,
    ),
    row("scoring:row", "POST", kwargs=_of(DRAFT, row="1.1"), data={}, qc_officer=422, note="no version"),
    row(
        "scoring:row",
        "POST",
        kwargs=_of(DRAFT, row="1.1"),
        data={"version": 1, "state": "absent"},
        qc_officer=409,
        note="stale",
    ),
    row(
        "scoring:evidence_add",
        "POST",
        kwargs=_of(DRAFT, row="1.1"),
        data=_version(DRAFT, **EVIDENCE),
        qc_officer=302,
    ),
    row("scoring:evidence_change", "POST", kwargs=_note, data=_version(DRAFT, **EVIDENCE), qc_officer=302),
    row("scoring:evidence_remove", "POST", kwargs=_note, data=_version(DRAFT), qc_officer=302),
    row(
        "scoring:level",
        "POST",
        kwargs=_of(DRAFT),
        data=_version(DRAFT),
        qc_officer=422,
        note="level did not change",
    ),
    row("scoring:submit", "POST", kwargs=_of(DRAFT), data=_version(DRAFT), qc_officer=302),
    row(
        "scoring:return",
        "POST",
        kwargs=_of("sheet_submitted"),
        data=_version("sheet_submitted", reason="请核对1.2"),
        head=302,
    ),
    row("scoring:sign", "POST", kwargs=_of("sheet_submitted"), data=_version("sheet_submitted"), head=302),
    row(
        "scoring:correct",
        "POST",
        kwargs=_of("sheet_signed"),
        data=_version("sheet_signed", reason="补交记录"),
        qc_officer=302,
    ),
    row(
        "scoring:correct_after_appeal",
        "POST",
        kwargs=_of("sheet_signed"),
        data=_version("sheet_signed"),
        qc_officer=422,
        note="no appeal was upheld",
    ),
    row(
        "scoring:download",
        kwargs=_of("sheet_signed", kind="json"),
        **DOWNLOAD,
        inspector=404,
        note="not granted",
    ),
    row(
        "scoring:download",
        kwargs=_of("sheet_granted", kind="json"),
        **DOWNLOAD,
        inspector=200,
        note="granted",
    ),
    row("scoring:packet", kwargs=_of("sheet_signed"), **DOWNLOAD, inspector=404, note="not granted"),
    row("scoring:packet", kwargs=_of("sheet_granted"), **DOWNLOAD, inspector=200, note="granted"),
    row("scoring:packet", kwargs=_of(DRAFT), qc_officer=404, head=404, inspector=404, note="draft"),
    row("scoring:download", kwargs=_of(DRAFT, kind="json"), **DOWNLOAD, inspector=404, note="draft"),
    row(
        "scoring:download",
        kwargs=_of("sheet_signed", kind="exe"),
        qc_officer=404,
        head=404,
        inspector=404,
        note="unknown kind",
    ),
    row("scoring:evidence", **SEE),
    row("scoring:documents", **SEE),
    row("scoring:document_new", qc_officer=200),
    row("scoring:document_new", "POST", data=DOCUMENT, qc_officer=302),
    row("scoring:document_new", "POST", data={"title": ""}, qc_officer=422, note="nothing filled in"),
    row("scoring:document", kwargs=_of("document"), **SEE),
    row("scoring:document_file", kwargs=_of("document"), **SEE),
    row("scoring:document_edit", kwargs=_of("document"), qc_officer=200),
    row(
        "scoring:document_edit",
        "POST",
        kwargs=_of("document"),
        data=_version("document", **DOCUMENT),
        qc_officer=302,
    ),
    row("scoring:document_edit", "POST", kwargs=_of("document"), data=STALE, qc_officer=409, note="stale"),
    row("scoring:document_replace", kwargs=_of("document"), qc_officer=200),
    row(
        "scoring:document_replace",
        "POST",
        kwargs=_of("document"),
        data=_version("document", **DOCUMENT | {"valid_from": "2026-08-01"}),
        qc_officer=302,
    ),
    row(
        "scoring:document_withdraw",
        "POST",
        kwargs=_of("document_to_withdraw"),
        data=_version("document_to_withdraw", reason="登记重复"),
        qc_officer=302,
    ),
    row("scoring:packets", **DOWNLOAD, inspector=200),
    row("scoring:blank", kwargs=lambda w: {"kind": "xlsx"}, **DOWNLOAD, inspector=200, foreign=200),
    row(
        "scoring:blank",
        kwargs=lambda w: {"kind": "json"},
        qc_officer=404,
        head=404,
        inspector=404,
        note="no kind",
    ),
    row("scoring:downloads", kwargs=_of("sheet_signed"), **SEE),
    row("scoring:comparison", **DOWNLOAD, inspector=200),
    row("scoring:comparison", data={"export": "xlsx"}, **DOWNLOAD, inspector=200, note="workbook"),
    row("scoring:packet_jobs", **DOWNLOAD, inspector=200),
    row(
        "scoring:packet_job_start",
        "POST",
        data={"period": "2022"},
        qc_officer=302,
        head=302,
        inspector=302,
        foreign=422,
    ),
    row("scoring:packet_job_start", "POST", data={}, **REFUSED, inspector=422, note="no period"),
    row("scoring:packet_job", kwargs=_of("packet_job"), qc_officer=200, head=404, inspector=404),
    row(
        "scoring:packet_job",
        kwargs=_of("packet_job_of_inspector"),
        qc_officer=404,
        head=404,
        inspector=200,
        foreign=404,
        note="an inspector's",
    ),
    row(
        "scoring:packet_job_cancel",
        "POST",
        kwargs=_of("packet_job"),
        qc_officer=302,
        head=404,
        inspector=404,
    ),
    row(
        "scoring:packet_job_file",
        kwargs=_of("packet_job"),
        qc_officer=404,
        head=404,
        inspector=404,
        note="not ready",
    ),
    row("scoring:unmask_list", **DOWNLOAD, inspector=200),
    row("scoring:unmask_ask", kwargs=_of("sheet_signed"), qc_officer=200),
    row("scoring:unmask_ask", kwargs=_of(DRAFT), qc_officer=404, note="not signed"),
    row(
        "scoring:unmask_ask",
        "POST",
        kwargs=_of("sheet_signed"),
        data={"inspector": "", "institution": "示例市卫健委", "reason": "检查通知第7号"},
        qc_officer=302,
    ),
    row("scoring:unmask_ask", "POST", kwargs=_of("sheet_signed"), data={}, qc_officer=422, note="nothing"),
    row("scoring:unmask_request", kwargs=_of("unmask_asked"), **DOWNLOAD, inspector=404, note="waits"),
    row("scoring:unmask_request", kwargs=_of("unmask_for_inspector"), **DOWNLOAD, inspector=200),
    row("scoring:unmask_approve", "POST", kwargs=_of("unmask_asked"), data=_leave, head=302),
    row("scoring:unmask_approve", "POST", kwargs=_of("unmask_asked"), data={}, head=422, note="nothing"),
    row("scoring:unmask_refuse", "POST", kwargs=_of("unmask_asked"), data={"reason": "理由不足"}, head=302),
    row("scoring:unmask_refuse", "POST", kwargs=_of("unmask_for_place"), data={"reason": "晚"}, head=422),
    row(
        "scoring:unmask_withdraw",
        "POST",
        kwargs=_of("unmask_asked"),
        data={"reason": "不再需要"},
        qc_officer=302,
        head=422,
        note="waits: the asker's own",
    ),
    row(
        "scoring:unmask_withdraw",
        "POST",
        kwargs=_of("unmask_for_place"),
        data={"reason": "不再需要"},
        qc_officer=302,
        head=302,
        note="approved",
    ),
    row(
        "scoring:unmask_file",
        kwargs=_of("unmask_for_inspector", kind="json"),
        qc_officer=302,
        head=302,
        inspector=200,
        foreign=404,
        note="for the inspector alone",
    ),
    row(
        "scoring:unmask_file",
        kwargs=_of("unmask_for_place", kind="json"),
        qc_officer=200,
        head=302,
        inspector=404,
        note="handed on by the one who asked",
    ),
    row(
        "scoring:unmask_file",
        kwargs=_of("unmask_asked", kind="json"),
        qc_officer=302,
        head=302,
        inspector=404,
        note="not approved",
    ),
    row(
        "scoring:unmask_file",
        kwargs=_of("unmask_for_place", kind="exe"),
        qc_officer=404,
        head=404,
        inspector=404,
        note="unknown kind",
    ),
    row("scoring:verify", **DOWNLOAD, inspector=200),
    row("scoring:records", head=200, auditor=200),
    row("scoring:records", "POST", head=302, auditor=302),
    row("scoring:verify", "POST", data={}, qc_officer=422, head=422, inspector=422, note="no file"),
    row("scoring:grant", "POST", kwargs=_of("sheet_signed"), data=_grant, head=302),
    row("scoring:revoke", "POST", kwargs=_of("packet_grant"), head=302),
)
