"""Lists as workbooks: the page's rows and masks, nothing of another department, and an event."""

import io

import openpyxl
import pytest
from django.urls import reverse

from exporting import register
from tests.factories import make_outcome, make_report
from trail.models import Event


def lines(response):
    assert response.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_report_list_asked_as_workbook_holds_the_filtered_rows_masked(
    sign_in, officer, department, other_department
):
    make_report(department, "A0001", patient_name="张三丰", modality="MRI")
    make_report(department, "A0002", modality="CT")
    make_report(other_department, "THEIRS", modality="MRI")
    found = lines(sign_in(officer).get(reverse("reports:list"), {"modality": "MRI", "export": "xlsx"}))
    assert found[0][:3] == ["检查号", "报告时间", "姓名"]
    assert [row[:3] for row in found[1:]] == [["A0001", "2026-10-12 11:00", "张**"]]
    assert Event.objects.get(action="reports.export").detail["rows"] == 1


def test_report_list_asked_as_workbook_by_member_holds_own_reports_only(sign_in, member, department):
    make_report(department, "MINE", reporting_physician="书写甲")
    make_report(department, "OTHERS", reporting_physician="别人")
    found = lines(sign_in(member).get(reverse("reports:list"), {"export": "xlsx"}))
    assert [row[0] for row in found[1:]] == ["MINE"]


def test_outcome_list_asked_as_workbook_writes_formulas_as_text(sign_in, officer, department):
    report = make_report(department, "A0001", patient_name="张三丰")
    make_outcome(report, text='=HYPERLINK("http://x")张三丰')
    response = sign_in(officer).get(reverse("reports:outcomes"), {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert [cell.data_type for cell in cells if str(cell.value).startswith("=")] == ["s"]
    assert "张三丰" not in "".join(str(cell.value) for cell in cells)


def test_list_longer_than_the_limit_says_so_in_the_file(sign_in, officer, department, monkeypatch):
    monkeypatch.setattr(register, "MOST_ROWS", 2)
    for number in range(3):
        make_report(department, f"A{number}")
    found = lines(sign_in(officer).get(reverse("reports:list"), {"export": "xlsx"}))
    assert len(found) == 1 + 2 + 1
    assert "只列出前2行" in found[-1][0]


@pytest.mark.parametrize(
    ("user", "url", "action"),
    [
        ("officer", "audits:list", "audits.export"),
        ("officer", "scoring:list", "sheets.export"),
        ("auditor", "staff:trail", "trail.export"),
    ],
)
def test_empty_or_short_list_asked_as_workbook_still_opens_and_is_recorded(
    sign_in, request, department, user, url, action
):
    asked = {"export": "xlsx", "purpose": "年度核查"}
    found = lines(sign_in(request.getfixturevalue(user)).get(reverse(url), asked))
    assert all(found[0])
    assert Event.objects.filter(action=action).count() == 1
