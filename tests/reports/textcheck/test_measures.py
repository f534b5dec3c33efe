"""6.4.3.6 and 6.4.3.7: measurements with one unit and one number of decimals; nothing said twice."""

import pytest

from reports.domain.textcheck.rules.measures import RULES
from tests.reports.textcheck.said_kit import messages, said

IN_SIZE, UNITS_IN_SIZE = "6.4.3.6/mixed-decimals-in-size", "6.4.3.6/mixed-units-in-size"
UNITS, DECIMALS = "6.4.3.6/mixed-units-in-report", "6.4.3.6/mixed-decimals-in-report"
NO_UNIT, SIGN, REPEATED = "6.4.3.6/no-unit", "6.4.3.6/multiplication-sign", "6.4.3.7/repetition"

FAULTS = [
    ("大小约2.4cm×1.82cm。", [(DECIMALS, "2.4cm×1.82cm"), (IN_SIZE, "2.4cm×1.82cm")]),
    ("大小约2×1.8cm。", [(DECIMALS, "2×1.8cm"), (IN_SIZE, "2×1.8cm")]),
    ("大小约2.6cm×23mm，边界清楚。", [(UNITS, "2.6cm×23mm"), (UNITS_IN_SIZE, "2.6cm×23mm")]),
    ("结节直径约5mm，肿块大小约2.4cm×1.8cm。", [(UNITS, "2.4cm×1.8cm")]),
    ("结节5mm、6mm，肿块约2.4厘米。", [(UNITS, "2.4厘米")]),
    ("直径约2cm，另一约1.8cm。", [(DECIMALS, "1.8cm")]),
    ("最宽处约1.65cm，深约1.3cm，厚约0.4cm。", [(DECIMALS, "1.65cm")]),
    ("长约3～5.5mm。", [(DECIMALS, "3～5.5mm")]),  # a range is no product
    ("大小约2.4×1.82。", [(IN_SIZE, "2.4×1.82"), (NO_UNIT, "2.4×1.82")]),
    ("大小约24×18。", [(NO_UNIT, "24×18")]),
    ("大小约24×\n18。", [(NO_UNIT, "24×\n18")]),
    ("大小约127×127。", [(NO_UNIT, "127×127")]),
    ("大小约128×127。", [(NO_UNIT, "128×127")]),
    ("大小约130.5×140.5。", [(NO_UNIT, "130.5×140.5")]),
    ("大小约3.2×2.4×2.8，边界清楚。", [(NO_UNIT, "3.2×2.4×2.8")]),
    ("大小约24x18mm。", [(SIGN, "24x18mm")]),
    ("大小约2.1cmx1.2cmx1.5cm，边界清楚。", [(SIGN, "2.1cmx1.2cmx1.5cm")]),
    ("大小约2.1cm*1.2cm。", [(SIGN, "2.1cm*1.2cm")]),
]
CLEAN = """
病变大小约 2.4cm×1.8cm×2.3cm。|大小约2.4×1.8cm。|大小约24×18mm。|范围约0.5~1.0cm，另见0.8cm结节。
直径3-5mm、4mm。|L4/5、C5/6椎间盘突出。|2024-03-05检查，10:24。
层厚5mm，病灶直径约1.2cm。|层间距1.25mm，结节约0.8cm。|b=1000s/mm2，直径约1.2cm。
面积约2.5cm2，短径约1.0cm。|体积约3.2cm³，长径1.5cm。|矩阵512×512，视野24cm，直径2.0cm。
WBC 12.5×10^9/L，直径1.2cm。|ADC约0.8×10-3mm2/s。|大小约3.2×2.4×2.8（单位：cm）。|T2×1。
CT值约35HU，厚约0.5cm。|第4～6肋骨折，长约2.1cm。|峰值流速120cm/s，直径8mm。
大小约5.6cm×4.5cm×5.0cm（左右径×前后径×上下径）。|颈动脉狭窄约75%，长约1.6cm。|压力12cmH2O，直径0.9cm。|血肿约3.5cm×2.4cm×4层。|大小约15×12～20×18mm。|3mm层厚重建，直径0.9cm。
重建128×128，直径0.9cm。|层厚,5mm，病灶直径约1.2cm。|采用薄层:1mm，直径0.9cm。
"""


def cases(text):
    return [case for line in text.split("\n") for case in line.split("|") if case]


@pytest.mark.parametrize(("text", "expected"), FAULTS)
def test_uneven_measurement_is_noted_in_findings_and_conclusion(text, expected):
    assert said(RULES, findings=text) == expected
    assert said(RULES, impression=text) == expected


@pytest.mark.parametrize("text", cases(CLEAN))
def test_even_measurements_settings_areas_and_levels_are_silent(text):
    assert said(RULES, findings=text) == []


def test_units_are_compared_across_findings_and_conclusion():
    found = said(RULES, findings="结节约1.2cm，另一约0.8cm。", impression="右肺结节，约8mm。")
    assert found == [(UNITS, "8mm")]


def test_sentence_written_twice_is_noted():
    twice = "右肺上叶见一结节影，边界清楚。左肺正常。右肺上叶见一结节影，边界清楚。"
    assert said(RULES, findings=twice) == [(REPEATED, "右肺上叶见一结节影，边界清楚")]
    assert said(RULES, findings="左膝：未见骨折。右膝：未见骨折。未见骨折。未见骨折。") == []


@pytest.mark.parametrize(
    ("sentence", "is_noted"), [("右肺上叶见一结节灶影", True), ("右肺上叶见一结节影", False)]
)
def test_sentence_repeated_is_noted_from_ten_characters_on(sentence, is_noted):
    found = said(RULES, findings=f"{sentence}。左肺正常。{sentence}。")
    assert found == ([(REPEATED, sentence)] if is_noted else [])


def test_sentence_written_three_times_is_noted_once_with_its_first_twenty_characters():
    sentence = "右肺上叶尖段见一类圆形磨玻璃密度结节影，边界清楚"
    assert messages(RULES, findings=f"{sentence}。" * 3) == [
        "“右肺上叶尖段见一类圆形磨玻璃密度结节影，”这句话前面已写过，描述宜简洁。"
    ]


@pytest.mark.parametrize(("before", "is_noted"), [(199, True), (200, False)])
def test_measurement_after_the_200th_of_a_text_is_not_read(before, is_noted):
    found = said(RULES, findings="直径1cm，" * before + "长5mm。")
    assert found == ([(UNITS, "5mm")] if is_noted else [])


@pytest.mark.parametrize(
    ("findings", "message"),
    [
        ("长5mm，长2cm，厚1cm，宽3cm。", "报告中长度单位不统一，有cm、mm（如“5mm”），宜统一。"),
        ("长2cm，厚5mm。", "报告中长度单位不统一，有cm、mm（如“5mm”），宜统一。"),
        ("长2cm，厚1.5cm，宽3.5cm。", "以cm为单位的测量值小数位数不一致（如“2cm”与其他各处），宜统一。"),
        ("长2cm，厚1.5cm。", "以cm为单位的测量值小数位数不一致（如“1.5cm”与其他各处），宜统一。"),
        ("大小约24x18mm。", "“24x18mm”用“x”代替了乘号“×”。"),
    ],
)
def test_uneven_measurements_are_noted_at_the_first_of_the_rarer_kind(findings, message):
    assert messages(RULES, findings=findings) == [message]
