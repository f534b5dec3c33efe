"""6.4.3.6 and 6.4.3.7: measurements with one unit and one number of decimals; nothing said twice."""

import pytest

from reports.domain.textcheck.rules.measures import RULES
from tests.reports.textcheck.said_kit import said

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
    ("大小约24×18。", [(NO_UNIT, "24×18")]),
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
