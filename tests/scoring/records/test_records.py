"""verify_records: what was signed, made, drawn and ruled, compared with the trail."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.module_loading import import_string
from django_q.models import Schedule

from audits.judging.actions.permissions import allow_reader, withdraw_reader
from audits.judging.models import Fault, ReaderPermission, Review
from audits.quarter.actions.quarters import cancel_audit, draw_audit
from audits.sampling.models import Audit, Case
from audits.sampling.queries.hashes import draw_hash
from scoring.packet.actions.files import packet_files
from scoring.packet.models import PacketFile
from scoring.records.actions import run_queued, schedule_verification
from scoring.sheets.actions.differences import refuse_edited_audit
from scoring.sheets.models import Sheet
from scoring.sheets.queries.audit_records import compare_audit
from scoring.sheets.queries.signed_records import RecordDiffersError
from scoring.signing.actions import sign_sheet, submit_sheet
from tests import people
from tests.audits.factories import AGREES, ALLOWED, drawn_audit, planned_audit
from tests.scoring.sheets.factories import draft_sheet
from tests.scoring.tampering import rewrite_event, tamper, without_triggers
from tests.stories import made_once
from trail.anchors import anchors_file, keep_anchor
from trail.models import Event

pytestmark = pytest.mark.django_db
DIFFERS = "scoring.record_differs"


@pytest.fixture(autouse=True)
def _own_data(settings, tmp_path):
    settings.QC_DATA_DIR = tmp_path


@made_once
def signed(department, officer, head, assessor):
    """30 points, but for one report that is not concordant."""
    sheet = draft_sheet(department, by=officer, assessor=assessor, discordant=1, n=11)
    sheet = submit_sheet(sheet, version=sheet.version, by=officer)
    return Sheet.objects.get(pk=sign_sheet(sheet, version=sheet.version, by=head).pk)


def verified(*words):
    out = StringIO()
    try:
        call_command("verify_records", *words, stdout=out)
        code = 0
    except SystemExit as stopped:
        code = stopped.code
    return code, out.getvalue()


def differences():
    code, text = verified("--json")
    answer = json.loads(text)
    assert (code == 0) == answer["holds"]
    return [(one["kind"], one["text"]) for one in answer["differences"]]


def changed(rows, **columns):
    """Someone with the database's own password changes rows."""
    with without_triggers():
        rows.update(**columns)


def test_untouched_records_hold_and_are_counted(signed, officer):
    packet_files(signed, ("json", "xlsx"), by=officer)
    events = Event.objects.count()
    code, text = verified("--json")
    assert code == 0
    assert json.loads(text) == {
        "holds": True,
        "kinds": {
            "sheets": {"checked": 1, "differing": 0, "unrecorded": 0},
            "files": {"checked": 2, "differing": 0, "unrecorded": 0},
            "draws": {"checked": 1, "differing": 0, "unrecorded": 0},
            "rulings": {"checked": 20, "differing": 0, "unrecorded": 0},
            "months": {"checked": 0, "differing": 0, "unrecorded": 0},
            "trail": {"checked": events, "differing": 0, "unrecorded": 0},
        },
        "differences": [],
    }
    event = Event.objects.order_by("-seq").first()
    assert (event.action, event.result, event.detail["rulings"]["checked"]) == (
        "scoring.verify_records",
        "done",
        20,
    )


def test_table_names_counts_and_what_differs(signed):
    changed(Audit.objects.all(), seed="x")
    code, text = verified()
    lines = text.splitlines()
    assert code == 1
    assert lines[0] == "核对\t不符\t留痕中无校验值\t对象"
    assert lines[3:5] == ["1\t1\t0\t抽样", "20\t0\t0\t评定与申诉复核"]
    assert lines[-1] == "共1处不符。"


@pytest.mark.parametrize(
    ("rows", "columns", "found"),
    [
        (Review, {"judgement": "concordant"}, "诊断结论评定与留痕第"),
        (Review, {"description": "nonconforming"}, "影像描述评定与留痕第"),
        (Review, {"conclusion_reason": "改写"}, "诊断结论评定与留痕第"),
        (Review, {"judgement": "", "conclusion_at": None}, "诊断结论评定：留痕记有，数据库中没有"),
        (Audit, {"ledger": {}}, "的抽样与留痕第"),
        (Audit, {"pool_list": [[1]]}, "的抽样与留痕第"),
        (Audit, {"extended_reason": "x"}, "的抽样与留痕第"),
        (Audit, {"readers": 2}, "的抽样与留痕第"),
        (Case, {"system": "chest"}, "的抽样与留痕第"),
    ],
)
def test_edited_ruling_or_draw_is_found_and_stops_the_seal(signed, officer, rows, columns, found):
    row = rows.objects.order_by("pk").exclude(**{key: v for key, v in columns.items() if v}).first()
    changed(rows.objects.filter(pk=row.pk), **columns)
    (_, text), *others = differences()
    assert (found in text, others) == (True, [])
    with pytest.raises(RecordDiffersError, match="不能签发，也不能生成或加盖签章"):
        packet_files(signed, ("json",), by=officer)
    assert PacketFile.objects.count() == 0
    assert Event.objects.get(action=DIFFERS).result == "refused"


def test_added_and_removed_rows_are_found(signed):
    review = Review.objects.order_by("pk").first()
    with without_triggers():
        Fault.objects.create(review=review, clause="6.4.3.2", reason="x")
    assert [kind for kind, _ in differences()] == ["rulings"]
    with without_triggers():
        Review.objects.filter(pk=review.pk).delete()
    assert differences() == [
        ("rulings", f"评定（编号{review.pk}）：留痕记有，数据库中没有。"),
    ]


def test_ruling_that_nobody_recorded_is_found(signed):
    with without_triggers():
        first = Review.objects.order_by("pk").first()
        first.pk, first.reader, first.assessor_id = None, 3, signed.signed_by_id
        first.save(force_insert=True)
    texts = [text for _, text in differences()]
    assert [text.endswith("评定：留痕中没有这项记录。") for text in texts] == [True, True]


def test_edited_sheet_and_one_set_back_to_a_draft_are_found(signed):
    tamper(signed, total=30)
    assert differences() == [("sheets", f"{signed}：合计得分现为30，签发时为29。")]
    tamper(signed, status="draft")
    assert differences() == [("sheets", f"已签发的评分表（编号{signed.pk}）：留痕记有，数据库中没有。")]


def test_edited_and_missing_files_are_found(signed, officer):
    packet_files(signed, ("json", "xlsx"), by=officer)
    first, second = PacketFile.objects.order_by("pk")
    path = first.file.path
    with open(path, "ab") as file:
        file.write(b" ")
    second.file.storage.delete(second.file.name)
    assert [text.partition("文件")[2] for _, text in differences()] == [
        "与生成时留痕所记的校验值不同。",
        "不在磁盘上。",
    ]


def test_file_exchanged_with_its_row_is_found(signed, officer):
    packet_files(signed, ("json",), by=officer)
    PacketFile.objects.update(sha256="0" * 64)
    assert [kind for kind, _ in differences()] == ["files"]


def test_events_without_hash_are_counted_and_what_they_name_is_compared(signed):
    with without_triggers():
        for event in Event.objects.filter(action__in=("audits.draw", "audits.rule_conclusion")):
            event.detail.pop("hash")
            rewrite_event(event)
    # The chain is broken by the rewriting; what the events name still holds.
    compared = compare_audit(signed.audit)
    assert (compared.checked, compared.unrecorded, compared.problems) == (21, 11, ())
    changed(Review.objects.filter(judgement="discordant"), judgement="concordant")
    changed(Audit.objects.all(), seed="x")
    assert len(compare_audit(Audit.objects.get()).problems) == 2


def test_cut_anchor_file_is_found(signed):
    keep_anchor()
    assert differences() == []
    anchors_file().unlink()
    assert [kind for kind, _ in differences()] == ["trail"]


def test_cut_or_deleted_anchor_file_stops_the_seal(signed, officer):
    keep_anchor()
    packet_files(signed, ("json",), by=officer)
    keep_anchor()
    PacketFile.objects.all().delete()
    whole = anchors_file().read_bytes()
    anchors_file().write_bytes(whole[: whole.index(b"\n") + 1])
    with pytest.raises(RecordDiffersError, match="锚点文件中没有或与之不同"):
        packet_files(signed, ("json",), by=officer)
    anchors_file().unlink()
    with pytest.raises(RecordDiffersError, match="不存在：文件被删除"):
        packet_files(signed, ("json",), by=officer)
    anchors_file().write_bytes(whole)
    assert list(packet_files(signed, ("json",), by=officer)) == ["json"]
    assert Event.objects.filter(action=DIFFERS, result="refused").count() == 2


def test_anchor_that_the_trail_contradicts_stops_the_seal(signed, officer):
    keep_anchor()
    anchors_file().write_text(
        anchors_file().read_text() + anchors_file().read_text().replace('"seq": ', '"seq": 9')
    )
    with pytest.raises(RecordDiffersError, match="与留存的锚点不符"):
        packet_files(signed, ("json",), by=officer)


def forged_ruling():
    """不符合 turned into 符合, as one statement of SQL does it."""
    agrees = {name: AGREES[name] for name in ("judgement", "characterisation", "localisation", "error_kind")}
    Review.objects.filter(judgement="discordant").update(**agrees)


FORGED = r"第1份第一评审的诊断结论评定与留痕第\d+条所记的不同"


def test_sheet_over_an_edited_ruling_is_not_submitted(department, officer, assessor):
    sheet = draft_sheet(department, by=officer, assessor=assessor, discordant=1)
    forged_ruling()
    with pytest.raises(RecordDiffersError, match=FORGED):
        submit_sheet(sheet, version=sheet.version, by=officer)


def test_sheet_over_a_ruling_edited_since_submission_is_not_signed(department, officer, head, assessor):
    sheet = draft_sheet(department, by=officer, assessor=assessor, discordant=1)
    sheet = submit_sheet(sheet, version=sheet.version, by=officer)
    forged_ruling()
    with pytest.raises(RecordDiffersError, match=FORGED):
        sign_sheet(sheet, version=sheet.version, by=head)
    assert Sheet.objects.get().status == "submitted"


def test_refused_signature_is_in_the_trail_and_on_the_home_page(department, officer, head, assessor, sign_in):
    sheet = draft_sheet(department, by=officer, assessor=assessor)
    sheet = submit_sheet(sheet, version=sheet.version, by=officer)
    Review.objects.filter(pk=Review.objects.order_by("pk").first().pk).update(conclusion_reason="改写")
    client = sign_in(head)
    answer = client.post(reverse("scoring:sign", args=[sheet.pk]), {"version": sheet.version})
    assert (answer.status_code, "诊断结论评定与留痕第" in answer.text) == (422, True)
    assert Event.objects.get(action=DIFFERS).target_id == str(sheet.pk)
    assert "1 处签发记录与留痕不符" in client.get("/").text


def test_worker_compares_every_night(signed):
    schedule_verification()
    schedule_verification()
    schedule = Schedule.objects.get(name="签发记录核对")
    assert (schedule.schedule_type, import_string(schedule.func)) == (Schedule.DAILY, run_queued)
    run_queued()
    assert Event.objects.order_by("-seq").first().action == "scoring.verify_records"


# --- the pages ---------------------------------------------------------------------------------------


def test_button_compares_and_the_pages_show_the_last_result(signed, sign_in, auditor):
    client = sign_in(auditor)
    assert "还没有核对过" in client.get(reverse("staff:trail")).text
    changed(Audit.objects.all(), seed="x")
    answer = client.post(reverse("scoring:records"), follow=True)
    assert "有不符" in answer.text
    assert f"{signed.audit.label}的抽样与留痕第" in answer.text
    assert "有不符" in client.get(reverse("staff:trail")).text
    event = Event.objects.get(action="scoring.verify_records")
    assert (event.actor_id, event.result) == (auditor.pk, "refused")


def test_difference_is_on_the_home_page_of_head_and_auditor_and_of_nobody_else(
    signed, sign_in, head, auditor, officer, other_department
):
    changed(Audit.objects.all(), seed="x")
    run_queued()
    notice = "1 处签发记录与留痕不符"
    assert [notice in sign_in(user).get("/").text for user in (head, auditor, officer)] == [True, True, False]
    far = people.person("far", "邻县甲", "head", other_department)
    assert notice not in sign_in(far).get("/").text
    assert "的抽样与留痕第" not in sign_in(far).get(reverse("scoring:records")).text
    changed(Audit.objects.all(), seed=Event.objects.get(action="audits.draw").detail["seed"])
    run_queued()
    assert notice not in sign_in(head).get("/").text


# --- the outcomes of the cases, the origin of the seed, the state ------------------------------------


def test_draw_of_an_early_version_holds_by_the_hash_of_its_time(signed):
    event = Event.objects.get(action="audits.draw")
    del event.detail["hash_version"]
    event.detail["hash"] = draw_hash(signed.audit, 1)
    rewrite_event(event)
    compared = compare_audit(Audit.objects.get())
    assert (compared.unrecorded, compared.problems) == (0, ())
    changed(Audit.objects.all(), ledger={})
    assert len(compare_audit(Audit.objects.get()).problems) == 1


def test_seed_said_to_be_the_servers_is_found_by_the_opening_event(department, officer):
    audit = drawn_audit(department, by=officer)
    Audit.objects.update(seed_chosen=False, commitment="0" * 64)
    assert [text.partition("与留痕第")[0] for _, text in differences()] == [
        f"{audit.label}抽样的种子来源",
        f"{audit.label}的抽样",
    ]


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "cancelled", "cancelled_reason": "x"},
        {"status": "planned", "pool_hash": "", "drawn_at": None, "seed": "x"},
    ],
)
def test_draw_cancelled_or_set_back_by_a_statement_is_found(department, officer, columns):
    audit = drawn_audit(department, by=officer)
    Audit.objects.update(**columns)
    state = f"{audit.label}抽样的状态（{Audit.objects.get().get_status_display()}）与留痕第"
    assert [text.startswith(state) for _, text in differences()][:1] == [True]


def test_reason_of_a_cancelled_draw_is_held_against_its_event(department, officer):
    audit = drawn_audit(department, by=officer)
    cancel_audit(audit, reason="窗口登记错误", version=audit.version, by=officer)
    assert differences() == []
    Audit.objects.update(cancelled_reason="x")
    assert [text.partition("与留痕第")[0] for _, text in differences()] == [
        f"{audit.label}抽样的状态（已作废）"
    ]


def test_edited_draw_of_the_same_days_stops_the_seal(department, officer):
    early = drawn_audit(department, by=officer)
    cancel_audit(early, reason="窗口登记错误", version=early.version, by=officer)
    audit = planned_audit(department, by=officer)
    audit = draw_audit(audit, version=audit.version, by=officer)
    refuse_edited_audit(audit)
    Audit.objects.filter(pk=early.pk).update(ledger={})
    with pytest.raises(RecordDiffersError, match="的抽样与留痕第"):
        refuse_edited_audit(audit)


def test_outcome_taken_from_a_drawn_case_is_found(signed):
    with without_triggers():
        Case.objects.order_by("pk").first().outcomes.clear()
    assert [text.partition("与留痕第")[0] for _, text in differences()] == [f"{signed.audit.label}的抽样"]


def test_permission_of_a_reader_edited_or_removed_is_found(department, officer, head):
    audit = drawn_audit(department, by=officer)
    allowed = allow_reader(audit, reader=officer, reason=ALLOWED, by=head)
    assert differences() == []
    ReaderPermission.objects.update(reason="x")
    sentence = f"{audit.label}允许能查看结局者评审的记录与留痕不同：数据库中的记录被改动过。"
    assert differences() == [("rulings", sentence)]
    with pytest.raises(RecordDiffersError, match="允许能查看结局者评审的记录"):
        refuse_edited_audit(audit)
    ReaderPermission.objects.update(reason=ALLOWED)
    withdraw_reader(allowed, by=head)
    assert differences() == []
    allow_reader(audit, reader=officer, reason=ALLOWED, by=head)
    ReaderPermission.objects.all().delete()
    assert differences() == [("rulings", sentence)]
