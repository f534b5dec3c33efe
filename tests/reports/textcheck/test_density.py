"""6.4.3.2 and 6.4.3.3: density and signal in seven steps, against a named tissue."""

import pytest

from reports.domain.textcheck.engine import bind, check
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.rules.density import RULES
from standards.loader import current_edition
from tests.reports.textcheck.said_kit import said

REFERENCE, OFFLIST = "6.4.3.2/no-reference-tissue", "6.4.3.3/offlist-degree"
UNGRADED, SHORTHAND = "6.4.3.3/ungraded", "6.4.3.3/t1t2-shorthand"

NO_REFERENCE = {
    "T1WI呈等或稍低信号，T2WI呈稍高信号。": "等或稍低信号",
    "肝右叶见类圆形稍低密度影，边界清楚。": "稍低密度",
    "左肾见等密度结节，突出于肾轮廓外。": "等密度",
    "右侧额叶见等、稍高混杂信号，边界不清。": "等、稍高混杂信号",
    "髓内见条状稍高信号影，边界欠清。": "稍高信号",
    "同侧脑白质内见稍低密度影。": "稍低密度",
    "病灶呈中度高信号，边界欠清。": "中度高信号",
    "左侧颈内动脉起始部见非钙化斑块，表面欠光整，内见稍低密度影。": "稍低密度",
    "与肝实质相比，肝右叶病灶呈稍低密度。右肾见稍高密度结节。": "稍高密度",
    "左侧脑室旁见脑脊液样信号影。右侧额叶见片状影，T2WI呈稍高信号。": "稍高信号",
    "与脑灰质相比，左额叶病灶呈等信号。\n增强前T1WI呈稍低信号。": "稍低信号",
    "肝内见稍低密度影，未见钙化。": "稍低密度",
}
REFERENCED = """
与脑灰质相比，病灶T1WI呈等信号，T2WI呈稍高信号。|肝右叶见一类圆形稍低密度影，较周围肝实质密度低。
结节呈明显高密度，CT值约120HU。
病灶呈稍低密度（较肝实质）。|各序列上与脑灰质信号一致。|平扫呈稍低密度（与周围肝实质相比），延迟期呈等密度。
DWI呈稍高信号，ADC图呈稍低信号（均与正常外周带相比）
左肾上极见稍低密度影，密度低于肾实质。|右肺上叶见软组织密度结节，内见稍低密度区。
见脑脊液样信号影，FLAIR上其周边可见稍高信号影环绕。
肝左叶见一类圆形病灶。与肝实质相比，T1WI呈稍低信号。T2WI呈稍高信号。DWI呈明显高信号。
肝内见异常信号，T2WI呈稍高信号。病变信号与脾脏相近。
以下信号均与同层面骨骼肌比较。左侧股骨见异常信号，T1WI呈稍低信号。|双侧苍白球见对称性钙化，呈明显高密度。
金属内固定物呈明显高密度。
扫描范围内肝、脾、双侧肾上腺等密度均匀，形态未见异常。|胆、胰、脾等密度未见异常。
脾脏、胰腺、双肾等信号正常。|未见稍高密度影。|两肺透亮度均等，密度均匀。
右肺中野见片状影，与邻近正常肺组织相比呈稍高密度。|神经垂体T1WI信号较前叶稍高，位置正常。
颈内动脉流空信号存在。|肝右叶见低密度影，与肝实质相比。
"""
OFF_LIST = {
    "与肝实质相比呈略低密度。": "略低密度",
    "呈较高密度，与邻近正常肺组织分界不清。": "较高密度",
    "较邻近肺组织密度增高。": "密度增高",
    "与肌肉相比呈轻度高信号。": "轻度高信号",
    "与肌肉相比，T2WI呈显著高信号。": "显著高信号",
    "与肌肉相比呈等/略高信号。": "等/略高信号",
    "与肌肉相比呈略低、等混杂信号。": "略低、等混杂信号",
    "与肌肉相比呈中等高信号。": "中等高信号",
    "DWI 上信号不高，增强后未见强化。": "信号不高",
    "肝实质密度略低。": "密度略低",
    "右肺见片状密度增高影。": "密度增高",
    "肝脏密度减低。": "密度减低",
    "病灶信号较高。": "信号较高",
    "密度稍偏低。": "密度稍偏低",
}
LISTED_OR_NO_DEGREE = """
与肌肉相比呈稍高信号。|与肌肉相比呈明显低信号。|病变密度较前减低，内未见空洞。
密度较2024-03-05片增高，较前明显。|反相位信号减低，提示脂肪沉积。|脂肪抑制序列信号减低。
左膝诸骨骨质密度减低，骨小梁稀疏。|骨密度减低。|骨矿密度降低。|胰周脂肪密度增高、模糊。
阑尾周围脂肪间隙密度增高。|增强后密度增高。|门脉期密度减低。
T2WI信号较前列腺对侧外周带低，与之相比呈稍低信号。|神经垂体T1WI信号较前叶稍高。|密度不均匀。|信号不均。
见不均匀高密度影。|未见略高密度影。|低密度脂蛋白升高。
与脾脏相比较低密度影更多。|髓核T2WI信号减低，与正常髓核相比呈稍低信号。|密度尚均匀。|强化程度减低。
双肺透亮度增高。|密度稍高，与肌肉相似。|肠系膜密度增高、模糊。|大网膜密度增高，见条索影。
"""
BARE = {
    "肝右叶见低密度影。": "低密度",
    "T2WI呈高信号。": "高信号",
    "见不均匀高密度影。": "高密度",
}
NAMED_BARE = """
大脑中动脉高密度征。|左侧基底节区见出血高密度影。|L3椎体见高密度骨岛。|胆囊内见高密度结石影。
见脂肪低密度影。|未见低密度影。|高密度血管征阳性。|低密度脂蛋白升高。|与肌肉相比呈稍低信号。
双侧见气体低密度影
"""
SHORT = {
    "呈长T1长T2信号。": "长T1长T2",
    "呈等T1稍长T2信号。": "等T1稍长T2",
    "呈稍长T1、稍长T2信号。": "稍长T1、稍长T2",
    "呈等或稍长T1信号。": "等或稍长T1",
    "见长T2信号影。": "长T2",
}
NOT_SHORT = (
    "T1WI、T2WI等T1WI序列。|行T1WI及T2WI扫描。|FLAIR、DWI等T2WI图像。|病灶位于T1.5cm。|T1、T2椎体。|短T1WI"
)


def cases(text):
    return [case for line in text.split("\n") for case in line.split("|") if case]


def only(code, findings):
    return [excerpt for found, excerpt in said(RULES, findings=findings) if found == code]


@pytest.mark.parametrize(("findings", "excerpt"), NO_REFERENCE.items())
def test_degree_without_a_tissue_is_suspected(findings, excerpt):
    assert only(REFERENCE, findings) == [excerpt]


@pytest.mark.parametrize("findings", cases(REFERENCED))
def test_degree_against_a_tissue_is_silent(findings):
    assert only(REFERENCE, findings) == []


@pytest.mark.parametrize(("findings", "excerpt"), OFF_LIST.items())
def test_degree_outside_the_seven_steps_is_told(findings, excerpt):
    assert only(OFFLIST, findings) == [excerpt]


@pytest.mark.parametrize("findings", cases(LISTED_OR_NO_DEGREE))
def test_listed_step_change_and_idiom_are_no_offlist_degree(findings):
    assert only(OFFLIST, findings) == []


@pytest.mark.parametrize(("findings", "excerpt"), BARE.items())
def test_bare_high_or_low_is_only_a_note(findings, excerpt):
    assert said(RULES, findings=findings) == [(REFERENCE, excerpt), (UNGRADED, excerpt)]
    found = check(CheckedReport(findings=findings), bind(RULES, current_edition()))
    assert [one.severity for one in found] == ["note", "note"]


def test_bare_high_or_low_is_told_once_a_report():
    assert said(RULES, findings="肝右叶见低密度影。左肾见低密度影。脾见高密度影。") == [
        (REFERENCE, "低密度"),
        (UNGRADED, "低密度"),
    ]


@pytest.mark.parametrize("findings", cases(NAMED_BARE))
def test_named_sign_and_understood_substance_need_no_degree(findings):
    assert only(UNGRADED, findings) == []


@pytest.mark.parametrize(("findings", "excerpt"), SHORT.items())
def test_relaxation_time_shorthand_is_noted(findings, excerpt):
    assert said(RULES, findings=findings) == [(SHORTHAND, excerpt)]


@pytest.mark.parametrize("findings", cases(NOT_SHORT))
def test_sequence_names_are_no_shorthand(findings):
    assert said(RULES, findings=findings) == []


def test_findings_not_known_silence_the_rules():
    assert said(RULES, impression="肝右叶略低密度影，信号不高。") == []


@pytest.mark.parametrize(
    "findings",
    [
        "与2025-06-01CT比较，左侧硬膜下血肿范围增大，密度减低。",
        "心腔密度减低，CT值约31HU。",
        "肝实质密度弥漫减低，CT值约为32。",
    ],
)
def test_density_changed_since_a_prior_or_measured_needs_no_step(findings):
    assert only(OFFLIST, findings) == []


def test_density_changed_in_several_places_is_one_suspect():
    findings = "右肺见片状密度增高影。左肺见条索状密度增高影。\n肝脏密度减低。"
    assert only(OFFLIST, findings) == ["密度增高"]


def test_mass_in_mammography_needs_no_tissue():
    findings = "右乳外上象限见一等密度结节，边缘遮蔽。"
    assert said(RULES, findings=findings, examination_name="双乳钼靶", modality="DR") == []
    assert said(RULES, findings=findings, examination_name="乳腺CT平扫", modality="CT") == [
        (REFERENCE, "等密度")
    ]


@pytest.mark.parametrize(("between", "marked"), [(0, []), (3, []), (4, ["明显高信号"])])
def test_tissue_named_up_to_four_sentences_before_about_the_same_lesion_counts(between, marked):
    before = "肝右叶见肿块，与肝实质相比呈稍低信号。" + "其边界清楚。" * between
    assert only(REFERENCE, f"{before}其内见明显高信号。") == marked
    assert only(REFERENCE, f"{before}脾内见明显高信号。") == ["明显高信号"]  # another organ


@pytest.mark.parametrize(("distance", "marked"), [(16, []), (17, ["明显高密度"])])
def test_calcium_up_to_sixteen_characters_before_the_clause_explains_its_degree(distance, marked):
    text = "见钙化" + "甲" * (distance - 3) + "，呈明显高密度。"
    assert only(REFERENCE, text) == marked


@pytest.mark.parametrize(("distance", "marked"), [(24, []), (25, ["密度减低"])])
def test_ct_number_up_to_24_characters_after_a_change_measures_it(distance, marked):
    text = "肝脏密度减低，" + "甲" * (distance - 6) + "CT值约3。"
    assert only(OFFLIST, text) == marked
