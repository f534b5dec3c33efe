"""6.4.1.2: lesions described with next to nothing, and findings without any negative sign."""

import pytest

from reports.domain.textcheck.engine import bind, check
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.rules.lesions import RULES
from standards.loader import current_edition
from tests.reports.textcheck.said_kit import messages, said

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
        ("胸部CT", "右肺上叶见多发肿块。余肺未见异常。", "右肺上叶肺癌", "右肺上叶见多发肿块"),
        ("胸部CT", "右肺上叶见肿块。\n大小约3cm，边界清楚。", "右肺癌", "右肺上叶见肿块"),
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
        ("胸部CT", "右肺上叶见多发结节。余肺未见异常。", "右肺上叶结节"),
        ("胸部CT", "右肺上叶见肿块。", "左肺上叶占位"),
        ("胸部CT", "右肺上叶见肿块。", "未见右肺肺癌"),
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


LIVER = "肝右叶见占位。"
DESCRIBED = "大小5cm，边界清楚。"
CONCLUDED = "1、肝右叶占位，肝癌可能"


def bare(findings, impression=CONCLUDED):
    found = said(RULES, examination_name="上腹部CT平扫", findings=findings, impression=impression)
    return [excerpt for code, excerpt in found if code == BARE]


@pytest.mark.parametrize(("between", "is_described"), [(7, True), (8, False)])
def test_description_of_a_lesion_goes_on_for_eight_sentences(between, is_described):
    assert bare(LIVER + "结果如上所述。" * between + DESCRIBED) == ([] if is_described else ["肝右叶见占位"])


@pytest.mark.parametrize(("length", "is_described"), [(1000, True), (1001, False)])
def test_description_of_a_lesion_is_read_for_a_thousand_characters(length, is_described):
    # The second attribute (边界) ends at this length.
    filler = "甲" * (length - len(LIVER + "大小5cm，边界"))
    assert bare(LIVER + filler + DESCRIBED) == ([] if is_described else ["肝右叶见占位"])


@pytest.mark.parametrize(("before", "is_described"), [(11, False), (12, True)])
def test_sentence_with_another_organ_in_its_first_twelve_characters_ends_the_description(
    before, is_described
):
    text = LIVER + "甲" * before + "胰腺" + DESCRIBED
    assert bare(text) == ([] if is_described else ["肝右叶见占位"])


@pytest.mark.parametrize(("before", "excerpts"), [(29, ["肝左叶见占位"]), (30, [])])
def test_thirty_lesions_of_a_text_are_looked_at(before, excerpts):
    text = "肝右叶见占位，大小约5cm，边界清楚。\n" * before + "肝左叶见占位。"
    assert bare(text, "肝癌") == excerpts


@pytest.mark.parametrize(("before", "excerpts"), [(19, ["肝右叶见占位"]), (20, [])])
def test_twenty_items_of_the_conclusion_are_looked_at(before, excerpts):
    items = [f"{number}、双肾正常。" for number in range(1, before + 1)]
    assert bare(LIVER, "\n".join([*items, f"{before + 1}、肝右叶肝癌"])) == excerpts


def test_tumour_without_any_negative_sign_is_noted_once_for_the_first_untreated_one():
    findings = "右肺上叶肿块，约3cm。"
    one, treated = "左肺癌", "1、右肺癌术后。"
    assert messages(RULES, findings=findings, impression=f"{treated}2、{one}。3、肝癌") == [
        "结论为“左肺癌”，影像描述只列阳性征象，没有写有鉴别诊断价值的阴性征象。"
    ]
    assert messages(RULES, findings=findings, impression=treated) == []


def test_tumour_noted_is_quoted_up_to_forty_characters():
    found = messages(RULES, findings="右肺上叶肿块。", impression="1、右肺" + "甲" * 40 + "肺癌")
    assert found[0].startswith("结论为“右肺" + "甲" * 38 + "”，")
