"""The columns of a file as the import page shows them for confirmation."""

from types import SimpleNamespace

import pytest

from reports import columns as scripts
from reports.imports.forms import MappingForm
from reports.imports.page.columns import columns_of, label_of, labels
from spreadsheets import FileRefused
from tests.paths import DATA

RIS = DATA / "ris"


def columns(name, kind="reports", remembered=None):
    return columns_of((RIS / name).read_bytes(), name, kind=kind, remembered=remembered)


def test_every_column_of_the_vendor_layout_is_suggested_with_samples():
    found = columns("vendor_gbk.csv")
    assert found.suggested["影像号"] == "accession_number"
    assert found.suggested["登记号"] == "patient_id"
    assert (found.encoding, found.header_row, found.ambiguous) == ("GB18030", 1, ())
    assert found.missing_from(found.suggested) == []
    assert found.rows[0].samples == ("S20250108CT001", "S20250721CT043", "S20250111CT002")
    assert [row.header for row in found.rows] == found.headers


def test_head_below_title_rows_is_found():
    found = columns("messy.xlsx")
    assert (found.header_row, found.encoding) == (4, "Excel工作簿")
    assert [h for h in found.headers if h not in found.suggested] == ["序号", "备注"]


def test_two_columns_of_one_name_that_differ_are_left_open():
    found = columns("broken/duplicate_header.csv")
    assert found.ambiguous == ("检查号", "检查号（第3列）")
    assert "检查号" not in found.suggested
    assert "还没有指定“检查号”是哪一列；没有这一列无法导入。" in found.missing_from(found.suggested)


def test_missing_columns_have_a_sentence_each():
    found = columns("outcomes.csv", kind="outcomes")
    assert found.missing_from({}) == [
        f"还没有指定“{name}”是哪一列；没有这一列无法导入。"
        for name in ("检查号或受检者ID", "结局来源", "结局日期", "结局内容")
    ]
    assert found.missing_from(found.suggested) == []


def test_remembered_mapping_comes_before_the_suggestion():
    remembered = dict(columns("vendor_gbk.csv").suggested) | {"临床印象": "surgical_history"}
    remembered.pop("既往手术")
    assert columns("vendor_gbk.csv", remembered=remembered).suggested == remembered


def test_rows_are_bound_to_the_form_that_confirms_them():
    found = columns("outcomes.xlsx", kind="outcomes")
    form = MappingForm(None, headers=found.headers, fields=found.choices, suggested=found.suggested)
    bound = found.with_form(form).rows
    assert [row.field.html_name for row in bound] == [f"c{i}" for i in range(len(found.headers))]
    assert bound[1].field.initial == "accession_number"


def test_combined_column_can_be_chosen():
    data = "检查号,姓名/性别/年龄,设备,报告时间,所见,诊断\nA1,张三/男/45岁,CT,2026-03-05,甲,乙\n".encode()
    found = columns_of(data, "x.csv", kind="reports")
    assert found.suggested["姓名/性别/年龄"] == "patient_name+sex+age"
    assert ("patient_name+sex+age", "姓名+性别+年龄") in found.choices
    assert SimpleNamespace(**dict.fromkeys(labels("reports"))).accession_number is None
    assert label_of("kind", "outcomes") == "结局来源"


def test_broken_file_is_refused_here_too():
    with pytest.raises(FileRefused):
        columns("broken/truncated.xlsx")


def test_samples_hide_who_the_patient_is_in_every_column():
    head = "检查号,姓名,受检者ID,身份证号,姓名/性别,出生日期,设备,报告时间,所见,诊断,备注"
    row = (
        "A1,欧阳试三,P0012345,110101195301020011,欧阳试三/男,1953-01-02,CT,2026-03-05,"
        "欧阳试三双肺清晰,乙,家属代P0012345取"
    )
    found = columns_of(f"{head}\n{row}\n".encode(), "x.csv", kind="reports")
    shown = "｜".join(sample for line in found.rows for sample in line.samples)
    assert not [
        secret for secret in ("欧阳试三", "P0012345", "110101195301020011", "1953-01-02") if secret in shown
    ]
    assert found.rows[0].samples == ("A1",)


def test_samples_of_the_shared_files_name_nobody():
    for name, kind in (
        ("vendor_gbk.csv", "reports"),
        ("messy.xlsx", "reports"),
        ("outcomes.csv", "outcomes"),
    ):
        shown = "｜".join(sample for line in columns(name, kind).rows for sample in line.samples)
        assert not [secret for secret in ("潘试雨", "S2025P0001", "孙试怡", "S2025P0053") if secret in shown]


def test_scripts_ask_for_the_columns_of_a_file_by_a_name_that_stays():
    content = (RIS / "vendor_gbk.csv").read_bytes()

    assert scripts.columns_of(content, "vendor_gbk.csv", "reports") == columns("vendor_gbk.csv")
