"""6.5.6 and 6.4.3.1: comparison with earlier examinations, its date, and each conclusion compared."""

from datetime import date

import pytest

from reports.domain.textcheck.engine import bind, check
from reports.domain.textcheck.report import CheckedReport, Prior, moment_of
from reports.domain.textcheck.rules.comparison import RULES
from standards.loader import current_edition
from tests.reports.textcheck.said_kit import messages, said

DATE, UNKNOWN, ITEM = "6.5.6/no-comparison-date", "6.5.6/date-unknown", "6.5.6/item-not-compared"
NONE, IN_FINDINGS = "6.5.6/no-comparison", "6.4.3.1/no-comparison-in-findings"

UNDATED = {
    "右肺上叶结节较前增大。": "较前",
    "与前次MRI检查对比，病灶未见变化。": "与前次MRI检查对比",
    "与前片比较，病灶吸收。": "与前片比较",
    "大致同前。": "同前",
    "较旧片好转。": "较旧",
    "与2023年片比较增大。": "与2023年片比较",
    "对比前片，病灶缩小。": "对比前片",
    "与外院CT比较相仿。": "与外院CT比较",
    "较术前好转。": "较术前",
    "与3月5日片比较吸收。": "与3月5日片比较",
    "动脉期强化结节较前增大。": "较前",
    "增强扫描轻度强化，较前减低。": "较前",
    "与手术前片比较好转。": "与手术前片比较",
    "结节较3个月前增大。": "较3个月前",
    "与入院时比较，胸腔积液减少。": "与入院时比较",
    "较前移位减轻。": "较前",
}
DATED_OR_NONE = """
与2024-03-05胸部CT比较，右肺上叶结节较前增大。|与前片（2017.3.3）对比，局部脑膜增厚较前好转。
与2025-8-21日片比较。|与2025、8、21片比较。|对照本院2025年3月29日上腹部CT：病灶较前缩小。|与20240305片比较，较前吸收。
较前（24-3-5）增大。|与同日胸片比较，气胸较前吸收。|右肾结节与左肾比较体积稍大。|与脑灰质相比呈等信号。
T2WI信号较前列腺外周带低。|信号较前叶稍高。|后者较前者稍大。|较前交叉韧带信号高。
对比剂充盈良好。|图像对比度良好。|双肾大小形态大致相仿。|异同前述。|胰腺前片状渗出。|髌前片状水肿。
子宫大小与孕6月相仿。|平扫与增强CT对比，病灶显示清楚。|建议与旧片对比。|建议定期复查，与前片对比。
右肺见陈旧片状影。|前列腺前次活检术后改变。|前次手术区见金属影。|参照2020版CSCO指南。|参照2017年Fleischner指南，建议复查。
门脉期及延迟期强化程度较前减低。|延迟期对比剂较前填充。|俯卧位扫描较前消失。|静脉期病灶较前强化明显。|与2024年手术记录对照。
与本院病理对照，符合腺癌。|与定位片对照。|与矢状位图像对照。|与CTA图像对照，未见狭窄。|与仰卧位片比较，液平移动。|同前所述。
位置较前移。|右侧第1肋与前片状软骨融合。|未见前片，无法比较。|请与外院片对照。|无既往片比较。|较前臂长。|左侧较对侧宽。|与正常图像相似。
比较明显的钙化。|与对侧图像对比，未见差异。|动态对比增强MRI。
"""
CT = Prior(examined_on=date(2024, 3, 5), modality="CT", examination_name="胸部CT平扫")
AGAIN = {
    "examination_name": "胸部CT平扫",
    "modality": "CT",
    "examined_at": moment_of("2024-06-01 10:24"),
    "priors": (CT,),
}
COMPARED = "与2024-03-05胸部CT比较，右肺结节较前增大。"


def cases(text):
    return [case for line in text.split("\n") for case in line.split("|") if case]


@pytest.mark.parametrize(("text", "excerpt"), UNDATED.items())
def test_comparison_without_a_full_date_is_told(text, excerpt):
    assert said(RULES, findings=text) == [(DATE, excerpt)]
    assert said(RULES, findings="双肺清晰。", impression=text) == [(DATE, excerpt)]


@pytest.mark.parametrize("text", cases(DATED_OR_NONE))
def test_dated_comparison_other_comparisons_and_advice_are_silent(text):
    assert said(RULES, findings=text, impression=text) == []


def test_date_in_the_other_text_counts():
    assert said(RULES, findings=COMPARED, impression="右肺结节较前增大。") == []


def test_date_in_a_technique_line_for_comparison_counts():
    compared = "扫描范围：肺尖至肺底；对比资料：2024-03-05胸部CT"
    assert said(RULES, findings="右肺结节较前增大。", technique=compared) == []
    assert said(RULES, findings="右肺结节较前增大。", technique="2024-03-05行平扫") == [(DATE, "较前")]


def test_prior_without_any_comparison_is_suspected():
    assert said(RULES, findings="右肺结节。", impression="右肺结节。", **AGAIN) == [
        (IN_FINDINGS, ""),
        (NONE, ""),
    ]
    assert said(RULES, impression="右肺上叶结节。", has_prior=True) == [(NONE, "")]
    assert said(RULES, impression="右肺上叶结节。", has_prior=False) == []
    assert said(RULES, findings="右肺结节。", impression="右肺结节。") == []


@pytest.mark.parametrize(
    "prior",
    [
        Prior(examined_on=date(2024, 6, 1), modality="CT", examination_name="胸部CT平扫"),
        Prior(examined_on=date(2024, 3, 5), modality="DR", examination_name="胸部DR正位"),
        Prior(examined_on=date(2024, 3, 5), modality="CT", examination_name="头颅CT平扫"),
        Prior(examined_on=date(2024, 3, 5), modality="CT", examination_name="肋骨CT平扫+三维重建"),
    ],
)
def test_same_day_other_kind_or_region_is_no_prior(prior):
    assert said(RULES, findings="右肺结节。", impression="右肺结节。", **{**AGAIN, "priors": (prior,)}) == []


def test_other_knee_is_no_prior():
    left = Prior(examined_on=date(2024, 3, 5), modality="MRI", examination_name="左膝关节MRI平扫")
    known = {"findings": "半月板撕裂。", "impression": "半月板撕裂。", "modality": "MRI", "priors": (left,)}
    assert said(RULES, examination_name="右膝关节MRI平扫", **known) == []
    assert said(RULES, examination_name="左膝关节MRI平扫", **known) == [(IN_FINDINGS, ""), (NONE, "")]


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ("与2024-03-15胸部CT比较，右肺结节较前增大。", [(UNKNOWN, "2024-03-15")]),
        ("与2024年3月7日胸部CT比较，右肺结节较前增大。", []),
        ("与外院2023-11-08胸部CT比较，右肺结节较前增大。", []),
        ("与2023-11-08、2024-03-05胸部CT比较，右肺结节较前增大。", []),
        ("右肺癌2023-11-08行手术，与2024-03-05片比较，较前好转。", []),
        ("与2024-13-45胸部CT比较，右肺结节较前增大。", []),
    ],
)
def test_date_of_no_known_examination_is_suspected(findings, expected):
    assert said(RULES, findings=findings, **AGAIN) == expected


def test_conclusion_left_uncompared_beside_compared_ones_is_suspected():
    impression = "1、右肺结节，较前增大；\n2、左肺炎；\n3、余未见异常；\n4、建议复查。"
    assert said(RULES, findings=COMPARED, impression=impression, **AGAIN) == [(ITEM, "左肺炎")]
    every = "1、右肺结节，较前增大；\n2、左肺炎大致同前；\n3、左侧胸腔积液，新发。"
    assert said(RULES, findings=COMPARED, impression=every, **AGAIN) == []
    assert said(RULES, findings=COMPARED, impression=impression, priors=None) == []


@pytest.mark.parametrize(
    "impression",
    [
        "1、右肺癌术后，局部未见变化；\n2、左肺小结节；\n3、余同前。",
        "右侧胸腔积液较前减少；左肺小结节；其余大致同前。",
        "与2024-03-05胸部CT比较，大致同前：\n1、右肺结节；\n2、肝囊肿。",
        "右肺结节。\n肝囊肿。\n较2024-03-05CT变化不大。",
        "1、双肺结节；\n2、肝囊肿。\n以上所见较2024-03-05CT变化不著。",
        "右肺结节。肝囊肿。与2024-03-05前片相仿。",
    ],
)
def test_comparison_of_the_whole_conclusion_compares_each_item(impression):
    assert said(RULES, findings=COMPARED, impression=impression, **AGAIN) == []


@pytest.mark.parametrize(
    "impression",
    [
        "右肺癌治疗后复查：\n右肺结节较前缩小。",
        "右肺癌综合治疗后，与2024-03-05片比较：\n右肺结节较前缩小。",
        "右肺结节较前缩小；\n气管插管、胃管在位。",
        "右肺结节较前缩小；\n右颈部置管，头端位于T8椎体水平。",
        "右肺结节较前缩小；\n原左肺小结节未见显示。",
        "右肺结节较2024-03-05CT略大；\n左肺条索影，同2024-03-05前片。",
    ],
)
def test_heading_tube_and_vanished_lesion_need_no_comparison_of_their_own(impression):
    assert said(RULES, findings=COMPARED, impression=impression, **AGAIN) == []


@pytest.mark.parametrize(
    ("impression", "left"),
    [
        ("1、右肺结节较前增大；\n2、余肺结节同前；\n3、肝囊肿。", "肝囊肿"),
        ("与2024-03-05CT比较右肺残余结节同前；肝囊肿。", "肝囊肿"),
        ("右侧胸腔积液较前减少；右侧胸腔置管，右侧气胸。", "右侧胸腔置管，右侧气胸"),
    ],
)
def test_comparison_of_one_thing_leaves_the_others_uncompared(impression, left):
    assert said(RULES, findings=COMPARED, impression=impression, **AGAIN) == [(ITEM, left)]


def test_many_conclusions_left_uncompared_are_one_finding():
    impression = "1、右肺结节，较前增大；\n2、肝囊肿；\n3、肾囊肿；\n4、左肾结石；\n5、胆囊结石。"
    assert said(RULES, findings=COMPARED, impression=impression, **AGAIN) == [(ITEM, "肝囊肿")]


def test_conclusions_of_a_compared_description_all_left_uncompared_are_one_finding():
    assert said(RULES, findings=COMPARED, impression="1、右肺结节；\n2、肝囊肿。", **AGAIN) == [
        (ITEM, "右肺结节")
    ]
    assert said(RULES, findings=COMPARED, impression="胸部未见明显异常。", **AGAIN) == []


def severities(**fields):
    found = check(CheckedReport(**fields), bind(RULES, current_edition()))
    return [(finding.code, finding.severity) for finding in found]


def test_comparison_in_the_conclusion_alone_makes_its_lack_in_the_findings_a_note():
    compared = severities(findings="右肺结节。", impression=COMPARED, **AGAIN)
    assert compared == [(IN_FINDINGS, "note")]
    neither = severities(findings="右肺结节。", impression="右肺结节。", **AGAIN)
    assert neither == [(IN_FINDINGS, "suspect"), (NONE, "suspect")]


def test_month_and_day_without_year_are_a_suspect():
    assert severities(findings="肝内病灶较前9-10进展。") == [(DATE, "suspect")]
    for text in ("较昨日片吸收。", "较半年前增大。", "与2个月前CT相比增大。"):
        assert severities(findings=text) == [(DATE, "suspect")]
    assert severities(findings="肝内病灶较前1-2cm增大。") == [(DATE, "violation")]


@pytest.mark.parametrize(
    ("day", "is_known"),
    [("2024-03-02", False), ("2024-03-03", True), ("2024-03-07", True), ("2024-03-08", False)],
)
def test_date_within_two_days_of_an_examination_is_known(day, is_known):
    found = said(RULES, findings=f"与{day}胸部CT比较，右肺结节较前增大。", **AGAIN)
    assert found == ([] if is_known else [(UNKNOWN, day)])


def chest_in(*months):
    return tuple(
        Prior(examined_on=date(2024, month, 5), modality="CT", examination_name="胸部CT平扫")
        for month in months
    )


def test_unknown_date_is_told_with_the_last_three_examinations():
    known = {**AGAIN, "priors": chest_in(4, 1, 3, 2)}
    assert messages(RULES, findings="与2023-11-08胸部CT比较，右肺结节较前增大。", **known) == [
        "用作对比的2023-11-08没有该受检者的检查记录（已知的类似检查：2024-02-05、2024-03-05、2024-04-05），请核对。"
    ]


def test_lacking_comparison_is_told_with_the_last_examination():
    known = {**AGAIN, "priors": chest_in(1, 3, 2)}
    assert messages(RULES, findings="右肺结节。", impression="右肺结节。", **known) == [
        "该受检者2024-03-05做过胸部CT平扫，影像描述中没有与之比较的内容，请确认是否做了比对。",
        "该受检者2024-03-05做过胸部CT平扫，报告中没有与以前检查比较的内容，应逐一比较并注明时间。",
    ]


@pytest.mark.parametrize(
    ("findings", "message"),
    [
        ("右肺结节较前增大。", "写了“较前”，但没有注明所对比检查的具体时间（年、月、日）。"),
        ("较昨日片吸收。", "写了“较昨日”，所对比检查的时间只写到“昨日”，应注明年、月、日。"),
    ],
)
def test_comparison_without_a_full_date_is_quoted_with_what_is_given(findings, message):
    assert messages(RULES, findings=findings) == [message]


def test_comparison_without_a_full_date_is_told_at_the_first_place():
    found = said(RULES, findings="与前片比较，病灶吸收。", impression="肺炎较前吸收。")
    assert found == [(DATE, "与前片比较")]


DISEASES = ("肝囊肿", "肾囊肿", "左肾结石", "胆囊结石", "胰腺囊肿", "甲状腺结节", "右侧乳腺癌")


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (3, ["“肝囊肿”", "“肾囊肿”", "“左肾结石”"]),
        (4, ["“肝囊肿”“肾囊肿”“左肾结石”“胆囊结石”等4条"]),
        (7, ["“肝囊肿”“肾囊肿”“左肾结石”“胆囊结石”“胰腺囊肿”“甲状腺结节”等7条"]),
    ],
)
def test_uncompared_conclusions_are_told_one_by_one_up_to_three(left, told):
    items = ["右肺结节，较前增大", *DISEASES[:left]]
    impression = "；\n".join(f"{number}、{item}" for number, item in enumerate(items, 1))
    assert messages(RULES, findings=COMPARED, impression=impression, **AGAIN) == [
        f"结论{names}没有写与以前检查相比的变化，每一诊断都应进行比较。" for names in told
    ]


def test_conclusion_of_two_characters_is_no_diagnosis_to_compare():
    impression = "1、右肺结节，较前增大；\n2、脾大；\n3、肝囊肿。"
    assert said(RULES, findings=COMPARED, impression=impression, **AGAIN) == [(ITEM, "肝囊肿")]


def test_uncompared_conclusion_is_quoted_up_to_twenty_characters():
    impression = "1、右肺结节，较前增大；\n2、左肺" + "甲" * 18 + "囊肿。"
    assert messages(RULES, findings=COMPARED, impression=impression, **AGAIN) == [
        "结论“左肺" + "甲" * 18 + "”没有写与以前检查相比的变化，每一诊断都应进行比较。"
    ]
