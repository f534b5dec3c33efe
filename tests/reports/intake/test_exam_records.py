"""Requests and alerts of any vendor: columns known by meaning, an empty cell is not a missing column."""

from datetime import date, datetime

import pytest

from reports.intake.alerts import read_alerts
from reports.intake.requests import read_requests
from reports.intake.values import IncomingAlert, IncomingRequest
from spreadsheets import FileRefused
from tests.paths import DATA
from tests.reports.intake.test_layouts import csv_of, xlsx_of

RIS = DATA / "ris"


def test_shared_requests_are_read_whole():
    result = read_requests((RIS / "requests.csv").read_bytes(), "requests.csv")
    assert (len(result.requests), result.refusals, result.ignored) == (228, (), ())
    assert result.requests[0] == IncomingRequest(
        row=2,
        request_number="RQ202500001",
        accession_number="S20250108CT001",
        patient_id="S2025P0001",
        patient_name="潘试雨",
        sex="男",
        age="63岁",
        age_days=23011,
        birth_on=date(1962, 1, 4),
        requesting_department="急诊科",
        clinical_diagnosis="发热、胸痛",
        clinical_question="急诊排查",
        surgical_history="",
        requested_examination="胸部CT平扫",
        requested_at=datetime(2025, 1, 8, 12, 46, 6),
        requested_at_precision="second",
    )


def test_shared_alerts_are_read_whole_with_the_one_that_names_no_receiver():
    result = read_alerts((RIS / "critical_alerts.csv").read_bytes(), "critical_alerts.csv")
    assert (len(result.alerts), result.refusals, result.ignored) == (10, (), ())
    assert [a for a in result.alerts if a.received_by == ""] == [
        IncomingAlert(
            row=6,
            accession_number="S20250812MR027",
            content="右侧小脑半球急性期脑梗死",
            found_at=datetime(2025, 8, 13, 1, 25, 32),
            found_at_precision="second",
            notified_at=datetime(2025, 8, 13, 1, 30, 32),
            notified_at_precision="second",
            notified_by="陆测白",
            receiving_department="神经内科",
            received_by="",
        )
    ]


REQUEST_ROW = ["A1", "Q7", "张三", "女", "3月", "妇科", "腹痛", "排除卵巢囊肿", "2026/3/5 8:07", "盆腔MRI"]
REQUEST_HEAD = [
    "影像号",
    "申请单编号",
    "病人姓名",
    "性别",
    "年龄",
    "开单科室",
    "初步诊断",
    "送检目的",
    "开单时间",
]
REQUEST_HEAD += ["检查项目"]
REQUEST = IncomingRequest(
    row=2,
    request_number="Q7",
    accession_number="A1",
    patient_name="张三",
    sex="女",
    age="3月",
    age_days=91,
    requesting_department="妇科",
    clinical_diagnosis="腹痛",
    clinical_question="排除卵巢囊肿",
    requested_examination="盆腔MRI",
    requested_at=datetime(2026, 3, 5, 8, 7),
    requested_at_precision="minute",
)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
def test_request_of_another_vendor_is_read_in_any_encoding(codec):
    result = read_requests(csv_of([REQUEST_HEAD, REQUEST_ROW], codec), "申请.csv")
    assert (result.requests, result.refusals) == ((REQUEST,), ())


def test_request_in_a_workbook_below_a_title_with_a_repeated_head_and_a_total_is_read():
    rows = [["申请单汇总"], [], REQUEST_HEAD, REQUEST_ROW, REQUEST_HEAD, [], ["合计", "1"]]
    result = read_requests(xlsx_of(rows), "申请.xlsx")
    assert [(r.accession_number, r.row) for r in result.requests] == [("A1", 4)]
    assert [i.why for i in result.ignored] == ["title", "blank", "repeated_header", "blank", "total"]


def requests_of(head, *rows):
    return read_requests(csv_of([head.split(), *(row.split("|") for row in rows)]), "申请.csv")


def test_column_that_is_missing_is_unknown_and_an_empty_cell_is_empty():
    (without,) = requests_of("检查号 申请单号 检查目的", "A1|Q1|复查").requests
    (empty,) = requests_of("检查号 申请单号 检查目的 手术史 申请时间", "A1|Q1|||").requests
    assert (without.surgical_history, without.requested_at_precision) == (None, None)
    assert (empty.surgical_history, empty.requested_at_precision, empty.clinical_question) == ("", "", "")


def test_day_and_clock_and_patient_in_one_column_are_read():
    result = requests_of(
        "检查号 申请单号 姓名/性别/年龄 申请日期 申请时间", "A1|Q1|张三/男/45岁|2026-03-05|08:07"
    )
    (request,) = result.requests
    assert (request.patient_name, request.sex, request.age) == ("张三", "男", "45岁")
    assert request.requested_at == datetime(2026, 3, 5, 8, 7)


def test_part_in_a_column_of_its_own_is_kept_beside_the_item():
    head = "检查号 申请单号 申请项目 检查部位"
    result = requests_of(head, "A1|Q1|CT平扫|胸部", "A2|Q2|胸部CT平扫|胸部")
    assert [r.requested_examination for r in result.requests] == ["CT平扫；胸部", "胸部CT平扫"]


def test_items_of_one_request_on_several_rows_are_one_request():
    rows = (
        "A1|Q1|复查|胸部CT平扫",
        "A1|Q1|复查|上腹部CT平扫",
        "A1|Q1|复查|胸部CT平扫",
        "A2|Q2|复查|胸部CT平扫",
    )
    result = requests_of("检查号 申请单号 检查目的 申请项目", *rows)
    assert [(r.request_number, r.requested_examination) for r in result.requests] == [
        ("Q1", "胸部CT平扫；上腹部CT平扫"),
        ("Q2", "胸部CT平扫"),
    ]
    assert [(i.row, i.why) for i in result.ignored] == [(3, "joined"), (4, "joined")]


def test_request_without_accession_is_taken_by_its_own_number_and_without_any_refused():
    result = requests_of("检查号 申请单号 检查目的", "|Q1|复查", "A2||复查", "||复查")
    assert [(r.accession_number, r.request_number) for r in result.requests] == [("", "Q1"), ("A2", None)]
    (refusal,) = result.refusals
    assert (refusal.row, refusal.column, refusal.found, refusal.expected, refusal.reason) == (
        4,
        "检查号",
        "",
        "检查号或申请单号",
        "检查号与申请单号都为空，无法确定是哪一张申请单。请补齐后重新导出。",
    )


@pytest.mark.parametrize(
    ("row", "column", "found", "code"),
    [
        ("A1|Q1|2026-02-30 08:00|复查", "申请时间", "2026-02-30 08:00", "invalid_date"),
        ("A1|Q1|2026-02-03 08:00|#N/A", "检查目的", "#N/A", "cell_error"),
        ("2.5E+30|Q1|2026-02-03 08:00|复查", "检查号", "2.5E+30", "number_mangled"),
        (f"A1|{'Q' * 65}|2026-02-03 08:00|复查", "申请单号", "Q" * 40, "too_long"),
    ],
)
def test_bad_row_of_a_request_is_refused_by_column_and_the_good_one_read(row, column, found, code):
    result = requests_of("检查号 申请单号 申请时间 检查目的", row, "A2|Q2|2026-02-03 08:00|复查")
    assert [r.request_number for r in result.requests] == ["Q2"]
    assert [(r.row, r.column, r.found, r.code) for r in result.refusals] == [(2, column, found, code)]


@pytest.mark.parametrize("name", ["clean.xlsx", "messy.xlsx", "vendor_gbk.csv"])
def test_export_of_reports_given_as_requests_says_what_it_is(name):
    with pytest.raises(FileRefused, match="看来是检查报告而不是申请单"):
        read_requests((RIS / name).read_bytes(), name)


@pytest.mark.parametrize("name", ["clean.xlsx", "outcomes.csv", "requests.csv"])
def test_other_file_given_as_alerts_names_the_column_it_lacks(name):
    with pytest.raises(FileRefused, match="缺少必需的列：危急值内容"):
        read_alerts((RIS / name).read_bytes(), name)


def alerts_of(head, *rows):
    return read_alerts(csv_of([head.split(), *(row.split("|") for row in rows)]), "危急值.csv")


ALERT_HEAD = "影像号 患者姓名 危急值描述 危急值发现时间 上报时间 上报人 接报科室 接报人"


def test_alert_of_another_vendor_is_read_and_keeps_no_patient():
    result = alerts_of(ALERT_HEAD, "A1|张三|张力性气胸|2026年3月5日 8:07|20260305081200|李 测|急诊科|护士甲")
    assert (result.refusals, result.alerts) == (
        (),
        (
            IncomingAlert(
                row=2,
                accession_number="A1",
                content="张力性气胸",
                found_at=datetime(2026, 3, 5, 8, 7),
                found_at_precision="minute",
                notified_at=datetime(2026, 3, 5, 8, 12),
                notified_at_precision="second",
                notified_by="李测",
                receiving_department="急诊科",
                received_by="护士甲",
            ),
        ),
    )


def test_alert_with_empty_cells_is_taken_and_one_without_examination_refused():
    result = alerts_of(
        "检查号 危急值内容 发现时间 通知时间 通知人 接收人", "A1|||||", "A2|气胸||无||/", "|气胸||||"
    )
    assert result.alerts == (
        IncomingAlert(
            row=2,
            accession_number="A1",
            content="",
            found_at_precision="",
            notified_at_precision="",
            notified_by="",
            received_by="",
        ),
        IncomingAlert(
            row=3,
            accession_number="A2",
            content="气胸",
            found_at_precision="",
            notified_at_precision="",
            notified_by="",
            received_by="",
        ),
    )
    assert [(r.row, r.column, r.code) for r in result.refusals] == [(4, "检查号", "missing_accession")]


def test_alert_rows_that_repeat_each_other_are_one_and_different_ones_are_kept():
    rows = ("A1|气胸|2026-03-05 08:00", "A1|气胸|2026-03-05 08:00", "A1|脑疝|2026-03-05 08:00")
    result = alerts_of("检查号 危急值内容 发现时间", *rows)
    assert [(a.accession_number, a.content) for a in result.alerts] == [("A1", "气胸"), ("A1", "脑疝")]
    assert [(i.row, i.why) for i in result.ignored] == [(3, "duplicate")]


@pytest.mark.parametrize("name", ["truncated.xlsx", "mixed_encoding.csv", "empty.csv", "dtd_bomb.xlsx"])
@pytest.mark.parametrize("reader", [read_requests, read_alerts])
def test_broken_file_is_refused_by_every_reader(name, reader):
    with pytest.raises(FileRefused):
        reader((RIS / "broken" / name).read_bytes(), name)
