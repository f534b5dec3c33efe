"""Clauses that describe something abnormal, and those that continue them."""

import pytest

from reports.domain.textcheck.abnormal import affirmed, is_abnormal, is_place, places_named
from reports.domain.textcheck.text import Text


@pytest.mark.parametrize(
    ("clause", "before_denial", "abnormal"),
    [
        ("见小片影", "见小片影", True),
        ("见肿块未见结节", "见肿块", True),
        ("肺纹理增粗", "肺纹理增粗", True),
        ("无强化", "无强化", True),  # a sign, not a denial
        ("未见结节", "", False),
        ("未见结节见肿块", "", False),
        ("正常", "正常", False),
        ("难见", "难见", False),
    ],
)
def test_clause_is_abnormal_by_what_precedes_its_denial(clause, before_denial, abnormal):
    assert (affirmed(clause), is_abnormal(clause)) == (before_denial, abnormal)


@pytest.mark.parametrize(
    ("findings", "places"),
    [
        ("肝，见结节。", [True, True]),  # the second clause continues the first
        ("肝，大小约3cm，边缘毛糙", [True, True, True]),
        ("肝。见结节", [False, True]),
        ("肝；见结节", [False, True]),
        ("肝，脾见结节", [False, True]),
        ("肝，，见结节", [False, False, True]),
        ("肝， 见结节", [False, True]),
        ("余肝见结节", [False]),
    ],
)
def test_clause_is_a_place_when_it_or_its_continuation_is_abnormal(findings, places):
    text = Text(findings)
    numbers = range(len(text.clause_ends))
    assert [is_place(text, number) for number in numbers] == places
    assert [is_place(text, number) for number in numbers] == places  # cached


@pytest.mark.parametrize(("between", "is_a_place"), [(28, True), (29, False)])
def test_continuation_of_a_place_has_up_to_thirty_clauses(between, is_a_place):
    assert is_place(Text("肝" + "，大小如常" * between + "，见结节"), 0) is is_a_place


def test_abnormal_clauses_with_a_name_are_found():
    assert places_named(Text("肝正常。肝左叶见结节。脾见结节。肝右叶、肝门见结节"), "肝") == [1, 3]
    assert places_named(Text("脾见结节"), "肝") == []


@pytest.mark.parametrize("count", [29, 30, 31])
def test_thirty_clauses_with_a_name_are_looked_at(count):
    assert places_named(Text("肝见结节。" * count), "肝") == list(range(min(count, 30)))
