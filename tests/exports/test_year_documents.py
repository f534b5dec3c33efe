"""Minutes of a conference and the follow-up register as PDF, read back."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from audits.conferences.documents import minutes_of, minutes_pdf
from audits.conferences.models import Conference
from audits.follow_up.documents import register_of, register_pdf
from audits.follow_up.models import FollowUp
from audits.follow_up.rules import follow_up_rules
from tests.audits.follow_up.factories import EXAMINED_AT, conference_values, followed, make_conference, marked
from tests.exports.reading import pdf_boxes, pdf_text
from tests.factories import make_outcome, make_report

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)


@pytest.fixture
def report(department):
    return make_report(department, "K1", examined_at=EXAMINED_AT)


def pages(content):
    return PdfReader(io.BytesIO(content)).pages


def test_minutes_print_the_record_whole_and_mask_the_patient(department, report, officer):
    second = make_report(
        department, "K2", patient_name="司徒青禾", impression="司徒青禾肝囊肿。", examined_at=EXAMINED_AT
    )
    named = "受检甲与司徒青禾一并讨论。"
    make_conference(department, [report, second], by=officer, summary=named)
    content = minutes_pdf(minutes_of(Conference.objects.get()))
    text = pdf_text(content)
    for words in (
        "疑难病例讨论记录", "九月疑难病例讨论", "2026-09-18", "读片室", "任主任", "测一鸣",
        "高主任（胸外科）", "共1人", "检查号K1", "检查号K2", "考虑错构瘤。",
        "主持人签字", "科主任签字", "第1版",
    ):  # fmt: skip
        assert words in text
    assert "受**与司徒**一并讨论" in text
    assert [name for name in ("受检甲", "司徒青禾", "P-K1") if name in text] == []
    assert (pdf_boxes(content), len(pages(content))) == (0, 1)


def test_minutes_of_the_same_record_are_the_same_bytes(department, report, officer):
    make_conference(department, [report], by=officer)
    first, again = (minutes_pdf(minutes_of(Conference.objects.get())) for _ in range(2))
    assert first == again


def test_minutes_of_a_struck_record_say_so(department, report, officer):
    from audits.conferences.actions import cancel_conference

    found = make_conference(department, [report], by=officer)
    cancel_conference(found, reason="登记两次", version=1, by=officer)
    assert "本记录已作废。理由：登记两次" in pdf_text(minutes_pdf(minutes_of(Conference.objects.get())))


def test_minutes_of_many_long_cases_run_over_pages(department, officer):
    reports = [make_report(department, f"L{n}") for n in range(12)]
    values = conference_values(reports)
    make_conference(department, reports, by=officer, summary="要点。" * 400)
    content = minutes_pdf(minutes_of(Conference.objects.get()))
    assert len(values.cases) == 12
    assert len(pages(content)) >= 3
    assert [n for n in range(12) if f"检查号L{n}" not in pdf_text(content)] == []


def test_register_prints_each_case_and_what_it_lacks(department, officer, member, report):
    make_outcome(report, text="受检甲术后病理：错构瘤。")
    followed(report, by=officer, recipient=member)
    late = make_report(department, "K2", examined_at=date_time(2026, 6, 1), patient_name="司徒青禾")
    marked(late, by=officer)
    rows = FollowUp.objects.open().with_facts().order_by("examined_on")
    first, last, note = date(2026, 6, 1), date(2026, 10, 31), follow_up_rules().note_zh
    document = register_of(department, rows, since=first, until=last, on=ON, note=note)
    assert (document.complete, document.running, document.incomplete) == (0, 1, 1)
    content = register_pdf(document)
    text = pdf_text(content)
    for words in (
        "随访与反馈登记表", "2026-06-01至2026-10-31", "共2例：完整0，随访中1，不完整1",
        "受**术后病理：错构瘤。", "书写甲1010", "未签收", "还没有手术或随访结局（期限2026-08-30，已逾期）。",
    ):  # fmt: skip
        assert words in text
    assert [name for name in ("受检甲", "司徒青禾") if name in text] == []
    box = pages(content)[0].mediabox
    assert (box.width > box.height, pdf_boxes(content)) == (True, 0)


def date_time(*parts):
    from datetime import datetime

    return datetime(*parts, 9)
