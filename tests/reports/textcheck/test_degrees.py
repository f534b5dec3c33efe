"""Degrees of density and of enhancement as they are read, before any rule judges them."""

import pytest

from reports.domain.textcheck.degrees import degrees
from reports.domain.textcheck.enhancements import enhancements
from reports.domain.textcheck.report import CheckedReport


def followed(findings):
    """The findings with a clause after them, so that an end too far is seen."""
    return CheckedReport(findings=f"{findings}，边界清楚。")


def marked_in(findings, found):
    return f"{findings}，边界清楚。"[found.start : found.end]


@pytest.mark.parametrize(
    ("findings", "kind", "marked", "adverb"),
    [
        ("呈稍低密度", "listed", "稍低密度", ""),
        ("稍低密度", "listed", "稍低密度", ""),
        ("呈等、稍高混杂信号", "listed", "等、稍高混杂信号", ""),
        ("呈等或低信号", "listed", "等或低信号", ""),
        ("等密度", "listed", "等密度", ""),
        ("病灶呈等密度均匀", "listed", "等密度", ""),
        ("呈略低密度", "offlist", "略低密度", "略"),
        ("呈等/略高信号", "offlist", "等/略高信号", "略"),
        ("密度略低", "changed", "密度略低", "略"),
        ("密度减低", "changed", "密度减低", ""),
        ("低密度影", "bare", "低密度", ""),
        ("见结节，低密度影", "bare", "低密度", ""),
    ],
)
def test_degree_of_density_is_read_with_its_kind(findings, kind, marked, adverb):
    (found,) = degrees(followed(findings))
    assert (found.kind, marked_in(findings, found), found.adverb) == (kind, marked, adverb)


@pytest.mark.parametrize(
    "findings",
    [
        "骨质密度减低",
        "肠系膜密度增高",
        "肝、脾等密度均匀",
        "脾等密度",
        "等高密度",
        "比较低密度影",
        "最高信号",
        "未见低密度影",
        ",等密度",
        "肝,等密度",
    ],
)
def test_diagnosis_list_and_denial_are_no_degree(findings):
    assert degrees(CheckedReport(findings=findings)) == ()


@pytest.mark.parametrize(
    ("findings", "kind", "marked"),
    [
        ("未见明显强化", "vague", "未见明显强化"),
        ("强化不明显", "vague", "强化不明显"),
        ("未见明显强化灶", "doubtful", "未见明显强化灶"),
        ("未见明显异常强化", "doubtful", "未见明显异常强化"),
        ("未见可疑强化灶", "denied", "强化"),
        ("未见环形强化", "denied", "强化"),
        ("未见轻度强化", "denied", "强化"),
        ("强化明显减低", "plain", "强化"),
        ("背景轻微强化", "plain", "强化"),
        ("略不均匀强化", "plain", "强化"),
        ("增强后强化", "plain", "强化"),
    ],
)
def test_enhancement_without_a_degree_is_read_with_its_kind(findings, kind, marked):
    (found,) = enhancements(followed(findings), "findings")
    assert (found.kind, marked_in(findings, found)) == (kind, marked)
    assert (found.is_graded, found.word, found.is_open) == (False, "", False)


@pytest.mark.parametrize("findings", ["可疑强化", "前片强化不明显", "未见明显强化甲"])
def test_vague_enhancement_that_may_mean_something_else_is_open(findings):
    (found,) = enhancements(followed(findings), "findings")
    assert (found.kind, found.is_graded, found.is_open) == ("vague", False, True)


@pytest.mark.parametrize(
    ("findings", "kind", "marked"),
    [
        ("病灶无强化", "none", "无强化"),
        ("病灶轻度强化", "graded", "轻度强化"),
        ("病灶强化明显", "graded", "强化明显"),
        ("病灶明显略低强化", "graded", "明显略低强化"),
    ],
)
def test_enhancement_with_a_listed_degree_is_graded(findings, kind, marked):
    (found,) = enhancements(followed(findings), "findings")
    assert (found.kind, marked_in(findings, found), found.is_graded) == (kind, marked, True)


@pytest.mark.parametrize(
    ("findings", "marked", "word", "is_open"),
    [
        ("病灶轻微强化", "轻微强化", "轻微", False),
        ("病灶显著不均匀强化", "显著不均匀强化", "显著", False),
        ("病灶强化轻微", "强化轻微", "轻微", True),
    ],
)
def test_enhancement_with_another_degree_names_its_word(findings, marked, word, is_open):
    (found,) = enhancements(followed(findings), "findings")
    assert (found.kind, marked_in(findings, found)) == ("offlist", marked)
    assert (found.word, found.is_graded, found.is_open) == (word, False, is_open)


@pytest.mark.parametrize("count", [299, 300, 301])
def test_three_hundred_expressions_of_a_text_are_read(count):
    apart = CheckedReport(findings="低密度影强化，" * count)
    assert (len(degrees(apart)), len(enhancements(apart, "findings"))) == (min(count, 300),) * 2
    together = CheckedReport(findings="低密度影强化" * count)
    assert (len(degrees(together)), len(enhancements(together, "findings"))) == (min(count, 300),) * 2
