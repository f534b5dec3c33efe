"""6.1.1: placeholders that a template left in a text, and how far they are quoted."""

import pytest

from reports.domain.textcheck.rules.header import RULES
from tests.reports.textcheck.said_kit import messages, said

REST = "6.1.1/placeholder"


@pytest.mark.parametrize(
    ("text", "rests"),
    [
        ("右肺XX叶见结节", ["XX"]),
        ("右肺xx叶见结节", ["xx"]),
        ("右肺ＸＸ叶见结节", ["ＸＸ"]),
        ("右肺××叶见结节", ["××"]),
        ("大小约XXcm×XXmm", ["XX", "XX"]),
        ("结节大小约__×__cm", ["__×__"]),
        ("结节直径____mm", ["____"]),
        ("病灶大小约cm，边界清", ["约cm"]),
        ("CT值约HU", ["约HU"]),
        ("大小约×cm，边界清", ["约×cm"]),
        ("大小约 × × mm，边界清", ["约 × × mm"]),
        ("结节直径约，边界清", ["约，"]),
        ("右侧第 前肋骨折", ["第 前肋"]),
        ("1、{{诊断}}", ["{{诊断}}"]),
        ("{部位}见结节", ["{部位}"]),
        ("左肺（）叶结节", ["（）"]),
        ("左肺（ ）叶结节", ["（ ）"]),
        ("左肾[ ]囊肿", ["[ ]"]),
        ("扫描范围：请选择", ["请选择"]),
        ("印象：待补充。余未见异常", ["待补充"]),
    ],
)
@pytest.mark.parametrize("field", ["technique", "findings", "impression"])
def test_rest_of_a_template_is_found_in_each_text(field, text, rests):
    assert said(RULES, **{field: text}) == [(REST, rest) for rest in rests]


@pytest.mark.parametrize(
    "text",
    [
        "染色体核型46,XX，未见异常",
        "47，XXX综合征",
        "性染色体XX，双侧卵巢未见异常",
        "大小约2.1cmx1.2cm，CT值约30HU",
        "大小约2.1cm×1.2cm×0.8cm",
        "X线未见异常，XXL号支架",
        "病灶——考虑良性——建议复查",
        "（√）平扫（ ）增强",
        "____________________\n双肺纹理清晰",
        "双肺纹理清晰\n ____________________\n心影正常",
        "双肺纹理清晰\n\t  ____________________\n心影正常",
        "建议待补充扫描后再行评价",
        "请选择性行增强检查",
        "T1WI（平扫）、T2WI（压脂）",
        "结节约1cm，约占管腔1/3",
        "骨折线隐约，第3前肋骨折",
        "与XX医院2024-03-05片比较，与××医院片相仿",
        "PICC置管术后，T2WI呈高信号，L4/5椎间盘膨出",
        "结节（直径约0.5cm）[Img 23]",
    ],
)
def test_text_that_only_looks_like_a_rest_is_left_alone(text):
    assert said(RULES, findings=text) == []


def test_rest_of_a_template_is_quoted_up_to_24_characters():
    assert messages(RULES, findings="结节直径" + "_" * 30 + "mm") == [
        "“" + "_" * 24 + "”是模板留下的占位内容，没有填写。"
    ]


@pytest.mark.parametrize(("distance", "rests"), [(8, []), (9, ["XX"])])
def test_karyotype_within_eight_characters_explains_two_x(distance, rests):
    before = "核型" + "甲" * (distance - 2) + "XX，未见异常"
    assert said(RULES, findings=before) == [(REST, rest) for rest in rests]
    after = "性腺XX" + "甲" * (distance - 2) + "核型，未见异常"
    assert said(RULES, findings=after) == [(REST, rest) for rest in rests]
