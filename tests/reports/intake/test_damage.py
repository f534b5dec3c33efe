"""Text damaged before it came is refused, in all five kinds of file; doubt and signs are text."""

import time

import pytest

from reports.intake.alerts import read_alerts
from reports.intake.outcomes import read_outcomes
from reports.intake.reports import read_reports
from reports.intake.requests import read_requests
from spreadsheets import Damage, damage
from staff.intake.register import read_register

TEXT = "双肺纹理清晰，未见实变。"
LOST, MISREAD = "无法显示的字符，原文字已丢失", "乱码（文字被按另一种编码读取）"
ASKED = "连续的问号，多半是编码转换时丢失的文字"

DAMAGED = {
    "双肺纹理清晰，未见实\ufffd\ufffd。": LOST,
    "\ufffd": LOST,
    "双肺\ufffc清晰": LOST,
    "双肺\ud83d清晰": LOST,
    "双肺\ue001清晰": "专用区字符（自造字或符号字体），原文字已丢失",
    "双肺\x96清晰": "乱码（编码转换错误）",
    "锟斤拷锟斤拷，未见锟斤拷。": MISREAD,
    "双肺烫烫烫烫": "乱码，原文字已丢失",
    "屯屯屯屯": "乱码，原文字已丢失",
    "双肺????，未见实变": ASKED,
    "？？纹理清晰": ASKED,
    "双肺纹理，??变": ASKED,
    "???": ASKED,
    "双肺??清晰": f"文字中间{ASKED}",
    "双肺??清晰??": f"文字中间{ASKED}",
    "双肺??2枚结节": f"文字中间{ASKED}",
    "大小??1.2cm": f"文字中间{ASKED}",
    "双肺¿¿清晰": LOST,
    "未见？？？变": f"文字中间{ASKED}",
    TEXT.encode().decode("latin-1"): "乱码（编码转换错误）",
    "è‚ºçº¹ç†": MISREAD,
    "大小3Ã—4mm": MISREAD,
    "37Â°C": MISREAD,
    TEXT.encode("gbk").decode("latin-1"): MISREAD,
    "肺炎".encode().decode("gbk"): MISREAD,
    "CT示" + "肺炎".encode().decode("gbk") + "，建议复查": MISREAD,
    "1、肺炎。<br>2、结节。": "网页标记",
    "1、肺炎。<BR />2、结节。": "网页标记",
    "<p style='color:red'>肺炎</p>": "网页标记",
    "<td nowrap>肺炎": "网页标记",
    "结节&nbsp;5mm": "网页标记",
    "结节&lt;5mm": "网页标记",
    "&#x4E2D;&#22269;": "网页标记",
    "{\\rtf1\\ansi 肺炎}": "RTF格式代码",
    "肺炎\\par 结节": "RTF格式代码",
    "\\'b7\\'ce": "RTF格式代码",
    "肺炎\\.br\\结节": "HL7转义符",
    "肺炎\\X0D\\结节": "HL7转义符",
    "肺炎\\T\\结节": "HL7转义符",
    "\\u53cc\\u80ba": "程序转义符",
    "1、肺炎。\\n2、结节。": "程序转义符",
}
TEXTS = [
    *(
        "肺炎?",
        "肺癌？待排",
        "肺癌？？待排",
        "肺癌??",
        "肺癌??。",
        "结核？肿瘤？",
        "结核???",
        "(肺癌??)",
        "结节（？？）",
        "结节(??)，建议复查",
        "1、结核？？2、肿瘤？？",
        "结核??2.肿瘤",
        "骨折？？骨裂？？",
        "转移？？炎症？？请结合临床",
        "结节？？性质待定",
        "?",
    ),
    *(
        "TB？？\n建议复查",
        "血压<120",
        "T<38",
        "a<b",
        "a < b > c",
        "T1<T2>T3",
        "p<0.05",
        "A&B",
        "R&D; x",
        "x&y;z",
    ),
    *("C:\\new", "A\\B", "\\", "M/F", "Müller管", "Sjögren综合征", "Ménière病", "37°C ±0.5 3×4", "Ø8mm"),
    *("“磨玻璃”……——", "±±±±", "××××", "µg ½ ㎡", "10⁹/L", "烫伤", "囟门", "膈肌", "𠮷龴", "①②Ⅲ期", "5'-FU"),
    *('5"', "1~2cm", "α、β", '=HYPERLINK("http://127.0.0.1/x","点")', "<script>alert(1)</script>"),
    *("'; DROP TABLE report;--", "-未见异常-"),
]


@pytest.mark.parametrize("text", DAMAGED)
def test_damaged_text_is_told_with_its_kind(text):
    found = damage(text)
    assert found is not None
    assert found.what == DAMAGED[text]


@pytest.mark.parametrize("text", TEXTS)
def test_doubt_signs_and_foreign_letters_are_text(text):
    assert damage(text) is None


def test_damage_names_where_it_stands():
    assert damage("双肺纹理清晰，未见实\ufffd\ufffd。纵隔居中。") == Damage(
        10, 12, "清晰，未见实\ufffd\ufffd。纵隔居", LOST
    )


@pytest.mark.parametrize("piece", ["<b ", "<br x ", "&a", "\\u1", "?a", "Î ", "\\X0", "é"])
def test_looking_for_damage_costs_linear_time(piece):

    began = time.monotonic()
    damage(piece * 1_000_000)
    assert time.monotonic() - began < 1  # a bound against work by the square


HEADS = {
    "reports": (read_reports, "检查号,设备,影像描述,诊断结论,报告时间", "{},CT,{},结论,2026-03-05 10:00"),
    "outcomes": (read_outcomes, "检查号,结局来源,结局日期,结局内容", "{},手术病理,2026-03-05,{}"),
    "requests": (read_requests, "检查号,申请单号,检查目的", "{0},R{0},{1}"),
    "alerts": (read_alerts, "检查号,危急值内容,发现时间", "{},{},2026-03-05 10:00"),
}


@pytest.mark.parametrize("kind", HEADS)
def test_row_with_damaged_text_is_refused_by_its_column_and_the_others_are_read(kind):
    read, head, row = HEADS[kind]
    rows = [row.format("A1", "肺炎??待排"), row.format("A2", "未见实\ufffd。"), row.format("A3", "肺炎？")]
    found = read("\n".join([head, *rows]).encode(), "x.csv")
    assert [r.accession_number for r in getattr(found, kind)] == ["A1", "A3"]
    column = next(
        label for label in head.split(",") if label in ("影像描述", "结局内容", "检查目的", "危急值内容")
    )
    assert [(r.row, r.column, r.expected, r.code, r.reason) for r in found.refusals] == [
        (
            3,
            column,
            "未损坏的文字",
            "damaged_text",
            f"“{column}”中有无法显示的字符，原文字已丢失（“未见实\ufffd。”）。"
            "请让RIS以UTF-8编码导出不带格式的文字，核对后重新导入。",
        )
    ]


@pytest.mark.parametrize("number", ["A\ufffd1", "A&nbsp;1", "锟斤拷1"])
def test_damaged_number_is_refused(number):
    found = read_reports(
        f"{HEADS['reports'][1]}\n{HEADS['reports'][2].format(number, '肺炎')}".encode(), "x.csv"
    )
    assert ([r.accession_number for r in found.reports], [r.code for r in found.refusals]) == (
        [],
        ["damaged_text"],
    )


def test_damage_in_a_column_of_several_fields_is_refused():
    found = read_reports(
        (
            "检查号,姓名/性别/年龄,设备,影像描述,诊断结论,报告时间\n"
            "A1,张锟斤拷/男/45岁,CT,甲,乙,2026-03-05 10:00\n"
        ).encode(),
        "x.csv",
    )
    assert ([r.accession_number for r in found.reports], [r.code for r in found.refusals]) == (
        [],
        ["damaged_text"],
    )


def test_register_refuses_a_row_with_damaged_text():
    found = read_register(
        "工号,姓名,职称,执业证书编号\n1,甲\ufffd,主治,11\n2,乙二,主治,22\n".encode(), "x.csv", {}
    )
    assert [row.full_name for row in found.rows] == ["乙二"]
    assert [(r.row, r.column, r.reason) for r in found.refusals] == [
        (
            2,
            "姓名",
            "第2行：“姓名”为“甲\ufffd”：其中有无法显示的字符，原文字已丢失（“甲\ufffd”），应为未损坏的文字。",
        )
    ]
