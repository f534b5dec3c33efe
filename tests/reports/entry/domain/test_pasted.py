"""A pasted report split by the labels in it."""

import pytest

from reports.entry.domain.pasted import split_report

WHOLE = """示例医院CT检查报告单
姓名：张三丰  性别：男  年龄：56岁
检查号：CT20261012001    科室：呼吸科
检查项目：胸部CT平扫
检查方法：螺旋扫描，层厚：5mm。
影像所见：
右肺上叶见结节，大小：约1.2cm。
余肺清晰。
诊断意见：
1、右肺上叶结节。
2、建议：3个月后复查。
报告医师：书写甲  审核医师：审核乙
报告时间：2026-10-12 10:00
"""


def test_labels_of_a_whole_report_give_its_parts():
    assert split_report(WHOLE) == {
        "patient_name": "张三丰",
        "sex": "男",
        "age": "56岁",
        "accession_number": "CT20261012001",
        "requesting_department": "呼吸科",
        "examination_name": "胸部CT平扫",
        "technique": "螺旋扫描，层厚：5mm。",
        "findings": "右肺上叶见结节，大小：约1.2cm。\n余肺清晰。",
        "impression": "1、右肺上叶结节。\n2、建议：3个月后复查。",
        "reporting_physician": "书写甲",
        "reviewing_physician": "审核乙",
        "reported_at": "2026-10-12 10:00",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("右肺上叶见结节，大小：约1.2cm。", {}),
        (
            "【影像描述】两肺清晰。\n【诊断结论】未见异常。",
            {"findings": "两肺清晰。", "impression": "未见异常。"},
        ),
        ("影像描述：两肺清晰。\r\n诊断结论：\r\n", {"findings": "两肺清晰。"}),
        # A sentence may name a part: only a line's first words are its label.
        ("影像描述：结合 临床诊断：考虑炎症。", {"findings": "结合 临床诊断：考虑炎症。"}),
        ("影像描述：甲。\n检查号：A1\n影像描述：乙。", {"findings": "甲。\n乙。", "accession_number": "A1"}),
    ],
)
def test_text_with_few_or_odd_labels_gives_what_they_surely_say(text, expected):
    assert split_report(text) == expected
