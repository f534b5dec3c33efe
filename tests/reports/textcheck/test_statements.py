"""What a text states: places with side and level, lesions and what is well, and how it is stated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.domain.textcheck.accounts import as_rows
from reports.domain.textcheck.engine import check
from reports.domain.textcheck.levels import differ
from reports.domain.textcheck.registry import bound_rules
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.statements import statements


def stated(findings, impression=""):
    """(structure or part, side, word, polarity) of each statement of the findings."""
    report = CheckedReport(findings=findings, impression=impression)
    return [
        (one.place.part or one.place.name, one.place.side, one.word, one.polarity)
        for one in statements(report, "findings")
    ]


def levels(findings):
    (one, *_) = statements(CheckedReport(findings=findings), "findings")
    return set(one.place.levels)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ("左肾见囊肿。", [("肾", "左", "囊肿", "present")]),
        ("左肾未见囊肿。", [("肾", "左", "囊肿", "absent")]),
        ("左肾囊肿不除外。", [("肾", "左", "囊肿", "uncertain")]),
        ("左肾囊肿术后。", [("肾", "左", "囊肿", "prior")]),
        ("右侧肺动脉栓塞已基本显示不清。", [("肺动脉", "右", "栓塞", "resolved")]),
        ("左肾未见异常。", [("肾", "左", "未见异常", "normal")]),
        # a heading is only the place of what follows
        ("双肾：左肾见囊肿。", [("肾", "左", "囊肿", "present")]),
        ("双肾：见囊肿。", [("肾", "双", "囊肿", "present")]),
        # a list has the word that follows it
        (
            "肝、胆囊大小正常。",
            [("肝", "", "大小正常", "normal"), ("胆囊", "", "大小正常", "normal")],
        ),
        (
            "内侧、外侧半月板断裂。",
            [("内侧半月板", "", "断裂", "present"), ("外侧半月板", "", "断裂", "present")],
        ),
        # a structure that the tree does not know, by its own string
        ("左侧甲乙丙丁见肿块。", [("甲乙丙丁", "左", "肿块", "present")]),
        # a side without its structure: of the place before, else of none
        ("甲状腺峡部右侧见结节。", [("甲状腺", "右", "结节", "present")]),
        ("右侧见结节。", [("", "右", "结节", "present")]),
        ("右侧气胸。", [("", "右", "气胸", "present")]),
        # what a lesion is compared with, or lies near, is no place
        (
            "肝右叶见结节，与脾脏相比呈稍低密度。",
            [("肝", "右", "结节", "present"), ("肝", "右", "低密度", "present")],
        ),
        ("右侧输尿管近膀胱入口处见结石。", [("输尿管", "右", "结石", "present")]),
        # an organ in the name of a disease
        ("右肺上叶肺癌。", [("肺", "右", "癌", "present")]),
        # 边界清晰 is of the lesion, not of the organ
        ("肝右叶见结节，边界清晰。", [("肝", "右", "结节", "present")]),
        # words that contain a lesion and are none
        ("左侧肱骨大结节未见异常。", [("肱骨大结节", "左", "未见异常", "normal")]),
        ("脾大。", [("脾", "", "大", "present")]),
        ("脾大小正常。", [("脾", "", "大小正常", "normal")]),
    ],
)
def test_clause_states_a_word_of_its_place(findings, expected):
    assert stated(findings) == expected


def test_rest_and_reference_back_are_marked():
    report = CheckedReport(findings="右肺见结节，大小约8mm，伴空洞。余肺未见异常。")
    assert [(one.is_rest, one.points_back) for one in statements(report, "findings")] == [
        (False, False),
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ("右肺下叶背段见结节。", {"lobe:下"}),
        ("右肺S6见结节。", {"lobe:下"}),
        ("L4/5椎间盘突出。", {"disc:L4"}),
        ("L5/S1椎间盘突出。", {"disc:L5"}),
        ("L2～L4椎体见骨折线。", {"level:L2", "level:L3", "level:L4"}),
        ("右侧第3～5肋骨骨折。", {"rib:3", "rib:4", "rib:5"}),
        ("左侧额颞叶见肿块。", {"lobe:额", "lobe:颞"}),
        ("肝S6见囊肿。", {"liver:右后"}),
        ("右乳外上象限见肿块。", {"quadrant:上外"}),
        ("胰头见肿块。", {"part:胰头"}),
        ("左肾上极见囊肿。", {"pole:上"}),
        ("食管中段见肿块。", {"third:中"}),
        ("右肺见结节。", set()),
    ],
)
def test_place_has_its_levels(findings, expected):
    assert levels(findings) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("右侧第3～5肋骨骨折。", "左侧第5肋骨骨折。", False),
        ("右侧第3～5肋骨骨折。", "左侧第6肋骨骨折。", True),
        ("右侧第1肋骨骨折。", "左侧第11肋骨骨折。", True),
        ("右侧肋骨骨折。", "左侧第2肋骨骨折。", False),
        ("右肺上叶结节。", "左肺下叶结节。", True),
        ("右肺上叶结节。", "左肺结节。", False),
    ],
)
def test_levels_differ_without_one_in_common(one, other, expected):
    assert differ(levels(one), levels(other)) is expected
    assert differ(levels(other), levels(one)) is expected


def test_side_of_a_liver_segment_is_known():
    (one,) = statements(CheckedReport(findings="肝S6见囊肿。"), "findings")
    assert one.place.side == "右"


def test_rows_of_statements_have_what_is_told_of_a_lesion():
    report = CheckedReport(
        findings="右肺上叶见一结节，大小约1.2cm×1.0cm，呈稍高密度，明显强化，较前增大。左肺未见异常。"
    )
    lesion, *_, well = as_rows(report)
    told = (
        "structure",
        "side",
        "levels",
        "family",
        "count",
        "sizes_mm",
        "degree",
        "enhancement",
        "comparison",
    )
    assert [lesion[name] for name in told] == [
        "肺",
        "右",
        ["lobe:上"],
        "肿块",
        "一",
        [(12.0, 10.0)],
        "稍高密度",
        "明显强化",
        "较前",
    ]
    assert (well["word"], well["polarity"], well["sizes_mm"]) == ("未见异常", "normal", [])


PIECES = st.sampled_from(
    [
        "左",
        "右",
        "双",
        "侧",
        "肺",
        "肾",
        "半月板",
        "内侧、",
        "外侧",
        "L4/5椎间盘",
        "S6",
        "第3～5肋",
        "见",
        "未见",
        "结节",
        "囊肿",
        "大",
        "正常",
        "不清",
        "与",
        "相比",
        "于",
        "近",
        "余",
        "较前",
        "术后",
        "1.",
        "2.",
        "1.2cm×",
        "，",
        "。",
        "；",
        "、",
        "：",
        "\n",
        ".",
        ",",
        "（",
        "）",
        "甲乙",
        "１",
        "Ａ",
        "😀",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_statements_of_any_text_lie_within_it(text):
    report = CheckedReport(findings=text, impression=text)
    for field in ("findings", "impression"):
        for one in statements(report, field):
            assert 0 <= one.start < one.end <= len(text)
            assert 0 <= one.place.start <= one.place.end <= len(text)
            assert text[one.start : one.end] == one.word
    as_rows(report)
    for finding in check(report, bound_rules()):
        value = report.value(finding.field) or ""
        assert finding.excerpt == value[finding.start : finding.end]
