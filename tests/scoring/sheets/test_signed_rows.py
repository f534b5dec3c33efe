"""Signed rows: what the database refuses, what may go on, and a record held against its signing event."""

from datetime import date
from hashlib import sha256

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audits.conflicts import RefusedError
from audits.judging.models import Fault, Review
from audits.sampling.models import Audit
from scoring.content.document import PacketDocument
from scoring.downloads.actions import grant_packet
from scoring.packet.actions.files import packet_file, packet_files
from scoring.packet.models import PacketFile
from scoring.sheets.actions.corrections import correct_sheet
from scoring.sheets.actions.sheets import set_row
from scoring.sheets.models import EvidenceNote, RowSetting, Sheet
from scoring.sheets.queries.scored import fingerprint, scored_sheet
from scoring.sheets.queries.signed_records import RecordDiffersError, columns_differ, signed_record
from scoring.signing.actions import sign_sheet, submit_sheet
from tests import people
from tests.scoring.sheets.factories import draft_sheet, signed_sheet, submitted_sheet
from tests.scoring.tampering import tamper, without_triggers
from tests.stories import made_once
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(officer, head, assessor):
    return {"by": officer, "head": head, "assessor": assessor}


@made_once
def signed(department, officer, head, assessor):
    """29 points, with a note of evidence beside its rows."""
    sheet = draft_sheet(department, by=officer, assessor=assessor, discordant=1)
    EvidenceNote.objects.create(sheet=sheet, row="1.1", title="书写规范")
    sheet = submit_sheet(sheet, version=sheet.version, by=officer)
    return Sheet.objects.get(pk=sign_sheet(sheet, version=sheet.version, by=head).pk)


def refused(sql: str, words: str = "signed sheets do not change") -> bool:
    """Whether the database refuses a statement; nothing of it stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return words in str(error)
    return False


def ruling_refused(sql: str) -> bool:
    """The same of what a signed sheet was scored from."""
    return refused(sql, "signed rulings do not change")


FROZEN_COLUMNS = {
    "number": "9",
    "edition": "'other'",
    "hospital_level": "'secondary'",
    "correction_reason": "'x'",
    "submitted_at": "signed_at",
    "submitted_by_id": "signed_by_id",
    "returned_at": "signed_at",
    "returned_by_id": "signed_by_id",
    "returned_reason": "'x'",
    "signed_at": "created_at",
    "signed_by_id": "submitted_by_id",
    "total": "30",
    "verdict": "'pass '",
    "content": "'{}'",
    "content_hash": "'x'",
    "created_at": "signed_at",
    "created_by_id": "signed_by_id",
    "version": "version + 1",
    "corrects_id": "id",
    "status": "'draft'",
}


def test_signed_sheet_refuses_a_change_of_every_column(signed):
    update = "UPDATE scoring_sheet SET {} = {}"
    assert [name for name, to in FROZEN_COLUMNS.items() if not refused(update.format(name, to))] == []
    columns = {field.column for field in Sheet._meta.concrete_fields} - {"id", "audit_id"}
    assert set(FROZEN_COLUMNS) == columns
    signed.total = 30
    with pytest.raises(DatabaseError, match="do not change"), transaction.atomic():
        signed.save()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM scoring_sheet",
        "UPDATE scoring_rowsetting SET state = 'met', reason = ''",
        "DELETE FROM scoring_rowsetting WHERE row = '1.1'",
        "UPDATE scoring_evidencenote SET title = 'x'",
        "DELETE FROM scoring_evidencenote",
        "INSERT INTO scoring_evidencenote (row, title, note, added_at, sheet_id)"
        " SELECT row, 'x', '', added_at, sheet_id FROM scoring_evidencenote",
    ],
)
def test_rows_of_a_signed_sheet_refuse_every_change(signed, sql):
    assert refused(sql)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="REPLACE is SQLite's")
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT OR REPLACE INTO scoring_sheet SELECT * FROM scoring_sheet WHERE status = 'signed'",
        "UPDATE OR REPLACE scoring_sheet SET id = {signed} WHERE id = {draft}",
        "UPDATE OR REPLACE scoring_sheet SET audit_id = {audit}, number = 1 WHERE id = {draft}",
        "REPLACE INTO scoring_rowsetting SELECT * FROM scoring_rowsetting WHERE sheet_id = {signed}",
        "UPDATE OR REPLACE scoring_rowsetting SET id = {row} WHERE sheet_id = {draft} AND row = '1.1'",
        "UPDATE scoring_rowsetting SET sheet_id = {signed}, row = '9' WHERE sheet_id = {draft}",
    ],
)
def test_signed_rows_refuse_to_be_replaced(signed, other_department, sql):
    far = {"by": people.person("far", "邻县甲", "qc_officer", other_department)}
    far["assessor"] = people.person("far2", "邻县乙", "assessor", other_department)
    draft = draft_sheet(other_department, **far)
    row = RowSetting.objects.filter(sheet=signed).first()
    places = {"signed": signed.pk, "draft": draft.pk, "audit": signed.audit_id, "row": row.pk}
    assert refused(sql.format(**places))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE is PostgreSQL's")
@pytest.mark.parametrize("table", ["scoring_sheet", "scoring_rowsetting", "scoring_evidencenote"])
def test_signed_rows_refuse_truncate(signed, table):
    assert refused("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE " + table + " CASCADE")


FREE_OF_AUDIT = {"version", "status", "draw"}  # `status` and `draw` have tests of their own


def test_audit_of_a_signed_sheet_refuses_a_change_of_every_column(signed):
    taken = []
    for field in Audit._meta.concrete_fields:
        column = field.column
        changed = {
            "DateField": "'2001-02-03'",
            "DateTimeField": "'2001-02-03 00:00:00+00'",
            "JSONField": "'{}'",
            "CharField": "'x'",
            "TextField": "'x'",
            "PositiveSmallIntegerField": "2",
            "BooleanField": f"NOT {column}",
        }.get(field.get_internal_type(), "999")
        if not ruling_refused(f"UPDATE audits_audit SET {column} = {changed}"):  # noqa: S608
            taken.append(column)
    assert set(taken) == FREE_OF_AUDIT - {"draw", "status"}


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM audits_audit",
        "UPDATE audits_audit SET draw = '{}'",
        "UPDATE audits_audit SET status = 'drawn'",
        "UPDATE audits_audit SET status = 'cancelled'",
        "UPDATE audits_case SET system = 'chest'",
        "UPDATE audits_case SET audit_id = audit_id + 1",
        "DELETE FROM audits_case",
        "DELETE FROM audits_case_outcomes",
        "UPDATE audits_case_outcomes SET outcome_id = (SELECT MAX(id) FROM reports_outcome)",
        "UPDATE audits_case_outcomes SET case_id = case_id + 1",
        "INSERT INTO audits_case_outcomes (case_id, outcome_id)"
        " SELECT (SELECT MIN(id) FROM audits_case), (SELECT MAX(id) FROM reports_outcome)",
        "UPDATE audits_review SET description = 'conforming', judgement = 'concordant'",
        "DELETE FROM audits_review",
        "INSERT INTO audits_review SELECT * FROM audits_review",
        "INSERT INTO audits_fault (review_id, clause, field, excerpt, reason)"
        " SELECT id, '6.1', '', '', 'x' FROM audits_review",
    ],
)
def test_what_a_signed_sheet_was_scored_from_refuses_every_change(signed, sql):
    assert ruling_refused(sql)


def test_fault_of_a_signed_ruling_refuses_every_change(signed):
    with without_triggers():
        Fault.objects.create(review=Review.objects.first(), clause="6.4.3.2", reason="x")
    assert ruling_refused("UPDATE audits_fault SET clause = '6.1'")
    assert ruling_refused("DELETE FROM audits_fault")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="REPLACE is SQLite's")
@pytest.mark.parametrize("table", ["audits_audit", "audits_case", "audits_case_outcomes", "audits_review"])
def test_what_a_signed_sheet_was_scored_from_refuses_to_be_replaced(signed, table):
    assert ruling_refused(f"REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608


@pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE is PostgreSQL's")
@pytest.mark.parametrize(
    "table", ["audits_audit", "audits_case", "audits_case_outcomes", "audits_review", "audits_fault"]
)
def test_what_a_signed_sheet_was_scored_from_refuses_truncate(signed, table):
    sql = f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE"
    assert ruling_refused(sql) or refused(sql)


def test_rulings_are_open_again_while_a_correction_judges_anew_and_frozen_after_it(signed, team):
    update, outcomes = "UPDATE audits_review SET description_reason = 'x'", "DELETE FROM audits_case_outcomes"
    second = correct_sheet(signed, reason="补录", reopen=True, version=signed.version, by=team["by"])
    assert [ruling_refused(sql) for sql in (update, outcomes)] == [False, False]
    assert ruling_refused("UPDATE audits_audit SET seed = 'x'")
    second = submit_sheet(second, version=second.version, by=team["by"])
    sign_sheet(second, version=second.version, by=team["head"])
    assert [ruling_refused(sql) for sql in (update, outcomes)] == [True, True]


def test_rulings_of_an_unsigned_sheet_may_still_change(department, officer, assessor):
    submitted_sheet(department, by=officer, assessor=assessor)
    for sql in ("UPDATE audits_review SET description_reason = 'x'", "DELETE FROM audits_fault"):
        assert not ruling_refused(sql)
    assert not ruling_refused("UPDATE audits_audit SET seed = 'x'")


def test_unsigned_rows_and_the_bookkeeping_of_signed_ones_go_on_changing(department, signed, team, inspector):
    grant = grant_packet(signed, inspector=inspector, until=timezone.localdate(), by=team["head"])
    packet_file(signed, "json", by=team["by"])
    second = correct_sheet(signed, reason="补录", version=signed.version, by=team["by"])
    second = set_row(
        second, row="1.2", state="absent", differs_reason="核对", version=second.version, by=team["by"]
    )
    second = submit_sheet(second, version=second.version, by=team["by"])
    second = sign_sheet(second, version=second.version, by=team["head"])
    grant.delete()
    PacketFile.objects.all().delete()
    assert (Sheet.objects.get(pk=signed.pk).status, second.status, second.total) == (
        "superseded",
        "signed",
        27,
    )
    assert refused(f"UPDATE scoring_sheet SET total = 30 WHERE id = {signed.pk}")  # noqa: S608


# --- held against the signing event ------------------------------------------------------------------


def refit(content):
    """The content with another total, and the hash that fits it."""
    changed = content | {"result": content["result"] | {"total": 30}}
    return {"content": changed, "content_hash": PacketDocument.from_dict(changed).content_hash()}


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (lambda s: {}, ()),
        (lambda s: {"status": "superseded"}, ("状态现为已被更正，没有签发过更正版",)),
        (
            lambda s: {"total": 30, "verdict": "fail"},
            ("合计得分现为30，签发时为29", "判定现为不合格，签发时为合格"),
        ),
        (lambda s: refit(s.content), ("内容校验值与签发时留痕所记的不同",)),
        (
            lambda s: {"content": s.content | {"department": "别的科"}},
            ("内容与签发时的校验值不符",),
        ),
        (
            lambda s: {"number": 2, "corrects": s.pk, "correction_reason": "x"},
            (
                "状态现为已签发，已签发过更正版",
                "版次现为2，签发时为1",
                "所更正评分表的编号现为{pk}，签发时为空",
            ),
        ),
        (lambda s: {"total": 0}, ("合计得分现为0，签发时为29",)),
        (lambda s: {"total": None}, ("合计得分现为空，签发时为29",)),
        (
            lambda s: {"content": [], "content_hash": sha256(b"[]").hexdigest()},
            ("内容校验值与签发时留痕所记的不同",),
        ),
        (lambda s: {"hospital_level": "secondary"}, ("机构级别现为secondary，签发时为tertiary",)),
    ],
)
def test_signed_record_names_what_is_not_as_it_was_signed(signed, change, differs):
    found = tuple(words.format(pk=signed.pk) for words in differs)
    assert signed_record(tamper(signed, **change(signed))).differs == found


def second_version(sheet, team):
    second = correct_sheet(sheet, reason="补录", version=sheet.version, by=team["by"])
    second = submit_sheet(second, version=second.version, by=team["by"])
    return sign_sheet(second, version=second.version, by=team["head"])


def test_signed_sheet_is_superseded_by_nothing_but_a_submitted_correction(signed, team):
    supersede = f"UPDATE scoring_sheet SET status = 'superseded' WHERE id = {signed.pk}"  # noqa: S608
    assert refused(supersede)
    second = correct_sheet(signed, reason="补录", version=signed.version, by=team["by"])
    assert refused(supersede)
    submit_sheet(second, version=second.version, by=team["by"])
    assert not refused(supersede)


def test_version_brought_back_into_force_differs_on_its_page_and_in_lists(signed, team):
    second = second_version(signed, team)
    tamper(second, status="superseded")
    first = tamper(signed, status="signed")
    second = Sheet.objects.get(pk=second.pk)
    assert signed_record(first).differs == ("状态现为已签发，已签发过更正版",)
    assert signed_record(second).differs == ("状态现为已被更正，没有签发过更正版",)
    rows = Sheet.objects.with_signed_as().order_by("number")
    assert [columns_differ(sheet) for sheet in rows] == [True, True]


def test_sheet_moved_to_another_audit_differs_on_its_page_and_in_lists(signed, other_department):
    other = Audit.objects.get(pk=signed.audit_id)
    other.pk, other.department = None, other_department
    other.window_start, other.window_end = date(2001, 1, 1), date(2001, 3, 31)
    other.save()
    number, start, end = signed.audit_id, signed.audit.window_start, signed.audit.window_end
    moved = tamper(signed, audit=other.pk)
    assert signed_record(moved).differs == (
        f"抽样编号现为{other.pk}，签发时为{number}",
        f"科室编号现为{other_department.pk}，签发时为{signed.audit.department_id}",
        f"抽样窗口起现为2001-01-01，签发时为{start}",
        f"抽样窗口止现为2001-03-31，签发时为{end}",
    )
    assert columns_differ(Sheet.objects.with_signed_as().get(pk=signed.pk))


def test_signed_record_without_its_event_or_of_an_event_without_hash_says_so(signed):
    event = Event.objects.get(action="scoring.sign")
    signed.signing_event, signed.was_corrected = None, False
    assert signed_record(signed).differs == ("留痕中没有这份评分表的签发记录",)
    event.detail.pop("hash")
    signed.signing_event = event
    assert signed_record(signed).differs == (f"留痕第{event.seq}条（签发）的内容与其校验值不符",)
    assert "未能与留痕核对" in signed_record(signed).note


@pytest.mark.parametrize("kept", [False, True])
def test_nothing_of_a_record_that_differs_is_rendered_sealed_or_handed_out(signed, officer, kept):
    if kept:
        packet_files(signed, ("json", "xlsx"), by=officer)
    files = PacketFile.objects.count()
    for _ in range(2):
        with pytest.raises(RecordDiffersError, match="合计得分现为30，签发时为29"):
            packet_files(tamper(signed, total=30), ("json", "xlsx"), by=officer)
    assert PacketFile.objects.count() == files
    event = Event.objects.get(action="scoring.record_differs")
    assert (event.target_id, event.result, "合计得分现为30" in event.detail["problem"]) == (
        str(signed.pk),
        "refused",
        True,
    )


def test_signed_sheet_set_back_to_unsigned_is_not_signed_again(signed, team):
    forged = tamper(signed, status="submitted", content=None, content_hash="x", total=30)
    forged = tamper(forged, content_hash=fingerprint(scored_sheet(forged)))
    with pytest.raises(RefusedError, match="留痕记有这份评分表的签发"):
        sign_sheet(forged, version=forged.version, by=team["head"])
    assert Sheet.objects.get(pk=signed.pk).content is None


def test_correction_of_a_record_that_differs_is_not_signed(signed, team):
    second = correct_sheet(signed, reason="补录", version=signed.version, by=team["by"])
    second = submit_sheet(second, version=second.version, by=team["by"])
    tamper(signed, total=30)
    with pytest.raises(RefusedError, match="第1版：评分表与签发时的记录不符"):
        sign_sheet(second, version=second.version, by=team["head"])
    assert Sheet.objects.get(pk=second.pk).status == "submitted"


def test_lists_know_columns_that_differ_and_leave_unsigned_rows_alone(department, signed):
    def found():
        return [columns_differ(sheet) for sheet in Sheet.objects.with_signed_as()]

    before = found()
    tamper(signed, verdict="fail")
    assert (before, found()) == ([False], [True])
    tamper(signed, verdict="pass", content_hash="0" * 64)
    assert found() == [True]
    tamper(signed, status="draft")
    assert found() == [False]


def test_submitted_sheet_may_still_change(department, officer, assessor):
    sheet = submitted_sheet(department, by=officer, assessor=assessor)
    assert not refused(f"UPDATE scoring_sheet SET total = 1 WHERE id = {sheet.pk}")  # noqa: S608
    assert not refused("DELETE FROM scoring_rowsetting")


def test_triggers_taken_off_and_put_back_refuse_again(signed):
    with without_triggers():
        assert not refused("UPDATE scoring_sheet SET total = 30")
    assert refused("UPDATE scoring_sheet SET total = 30")


def test_signed_sheet_of_the_factories_holds(department, team):
    assert signed_record(signed_sheet(department, **team)).sentence == ""
