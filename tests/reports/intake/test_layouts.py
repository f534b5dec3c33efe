"""Exports of vendors never seen before: the same reports under other names, orders and notations."""

import csv
import io
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from reports.intake.reports import read_reports
from spreadsheets import FileRefused

FINDINGS = "右肺上叶见结节，大小约1.2cm×1.0cm，边界清楚；\n纵隔居中，心影不大。"
IMPRESSION = "1、右肺上叶结节，建议3个月后复查；\n2、主动脉硬化。"


def csv_of(rows, codec="utf-8", delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(codec)


def xlsx_of(rows, *, merge=(), before=()):
    book = Workbook()
    for title in before:
        book.active.title = title
        book.active.append(["本表为说明，无数据"])
        book.create_sheet("数据")
    sheet = book.worksheets[-1]
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def only(data, name="导出.csv", **more):
    result = read_reports(data, name, **more)
    assert result.refusals == ()
    (report,) = result.reports
    return report


def told(report):
    """The elements every layout below must agree on."""
    return (
        report.accession_number,
        report.patient_id,
        report.patient_name,
        report.sex,
        report.age,
        report.modality,
        report.examined_at,
        report.reported_at,
        report.findings,
        report.impression,
        report.reporting_physician,
        report.reviewing_physician,
    )


EXPECTED = (
    "CT2026030501",
    "P0012345",
    "张试三",
    "男",
    "45岁",
    "CT",
    datetime(2026, 3, 5, 14, 5),
    datetime(2026, 3, 5, 16, 30),
    FINDINGS,
    IMPRESSION,
    "王测一",
    "李测二",
)


ENGLISH = [
    [
        "Accession Number",
        "Patient ID",
        "Patient Name",
        "Sex",
        "Age",
        "Modality",
        "Study Description",
        "Study Date/Time",
        "Findings",
        "Impression",
        "Reporting Radiologist",
        "Approved By",
        "Report Time",
    ],
    [
        "CT2026030501",
        "P0012345",
        "张试三",
        "M",
        "045Y",
        "CT",
        "胸部CT平扫",
        "2026-03-05T14:05:00+08:00",
        FINDINGS,
        IMPRESSION,
        "王测一",
        "李测二",
        "2026-03-05 16:30:00",
    ],
]
SNAKE = [
    [
        "report_date",
        "report_time",
        "exam_date",
        "exam_time",
        "accession_no",
        "patient_id",
        "patient_name",
        "gender",
        "age",
        "modality",
        "description",
        "conclusion",
        "report_doctor",
        "audit_doctor",
    ],
    [
        "20260305",
        "163000",
        "20260305",
        "140500",
        "CT2026030501",
        "P0012345",
        "张试三",
        "1",
        "45",
        "CT",
        FINDINGS,
        IMPRESSION,
        "王测一",
        "李测二",
    ],
]
SPLIT = [
    ["放射科工作量明细", "", "", "", "", "", "", "", "", "", "", "", "", ""],
    ["统计日期：2026-03-01至2026-03-31　操作员：管理员"],
    [],
    [
        "行号",
        "检查日期",
        "检查时间",
        "放射编号",
        "病案号",
        "患者姓名",
        "患者性别",
        "检查时年龄(岁)",
        "检查设备类型",
        "影像所见",
        "影像诊断",
        "书写医生",
        "复核医生",
        "报告完成时间",
    ],
    [
        "1",
        "2026年3月5日",
        "14时05分",
        "CT2026030501",
        "P0012345",
        "张　试　三",
        "男性",
        "45",
        "螺旋CT",
        FINDINGS,
        IMPRESSION,
        "王 测一",
        "李测二",
        "2026.3.5 16:30",
    ],
    ["合计", "", "", "1份"],
]
WRAPPED = [
    [
        "*检查\n流水号",
        "【登记号】",
        "受检者姓名：",
        "性 别",
        "年龄（岁）",
        "检查\n类别",
        "检 查 项 目",
        "拍片时间",
        "检查所见（描述）",
        "诊断意见（结论）",
        "报告人",
        "审核人",
        "出报告时间",
    ],
    [
        "ＣＴ２０２６０３０５０１",
        "P0012345",
        "张试三",
        "男",
        "４５",
        "64排CT",
        "胸部平扫",
        "２０２６／３／５　１４：０５",
        FINDINGS,
        IMPRESSION,
        "王测一",
        "李测二",
        "2026/3/5 下午4:30",
    ],
]
COMBINED = [
    [
        "影像号",
        "患者编号",
        "姓名/性别/年龄",
        "检查名称",
        "检查完成时间",
        "报告内容",
        "报告医师/审核医师",
        "报告日期",
    ],
    [
        "CT2026030501",
        "P0012345",
        "张试三 / 男 / 45岁",
        "胸部CT平扫",
        "2026-03-05 14:05",
        f"影像所见：\n{FINDINGS}\n诊断意见：\n{IMPRESSION}",
        "王测一/李测二",
        "2026-03-05 16:30",
    ],
]
OLD_HIS = [
    [
        "诊断医生",
        "审核者",
        "诊断",
        "描述",
        "报告时间",
        "检查时间",
        "设备",
        "年龄",
        "年龄单位",
        "病人性别",
        "病人姓名",
        "病人ID",
        "检查编号",
    ],
    [
        "王测一",
        "李测二",
        IMPRESSION,
        FINDINGS,
        "2026-03-05 16:30:00.000",
        "2026-03-05 14:05:00.000",
        "CT",
        "45",
        "岁",
        "男",
        "张试三",
        "P0012345",
        "CT2026030501",
    ],
]
GROUPED = [
    ["检查号", "患者信息", "", "", "", "检查", "", "报告", "", "", "", ""],
    ["", "编号", "姓名", "性别", "年龄", "类型", "时间", "描述", "结论", "医师", "审核医师", "时间"],
    [
        "CT2026030501",
        "P0012345",
        "张试三",
        "男",
        "45岁",
        "CT",
        "2026-03-05 14:05",
        FINDINGS,
        IMPRESSION,
        "王测一",
        "李测二",
        "2026-03-05 16:30",
    ],
]
VENDORS = {
    "english": ENGLISH,
    "snake": SNAKE,
    "split": SPLIT,
    "wrapped": WRAPPED,
    "combined": COMBINED,
    "old_his": OLD_HIS,
    "grouped": GROUPED,
}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_unseen_layout_as_csv_gives_the_report(vendor, codec):
    assert told(only(csv_of(VENDORS[vendor], codec))) == EXPECTED


@pytest.mark.parametrize("vendor", VENDORS)
def test_unseen_layout_as_workbook_gives_the_report(vendor):
    assert told(only(xlsx_of(VENDORS[vendor]), "导出.xlsx")) == EXPECTED


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_separators_give_the_report(delimiter):
    assert told(only(csv_of(ENGLISH, delimiter=delimiter))) == EXPECTED


@settings(max_examples=40)
@given(st.permutations(range(len(ENGLISH[0]))), st.sampled_from(["utf-8", "gb18030", "utf-8-sig"]))
def test_columns_in_any_order_give_the_report(order, codec):
    shuffled = [[row[i] for i in order] for row in ENGLISH]
    assert told(only(csv_of(shuffled, codec))) == EXPECTED


@settings(max_examples=30)
@given(
    st.lists(
        st.sampled_from(
            [
                [],
                ["示例医院"],
                ["导出时间：2026-04-01 08:00"],
                ["科室", "放射科", "月份", "3月"],
                ["", "", ""],
            ]
        ),
        max_size=6,
    )
)
def test_any_title_block_is_passed_over(block):
    result = read_reports(csv_of([*block, *OLD_HIS]), "导出.csv")
    assert told(result.reports[0]) == EXPECTED
    assert result.header_row == len(block) + 1
    assert [i.row for i in result.ignored] == list(range(1, len(block) + 1))


def test_workbook_with_several_sheets_takes_the_one_with_the_head():
    assert told(only(xlsx_of(SPLIT, before=["封面"]), "导出.xlsx")) == EXPECTED


def test_workbook_dates_and_numbers_keep_their_meaning():
    rows = [
        ["检查号", "姓名", "年龄", "设备", "检查时间", "报告时间", "影像描述", "诊断结论", "出生日期"],
        [
            99202507250013,
            "张试三",
            72,
            "DX",
            46086.5868055556,
            datetime(2026, 3, 5, 16, 30, 12),
            "双肺清晰。",
            "未见异常。",
            date(1953, 1, 2),
        ],
    ]
    report = only(xlsx_of(rows), "导出.xlsx")
    assert (report.accession_number, report.age, report.age_days) == ("99202507250013", "72岁", 26298)
    assert (report.modality, report.modality_code) == ("DR", "DX")
    assert (report.examined_at, report.examined_at_precision) == (datetime(2026, 3, 5, 14, 5), "minute")
    assert (report.reported_at, report.reported_at_precision) == (datetime(2026, 3, 5, 16, 30, 12), "second")
    assert report.birth_on == date(1953, 1, 2)


def test_cells_merged_downwards_speak_for_each_row():
    rows = [
        ["患者姓名", "检查号", "设备", "报告时间", "所见", "诊断"],
        ["张试三", "A1", "CT", "2026-03-05 10:00", "一。", "甲。"],
        [None, "A2", "CT", "2026-03-06 10:00", "二。", "乙。"],
    ]
    found = read_reports(xlsx_of(rows, merge=["A2:A3"]), "导出.xlsx").reports
    assert [(r.accession_number, r.patient_name) for r in found] == [("A1", "张试三"), ("A2", "张试三")]


HEAD = ["检查号", "姓名", "设备", "检查时间", "报告时间", "影像描述", "诊断结论"]
GOOD = ["A1", "张试三", "CT", "2026-03-05 09:00", "2026-03-05 10:00", "双肺清晰。", "未见异常。"]


def refused(**changed):
    row = [changed.get(name, value) for name, value in zip(HEAD, GOOD, strict=True)]
    result = read_reports(csv_of([HEAD, row]), "x.csv")
    assert result.reports == ()
    (refusal,) = result.refusals
    return refusal.code, refusal.column, refusal.found


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"检查号": "9.92E+13"}, ("number_mangled", "检查号", "9.92E+13")),
        ({"检查号": "#REF!"}, ("cell_error", "检查号", "#REF!")),
        ({"检查号": " "}, ("missing_accession", "检查号", "")),
        ({"检查时间": "2026-02-29"}, ("invalid_date", "检查时间", "2026-02-29")),
        ({"检查时间": "03/05/2026"}, ("invalid_date", "检查时间", "03/05/2026")),
        ({"检查时间": "2026-03-05 25:00"}, ("invalid_date", "检查时间", "2026-03-05 25:00")),
        ({"检查时间": "10:30"}, ("invalid_date", "检查时间", "10:30")),
        ({"报告时间": "2026-03-05 08:59"}, ("report_before_exam", "报告时间", "2026-03-05 08:59:00")),
        ({"设备": "US"}, ("unknown_modality", "设备", "US")),
        ({"设备": "PET/CT"}, ("unknown_modality", "设备", "PET/CT")),
        ({"设备": ""}, ("unknown_modality", "设备", "")),
        ({"影像描述": "", "诊断结论": ""}, ("no_text", "影像描述", "")),
        ({"检查号": "A" * 65}, ("too_long", "检查号", "A" * 40)),
        ({"影像描述": "肺" * 32_768}, ("too_long", "影像描述", "肺" * 40)),
        ({"诊断结论": "肺" * 32_768}, ("too_long", "诊断结论", "肺" * 40)),
    ],
)
def test_bad_cell_refuses_its_row_naming_column_and_content(changed, expected):
    assert refused(**changed) == expected


def test_text_as_long_as_a_cell_can_hold_is_taken():
    assert only(csv_of([HEAD, [*GOOD[:5], "肺" * 32_767, GOOD[6]]])).findings == "肺" * 32_767


def test_scientific_notation_with_all_digits_is_the_number():
    row = ["9.9202507250013E+13", *GOOD[1:]]
    assert only(csv_of([HEAD, row])).accession_number == "99202507250013"


def test_workbook_number_beyond_fifteen_digits_is_refused():
    result = read_reports(xlsx_of([HEAD, [1234567890123456789, *GOOD[1:]]]), "x.xlsx")
    assert [(r.code, r.column) for r in result.refusals] == [("number_mangled", "检查号")]


def test_good_rows_are_taken_beside_bad_ones():
    rows = [HEAD, GOOD, ["", *GOOD[1:]], ["A3", *GOOD[1:]]]
    result = read_reports(csv_of(rows), "x.csv")
    assert [r.accession_number for r in result.reports] == ["A1", "A3"]
    assert [(r.row, r.code) for r in result.refusals] == [(3, "missing_accession")]


def test_missing_needed_column_refuses_the_file_naming_it_and_the_head():
    with pytest.raises(FileRefused) as error:
        read_reports(
            csv_of(
                [["检查号", "姓名", "设备", "报告时间", "诊断结论"], ["A1", "张", "CT", "2026-03-05", "无"]]
            ),
            "x.csv",
        )
    assert str(error.value) == (
        "缺少必需的列：影像描述。第1行的表头为：检查号、姓名、设备、报告时间、诊断结论。"
        "请在导入页面为这份文件指定对应的列，或让RIS导出包含这些列后重新导入。"
    )


def test_file_without_a_head_is_refused_quoting_its_first_row():
    with pytest.raises(FileRefused, match=r"未找到表头：.*找到的第一行是“你好、世界”"):
        read_reports(csv_of([["你好", "世界"], ["1", "2"]]), "x.csv")


def test_remembered_mapping_overrides_what_headers_suggest():
    head = ["检查号", "姓名", "设备", "检查时间", "报告时间", "备注一", "备注二"]
    mapping = dict(
        zip(
            head,
            [
                "accession_number",
                "patient_name",
                "modality",
                "examined_at",
                "reported_at",
                "findings",
                "impression",
            ],
            strict=True,
        )
    )
    report = only(csv_of([head, GOOD]), mapping=mapping)
    assert (report.findings, report.impression) == ("双肺清晰。", "未见异常。")


def test_column_left_out_of_a_remembered_mapping_stays_out():
    mapping = {
        "检查号": "accession_number",
        "设备": "modality",
        "报告时间": "reported_at",
        "影像描述": "findings",
        "诊断结论": "impression",
    }
    report = only(csv_of([HEAD, GOOD]), mapping=mapping)
    assert (report.patient_name, report.examined_at) == (None, None)
    assert ("姓名", "张试三") in report.extra


def test_column_unknown_to_the_file_is_none_and_empty_cell_is_empty():
    report = only(csv_of([[*HEAD, "签发医师", "签名时间"], [*GOOD, "", ""]]))
    assert (report.signed_by, report.signed_at) == ("", None)
    assert (report.technique, report.operator, report.report_status) == (None, None, None)


def test_two_numbers_that_mostly_differ_are_two_things():
    head = ["检查号", "影像号", *HEAD[1:]]
    rows = [[f"A{i}", f"IMG{i}", *GOOD[1:]] for i in range(8)]
    result = read_reports(csv_of([head, *rows]), "x.csv")
    assert [r.accession_number for r in result.reports] == [f"A{i}" for i in range(8)]


def test_short_record_before_its_rest_is_refused_and_a_trimmed_one_is_not():
    head = [*HEAD, "备注"]
    broken = "A2,张试三,CT,2026-03-05 09:00,2026-03-05 10:00,双肺清晰，\r\n未见实变。,未见异常。,\r\n"
    data = csv_of([head, GOOD]) + broken.encode()
    result = read_reports(data, "x.csv")
    assert [r.accession_number for r in result.reports] == ["A1"]
    assert {r.code for r in result.refusals} == {"column_count"}


def test_unclosed_quote_refuses_its_line_and_those_after_it_and_reads_those_before():
    data = (
        csv_of([HEAD, GOOD]).decode()
        + 'A2,张,CT,2026-03-05,2026-03-05,"双肺清晰\r\nA3,李,CT,2026-03-05,2026-03-05,甲,乙\r\n'
    )
    result = read_reports(data.encode(), "x.csv")
    assert [r.accession_number for r in result.reports] == ["A1"]
    assert [(r.row, r.accession_number, r.code) for r in result.refusals] == [
        (3, "A2", "open_quote"),
        (4, "A3", "open_quote"),
    ]
    assert result.refusals[0].reason == (
        '第3行的双引号“"双肺清晰”没有正确配对，第3行至第4行可能被并入一个单元格，内容无法确定。'
        "请在原文件中补齐或删去多余的双引号（文字中的双引号应写成两个），或从RIS重新导出。"
    )


def test_identity_that_no_clause_asks_for_is_not_kept():
    report = only(
        csv_of(
            [[*HEAD, "身份证号", "联系电话", "备注"], [*GOOD, "110101195301020011", "13800000000", "加急"]]
        )
    )
    assert report.extra == (("备注", "加急"),)


def test_formula_guard_of_an_export_is_undone():
    report = only(csv_of([HEAD, [*GOOD[:5], "'=双肺清晰。", "'-未见异常。"]]))
    assert (report.findings, report.impression) == ("=双肺清晰。", "-未见异常。")


def test_status_of_a_draft_is_kept_as_given():
    assert only(csv_of([[*HEAD, "报告状态"], [*GOOD, "草稿"]])).report_status == "草稿"


@pytest.mark.parametrize(("chosen", "number"), [("检查号", "A1"), ("检查号（第2列）", "B1")])
def test_a_person_settles_which_of_two_columns_of_one_name_is_meant(chosen, number):
    head = ["检查号", *HEAD]
    with pytest.raises(FileRefused, match="“检查号”出现两次"):
        read_reports(csv_of([head, ["A1", "B1", *GOOD[1:]]]), "x.csv")
    fields = ("modality", "reported_at", "findings", "impression")
    mapping = dict(zip(("设备", "报告时间", "影像描述", "诊断结论"), fields, strict=True)) | {
        chosen: "accession_number"
    }
    report = only(csv_of([head, ["A1", "B1", *GOOD[1:]]]), mapping=mapping)
    assert report.accession_number == number


def test_totals_notes_and_heads_of_later_pages_are_passed_over():
    rows = [
        HEAD,
        GOOD,
        ["小计", "", "", "", "", "1份", ""],
        ["", "总计：1例"],
        ["第1页 共2页"],
        HEAD,
        ["A2", *GOOD[1:]],
        ["打印人：李四", "", "", "打印时间：2026-03-01"],
        ["", "", "", "", "", "", "2"],
        ["Total", "2"],
    ]
    result = read_reports(csv_of(rows), "x.csv")
    assert [r.accession_number for r in result.reports] == ["A1", "A2"]
    assert [r.row for r in result.refusals] == []
    assert [i.row for i in result.ignored] == [3, 4, 5, 6, 8, 9, 10]


@pytest.mark.parametrize("note", [[["", "MR检查"]], [[""], ["", "MR检查"]], []])
def test_rows_below_a_head_in_another_order_are_refused_until_the_order_is_the_old_one(note):
    places = [0, 1, 3, 2, *range(4, len(HEAD))]
    turned = [[row[i] for i in places] for row in (HEAD, ["A2", *GOOD[1:]], ["A3", *GOOD[1:]])]
    rows = [HEAD, GOOD, *note, *turned, HEAD, ["A4", *GOOD[1:]]]
    result = read_reports(csv_of(rows), "x.csv")
    at = 3 + len(note)
    why = (
        f"第{at}行又有一行表头，列的次序与第1行不同，其下各行无法按原表头读取。"
        "请把两段分成两个文件（或按同一列次序排列）后重新导入。"
    )
    assert [r.accession_number for r in result.reports] == ["A1", "A4"]
    assert [(r.row, r.code, r.reason) for r in result.refusals] == [
        (at + 1, "other_head", why),
        (at + 2, "other_head", why),
    ]
    assert [i.row for i in result.ignored] == [*range(3, at + 1), at + 3]
