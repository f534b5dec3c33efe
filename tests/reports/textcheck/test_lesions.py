"""6.4.1.2: lesions described with next to nothing, and findings without any negative sign."""

import pytest

from reports.domain.textcheck.engine import bind, check
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.rules.lesions import RULES
from standards.loader import current_edition
from tests.reports.textcheck.said_kit import said

BARE, NEGATIVE = "6.4.1.2d/attributes-missing", "6.4.1.2e/no-negative-sign"


@pytest.mark.parametrize(
    ("examination", "findings", "impression", "excerpt"),
    [
        ("上腹部CT平扫", "肝内见占位，考虑肝癌。", "1、肝癌", "肝内见占位"),
        ("腰椎CT平扫", "T12椎体见病灶。余椎体形态正常，密度均匀。", "1、T12椎体压缩性骨折", "T12椎体见病灶"),
        ("胸部CT平扫", "右肺上叶见结节。余肺未见异常。", "1、右肺上叶结节，建议增强", "右肺上叶见结节"),
        ("上腹部CT增强", "肝右叶可见肿块，大小约5cm。", "1、肝右叶肿块，肝癌可能", "肝右叶可见肿块"),
        ("头颅MRI", "左侧额叶见异常信号。中线居中。", "1、左侧额叶胶质瘤", "左侧额叶见异常信号"),
        ("胸部CT", "左肺下叶见肿块。纵隔未见肿大淋巴结。", "左肺下叶肺癌", "左肺下叶见肿块"),
        ("盆腔MRI", "子宫见占位。双侧附件未见异常。", "子宫肌瘤", "子宫见占位"),
    ],
)
def test_lesion_of_the_conclusion_hardly_described_is_told(examination, findings, impression, excerpt):
    found = said(RULES, examination_name=examination, findings=findings, impression=impression)
    assert [place for place in found if place[0] == BARE] == [(BARE, excerpt)]


@pytest.mark.parametrize(
    ("examination", "findings", "impression"),
    [
        (
            "上腹部CT平扫",
            "肝右叶见一类圆形稍低密度肿块（较肝实质），大小约5.2cm×4.8cm，边界清楚，邻近血管受压。",
            "肝右叶占位",
        ),
        ("胸部CT", "右肺上叶见结节影，大小约1.2cm×1.0cm，边界清楚。未见分叶", "右肺上叶结节"),
        ("胸部CT", "右肺见小结节。未见实变", "右肺小结节"),
        ("胸部CT", "双肺见多发微小结节。甲状腺见结节。", "双肺多发结节；甲状腺结节"),
        ("胸部CT", "右肺上叶尖段见磨玻璃结节，直径约6mm，边界清。", "右肺上叶磨玻璃结节"),
        ("头颅MRI", "双侧额顶叶见多发斑点状异常信号影，T2WI、FLAIR呈高信号。", "双侧额顶叶缺血灶"),
        ("甲状腺CT", "甲状腺双叶见多发结节，较大者约1.5cm，呈低密度。", "结节性甲状腺肿"),
        ("上腹部MRI", "肝左叶见一结节。大小约2cm×1.8cm，边界清楚，T1WI呈低信号。", "肝左叶血管瘤"),
        ("胸部CT", "右肺上叶肿块较前增大，现约3cm。", "右肺上叶肺癌"),
        ("胸部DR", "双肺未见实质性病变。心膈未见异常", "双肺未见异常"),
        ("胸部CT", "右肺上叶见结节。", "右肾囊肿"),
        ("前列腺MRI", "右侧外周带见低信号结节。移行带增大。", "右侧外周带结节，PI-RADS 4分"),
        ("甲状腺CT", "甲状腺右叶增大，见混杂密度结节。", "甲状腺右叶结节"),
    ],
)
def test_lesion_described_or_incidental_is_silent(examination, findings, impression):
    found = said(RULES, examination_name=examination, findings=findings, impression=impression)
    assert [place for place in found if place[0] == BARE] == []


REST = "形态、边界、密度/信号、周围组织"


@pytest.mark.parametrize(
    ("examination", "findings", "missing"),
    [
        ("上腹部CT平扫", "肝右叶可见肿块。", f"大小、数目、{REST}"),
        ("上腹部CT平扫", "肝右叶可见肿块，大小约5cm。", REST),  # one that is measured is one
        ("上腹部CT增强", "肝右叶可见肿块，大小约5cm。", f"{REST}、强化"),
        ("上腹部CT增强", "肝右叶可见肿块，轻度强化。", f"大小、数目、{REST}"),
    ],
)
def test_lesion_hardly_described_is_told_what_is_missing(examination, findings, missing):
    report = CheckedReport(
        examination_name=examination, findings=findings, impression="1、肝右叶肿块，肝癌可能"
    )
    told = [found.message for found in check(report, bind(RULES, current_edition())) if found.code == BARE]
    assert told == [f"“肝右叶可见肿块”只写到病灶，缺少{missing}的描述，而结论以其为诊断依据。"]


def test_tumour_without_any_negative_sign_is_noted():
    assert said(RULES, findings="右肺上叶肿块，约3cm。", impression="右肺上叶肺癌") == [(NEGATIVE, "")]
    assert said(RULES, findings="右肺上叶肿块，未见毛刺。", impression="右肺上叶肺癌") == []
    assert said(RULES, findings="右肺上叶缺如。", impression="右肺癌术后") == []
