"""6.3.1: one person in two spellings, and two persons."""

from datetime import date

import pytest

from reports.domain.textcheck.identity import (
    differences,
    is_grown,
    is_masked,
    is_unnamed,
    names_differ,
    numbers_differ,
    sex_of,
    sexes_differ,
    years_of,
)
from reports.domain.textcheck.report import CheckedReport, Request


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("36", 36.0),
        ("36岁", 36.0),
        ("036Y", 36.0),
        ("6月", 0.5),
        ("3岁6月", 3.5),
        ("3岁6个月", 3.5),
        ("6个月", 0.5),
        ("6M", 0.5),
        ("026w", 0.5),
        ("26周", 0.5),
        ("73日", 0.2),
        ("73D", 0.2),
        ("73天", 0.2),
        ("12小时", 0.0),
        ("30分钟", 0.0),
        ("1岁半", 1.5),
        ("6月半", 0.5),
        ("1.5岁", 1.5),
        ("约50岁", 50.0),
        ("50岁余", 50.0),
        ("岁", None),
        ("", None),
        ("50岁男", None),
        ("男50岁", None),
    ],
)
def test_age_is_read_in_years(text, years):
    assert years_of(text) == (years if years is None else pytest.approx(years))


@pytest.mark.parametrize(("blanks", "years"), [(37, 36.0), (38, 3.0), (39, None)])
def test_age_is_read_in_the_first_forty_characters(blanks, years):
    assert years_of(" " * blanks + " 36岁") == years


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("张三", "李四", True),
        ("张三", "张 三", False),
        ("张三先生", "张三", False),
        ("张三（男）", "张三", False),
        ("张*", "张三丰", False),
        ("张*丰", "张三四", True),
        ("张*", "李三", True),
        ("*三", "张三", False),
        ("沈?", "沈㛃", False),
        ("张三", "ZHANG SAN", False),
        ("ZHANG SAN", "zhangsan", False),
        ("ZHANG SAN", "LI SI", True),
        ("ZHANG^SAN=张^三", "张三", False),
        ("ZHANG^SAN=张^三", "李四", True),
        ("张三", "无名氏", False),
        ("张三", None, False),
        (None, None, False),
        ("张三", "***", False),
    ],
)
def test_names_differ_where_both_are_known_in_one_script_and_disagree(one, other, differ):
    assert names_differ(one, other) is differ
    assert names_differ(other, one) is differ


def test_name_is_unknown_or_masked():
    assert [is_unnamed(name) for name in ("无名氏", "", None, "***", "张*", "张三")] == [True] * 4 + [
        False
    ] * 2
    assert [is_masked(name) for name in ("张*", "张某", "张三", "", "***")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(("length", "is_known"), [(199, True), (200, False)])
def test_name_is_read_in_the_first_200_characters(length, is_known):
    assert is_unnamed(" " * length + "张三") is not is_known


def test_sexes_differ_only_between_male_and_female():
    assert (sex_of("男"), sex_of(" 女性 "), sex_of("张"), sex_of("")) == ("男", "女", None, None)
    assert sexes_differ("男", "女")
    assert sexes_differ("M", "女性")
    assert not sexes_differ("男", "M")
    assert not sexes_differ("男", "未知")
    assert not sexes_differ("男", None)
    assert not sexes_differ(None, None)


@pytest.mark.parametrize(
    ("one", "other", "may_be_one"),
    [
        ("3岁", "4岁", True),
        ("3岁", "4岁半", False),
        ("2岁", "3岁", False),
        ("2岁半", "3岁", False),
        ("36岁", "36岁", True),
        ("36岁", "不详", False),
        ("不详", "36岁", False),
    ],
)
def test_person_of_three_years_or_more_may_have_grown_by_one(one, other, may_be_one):
    assert is_grown(one, other) is may_be_one
    assert is_grown(other, one) is may_be_one


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("D001", "D002", True),
        ("0012", "12", False),
        ("ＡＢ１", "ab1", False),
        ("A 1", "A1", False),
        ("12", "无", False),
        ("12", "000", False),
        ("12", None, False),
        (None, None, False),
        ("1101****0001", "110100000001", False),
        ("1101****0001", "120100000001", True),
    ],
)
def test_numbers_differ_beyond_spelling_and_placeholders(one, other, differ):
    assert numbers_differ(one, other) is differ
    assert numbers_differ(other, one) is differ


def found(report, request):
    return list(differences(CheckedReport(**report), Request(**request)))


def test_every_field_that_differs_is_told_with_both_values():
    report = {
        "patient_name": " 张三 ",
        "sex": "男",
        "age": "36岁",
        "patient_id": "P1",
        "accession_number": "A1",
    }
    request = {
        "patient_name": "李四",
        "sex": "女",
        "age": "38",
        "patient_id": "P2",
        "accession_number": "A2 ",
    }
    assert found(report, request) == [
        ("patient_name", "姓名", "张三", "李四"),
        ("sex", "性别", "男", "女"),
        ("age", "年龄", "36岁", "38"),
        ("patient_id", "受检者ID", "P1", "P2"),
        ("accession_number", "检查号", "A1", "A2"),
    ]
    assert found(report, report) == []
    assert found(report, {}) == []


@pytest.mark.parametrize(("other", "differ"), [("37岁", False), ("37岁半", True), ("35岁", False)])
def test_ages_differ_by_more_than_a_year(other, differ):
    assert bool(found({"age": "36岁"}, {"age": other})) is differ


@pytest.mark.parametrize(
    ("born", "told"),
    [(date(2001, 1, 1), []), (date(2001, 1, 2), [("age", "出生日期", "2000-01-01", "2001-01-02")])],
)
def test_birth_days_differ_by_more_than_a_leap_year(born, told):
    assert found({"birth_on": date(2000, 1, 1)}, {"birth_on": born}) == told
    assert found({"birth_on": date(2000, 1, 1)}, {}) == []
