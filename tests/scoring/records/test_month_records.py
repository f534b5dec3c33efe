"""Months compared with the trail: their draw, checks, closing and state, nightly and before a signature."""

import contextlib
import json
from io import StringIO

import pytest
from django.core.management import call_command

from audits.monthly.actions.months import cancel_month, close_month, reopen_month
from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyFault
from scoring.packet.actions.files import packet_files
from scoring.packet.models import PacketFile
from scoring.records.actions import run_queued
from scoring.sheets.models import Sheet
from scoring.sheets.queries.month_records import compare_month
from scoring.sheets.queries.signed_records import RecordDiffersError
from scoring.signing.actions import sign_sheet, submit_sheet
from tests.audits.monthly.factories import closed_month
from tests.scoring.sheets.factories import draft_sheet
from tests.scoring.tampering import rewrite_event, without_triggers
from tests.stories import made_once
from trail.models import Event

pytestmark = pytest.mark.django_db
ORIGIN, DRAW, CHECK, CLOSING = (
    "2026年9月月度质控的种子来源",
    "2026年9月月度质控的抽样",
    "2026年9月月度质控第1份的检查",
    "2026年9月月度质控的小结",
)


@pytest.fixture(autouse=True)
def _own_data(settings, tmp_path):
    settings.QC_DATA_DIR = tmp_path


@made_once
def submitted(department, officer, head, assessor):
    """A submitted sheet of the quarter, and its September with a problem in one of three reports."""
    closed_month(department, officer, faulty=1)
    sheet = draft_sheet(department, by=officer, assessor=assessor)
    return submit_sheet(sheet, version=sheet.version, by=officer)


def differences():
    out = StringIO()
    with contextlib.suppress(SystemExit):
        call_command("verify_records", "--json", stdout=out)
    return [one["text"].partition("与留痕第")[0] for one in json.loads(out.getvalue())["differences"]]


def test_untouched_month_holds_and_its_rows_are_counted(submitted):
    compared = compare_month(MonthlyAudit.objects.get())
    assert (compared.checked, compared.unrecorded, compared.problems) == (5, 0, ())
    assert differences() == []


@pytest.mark.parametrize(
    ("rows", "columns", "found"),
    [
        (MonthlyAudit, {"seed": "x"}, [DRAW]),
        (MonthlyAudit, {"seed_chosen": False}, [ORIGIN, DRAW]),
        (MonthlyAudit, {"pool_list": [[1]]}, [DRAW]),
        (MonthlyAudit, {"excluded": {"x": 1}}, [DRAW, CLOSING]),
        (MonthlyAudit, {"summary": "未发现问题。"}, [CLOSING]),
        (MonthlyAudit, {"closed_at": "2026-10-05T00:00:00Z"}, [CLOSING]),
        (MonthlyAudit, {"status": "drawn"}, ["2026年9月月度质控的状态（检查中）"]),
        (MonthlyCase, {"position": 9}, [DRAW]),
        (MonthlyCase, {"remark": "x"}, [CHECK]),
        (MonthlyFault, {"reason": "x"}, [CHECK]),
        (MonthlyFault, {"clause": "6.1"}, [CHECK, CLOSING]),
    ],
)
def test_edited_month_is_found_and_stops_the_signature(submitted, head, rows, columns, found):
    row = rows.objects.order_by("pk").first()
    rows.objects.filter(pk=row.pk).update(**columns)
    assert differences() == found
    with pytest.raises(RecordDiffersError, match="2026年9月月度质控"):
        sign_sheet(submitted, version=submitted.version, by=head)
    assert Sheet.objects.get().status == "submitted"


def test_month_edited_after_the_signature_stops_the_seal_and_is_on_the_home_page(
    submitted, head, officer, sign_in
):
    sheet = sign_sheet(submitted, version=submitted.version, by=head)
    MonthlyAudit.objects.update(summary="未发现问题。")
    with pytest.raises(RecordDiffersError, match="2026年9月月度质控的小结"):
        packet_files(Sheet.objects.get(pk=sheet.pk), ("json",), by=officer)
    assert PacketFile.objects.count() == 0
    run_queued()
    assert "签发记录与留痕不符" in sign_in(head).get("/").text


def test_check_turned_into_one_without_problems_is_found(submitted):
    case = MonthlyCase.objects.get(verdict="nonconforming")
    case.faults.all().delete()
    MonthlyCase.objects.filter(pk=case.pk).update(verdict="conforming")
    assert differences() == [CHECK, CLOSING]


def test_check_without_event_and_event_without_check_are_found(submitted):
    first, second, _ = MonthlyCase.objects.order_by("position")
    first.faults.all().delete()
    MonthlyCase.objects.filter(pk=first.pk).update(verdict="", judged_at=None, judged_by=None)
    assert differences() == [f"{CHECK}：留痕记有，数据库中没有。", CLOSING]
    MonthlyCase.objects.filter(pk=second.pk).delete()
    assert f"月度质控的检查（编号{second.pk}）：留痕记有，数据库中没有。" in differences()


def test_month_opened_again_closed_again_or_cancelled_holds(submitted, officer, head):
    month = MonthlyAudit.objects.get()
    month = reopen_month(month, reason="更正小结", version=month.version, by=officer)
    assert compare_month(month).problems == ()
    month = close_month(month, summary="已检查完。", version=month.version, by=officer)
    assert compare_month(MonthlyAudit.objects.get()).problems == ()
    month = reopen_month(month, reason="重抽", version=month.version, by=officer)
    month = cancel_month(month, reason="重抽", version=month.version, by=head)
    assert compare_month(MonthlyAudit.objects.get()).problems == ()
    MonthlyAudit.objects.update(cancelled_reason="x")
    assert differences() == ["2026年9月月度质控的状态（已作废）"]


def test_month_of_an_early_version_is_compared_with_what_its_events_name(submitted):
    actions = ("audits.draw_month", "audits.check_case", "audits.close_month")
    with without_triggers():
        for event in Event.objects.filter(action__in=actions):
            event.detail.pop("hash")
            rewrite_event(event)
    compared = compare_month(MonthlyAudit.objects.get())
    assert (compared.checked, compared.unrecorded, compared.problems) == (5, 5, ())
    MonthlyAudit.objects.update(summary="x")
    assert len(compare_month(MonthlyAudit.objects.get()).problems) == 1
