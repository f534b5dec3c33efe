"""6.4.3.4: the degree of enhancement in one of four words, its pattern, and nothing vague."""

import pytest

from reports.domain.textcheck.engine import bind, check
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.rules.enhancement import RULES
from standards.loader import current_edition
from tests.reports.textcheck.said_kit import said

VAGUE, SUSPECT = "6.4.3.4/vague-enhancement", "6.4.3.4/vague-suspect"
NO_GRADE, OFFLIST, DYNAMIC = "6.4.3.4/no-grade", "6.4.3.4/offlist-grade", "6.4.3.4/no-dynamic-pattern"

VAGUE_TEXTS = {
    "增强扫描未见明显强化。": "未见明显强化",
    "病灶无明显强化，边界清楚。": "无明显强化",
    "增强扫描强化不明显；": "强化不明显",
    "增强后未见显著强化；": "未见显著强化",
    "未见明确强化，边界清。": "未见明确强化",
    "未见确切强化征象。": "未见确切强化",
    "强化程度不明显。": "强化程度不明显",
    "强化欠明显。": "强化欠明显",
    "可疑强化。": "可疑强化",
    "增强后未见有明显强化。": "未见有明显强化",
    "似有强化。": "似有强化",
    "疑似轻度强化。": "疑似轻度强化",
    "囊壁未见明显强化及分隔。": "未见明显强化",
    "中心坏死区未见明显强化；邻近胸膜受牵拉。": "未见明显强化",
}
SUSPECT_TEXTS = {
    "未见明显强化结节。": "未见明显强化结节",
    "胆、胰、脾增强扫描未见明显异常强化。": "未见明显异常强化",
    "未见明显异常强化灶。": "未见明显异常强化灶",
    "未见明确结节状强化。": "未见明确结节状强化",
    "未见明显强化影。": "未见明显强化影",
}
OFF_LIST = {
    "结节呈显著强化。": "显著强化",
    "结节呈轻微强化。": "轻微强化",
    "增强扫描中等强化。": "中等强化",
    "肿块显著均匀强化。": "显著均匀强化",
    "呈中等度不均匀强化。": "中等度不均匀强化",
    "稍强化。": "稍强化",
    "略强化。": "略强化",
    "略有强化。": "略有强化",
    "呈重度强化。": "重度强化",
    "高度强化。": "高度强化",
    "较明显强化。": "较明显强化",
    "轻微渐进性强化。": "轻微渐进性强化",
    "明显强化，内见轻微线样强化。": "轻微线样强化",
    "强化显著。": "强化显著",
    "呈弱强化。": "弱强化",
    "病灶微弱环形强化。": "微弱环形强化",
}
PLAIN = """
囊肿无强化。|病灶未见强化。|余肝实质明显强化。|病变明显均匀强化，可见脑膜尾征。|呈轻度环形强化。
中度不均匀强化。|呈轻中度强化。|轻-中度强化。|呈中度至明显强化。|不强化。
轻度渐进性强化。|明显欠均匀强化。|呈环形明显强化。|肝实质强化明显。|强化程度较前减低。|强化均匀。
未见异常强化灶。|未见可疑强化灶。|未见可疑强化。|未见异常强化结节。|未见其他异常强化影。
双乳背景实质轻微强化。|略不均匀强化。|稍欠均匀强化。|强化程度明显低于肌层。|未见结节状强化。
假腔明显强化较真腔延迟。|减轻强化伪影。|动脉期强化减弱。|病灶轻到中度强化。|病灶内见裂隙状无强化区。|延迟强化扫描心内膜下见带状强化
"""
GRADED = """
囊性灶，无强化；肝实质明显强化。|斑点灶未见强化。|呈轻中度强化。|增强扫描中等强化。|肝实质强化明显。
病灶轻到中度强化。|肝实质强化均匀、明显。|明显增强。|增强扫描因故未做。|患者拒绝增强扫描。
"""
UNGRADED = (
    "肝脏形态、大小正常，密度均匀。|结节呈轻微强化。|增强扫描未见明显强化。|肝、脾强化均匀。|未见异常强化灶。"
)


def cases(text):
    return [case for line in text.split("\n") for case in line.split("|") if case]


@pytest.mark.parametrize(("text", "excerpt"), VAGUE_TEXTS.items())
def test_vague_enhancement_is_told_in_findings_and_conclusion(text, excerpt):
    assert said(RULES, findings=text) == [(VAGUE, excerpt)]
    assert said(RULES, impression=text) == [(VAGUE, excerpt)]


@pytest.mark.parametrize(("text", "excerpt"), SUSPECT_TEXTS.items())
def test_denied_lesion_near_the_forbidden_words_is_only_noted(text, excerpt):
    assert said(RULES, findings=text) == [(SUSPECT, excerpt)]
    assert said(RULES, impression=text) == []


@pytest.mark.parametrize(("text", "excerpt"), OFF_LIST.items())
def test_degree_outside_the_four_words_is_told(text, excerpt):
    assert said(RULES, findings=text) == [(OFFLIST, excerpt)]


@pytest.mark.parametrize("text", cases(PLAIN))
def test_listed_degree_manner_and_idiom_are_silent(text):
    assert said(RULES, findings=text, impression=text) == []


@pytest.mark.parametrize("text", cases(UNGRADED))
def test_enhanced_examination_without_a_degree_is_told(text):
    found = said(RULES, examination_name="上腹部CT增强", findings=text)
    assert (NO_GRADE, "") in found
    assert (NO_GRADE, "") in said(RULES, technique="横断位：T1WI，T1WI+C", findings=text)


@pytest.mark.parametrize("text", cases(GRADED))
def test_enhanced_examination_with_a_degree_is_silent(text):
    assert NO_GRADE not in [code for code, _ in said(RULES, examination_name="上腹部CT增强", findings=text)]


@pytest.mark.parametrize("name", ["上腹部CT平扫", "头颅MRI平扫（ASL灌注）", "腰椎MRI", "胸部CT未增强"])
def test_unenhanced_examination_needs_no_degree(name):
    assert said(RULES, examination_name=name, findings="肝脏形态正常，密度均匀。") == []


@pytest.mark.parametrize(
    ("name", "findings", "expected"),
    [
        ("肺动脉CTA", "双侧肺动脉对比剂充盈良好，管腔通畅。", []),
        ("肺动脉CTA", "对比剂充盈良好，上腹部肝、脾强化均匀。", [(NO_GRADE, "")]),
        ("肺动脉CTA", "管腔明显均匀强化，肝、脾强化均匀。", []),
        ("冠状动脉CTA", "左主干未见狭窄，前降支近段见钙化斑块。", []),
    ],
)
def test_vessel_examination_owes_a_degree_only_when_it_speaks_of_enhancement(name, findings, expected):
    assert said(RULES, examination_name=name, findings=findings) == expected


def test_normal_enhanced_study_is_suspected_not_stated():
    bound = bind(RULES, current_edition())
    normal = CheckedReport(examination_name="上腹部CT增强", findings="肝、脾强化均匀，未见异常强化灶。")
    silent = CheckedReport(examination_name="上腹部CT增强", findings="肝脏形态正常，密度均匀。")
    assert [f.severity for f in check(normal, bound)] == ["suspect"]
    assert [f.severity for f in check(silent, bound)] == ["violation"]


@pytest.mark.parametrize(
    ("name", "findings", "expected"),
    [
        ("上腹部CT多期增强", "肝S6结节中度强化。", [(DYNAMIC, "中度强化")]),
        (
            "垂体MRI平扫+动态增强",
            "动态增强扫描结节呈轻度强化，强化程度低于周围垂体。",
            [(DYNAMIC, "轻度强化")],
        ),
        ("上腹部CT三期增强", "胃壁增厚，增强扫描明显强化。", [(DYNAMIC, "明显强化")]),
        ("上腹部CT多期增强", "结节动脉期明显强化，门脉期及延迟期强化程度减低。", []),
        ("垂体MRI动态增强", "结节早期呈轻度强化，延迟期逐渐向中心充填。", []),
        ("前列腺MRI动态增强", "病灶早期明显强化，呈平台型曲线。", []),
        ("前列腺MRI动态增强", "左侧外周带结节早期快速强化，呈明显强化。", []),
        ("上腹部MRI动态增强", "肝实质明显均匀强化，未见异常强化结节。", []),
        ("上腹部MRI动态增强", "肝右叶囊性病灶，各期无强化。", []),
        ("全腹部CT平扫+增强", "乙状结肠壁增厚，增强扫描呈中度不均匀强化。", []),
        ("胸腹主动脉CTA（双期）", "假腔内结节明显强化。", []),
    ],
)
def test_dynamic_examination_with_a_graded_lesion_owes_its_pattern(name, findings, expected):
    assert said(RULES, examination_name=name, findings=findings) == expected


def test_nothing_known_of_the_examination_silences_its_rules():
    assert said(RULES, findings="肝脏形态正常，结节中度强化。") == []
    assert said(RULES, examination_name="上腹部CT增强", impression="肝囊肿。") == []
