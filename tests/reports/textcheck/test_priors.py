"""6.5.6: what compares with an earlier examination, and which earlier ones are similar."""

from datetime import date

import pytest

from reports.domain.textcheck.priors import (
    by_region,
    comparisons,
    has_similar_prior,
    on_other_sides,
    regions_of,
    similar_priors,
)
from reports.domain.textcheck.report import CheckedReport, Prior, moment_of


def compared(findings):
    found = comparisons(CheckedReport(findings=findings), "findings")
    assert all(findings[one.start : one.end] == one.text for one in found)
    return [one.text for one in found]


@pytest.mark.parametrize(
    ("findings", "expressions"),
    [
        ("病灶较前增大", ["较前"]),
        ("大致同前", ["同前"]),
        ("与前片比较", ["与前片比较"]),
        ("建议复查。与前片比较", ["与前片比较"]),
        ("与2024年平扫CT对比", ["与2024年平扫CT对比"]),
        ("前次检查后，较旧片吸收", ["前次", "较旧"]),
        ("病灶较前消失，俯卧位扫描", ["较前"]),
        ("无" + "甲" * 7 + "前片比较", ["前片"]),
        # recommended, missing, of the same examination, or not of images
        ("建议与前片比较", []),
        ("建议复查，与前片比较", []),
        ("请结合旧片", []),
        ("无前片比较", []),
        ("无" + "甲" * 6 + "前片比较", []),
        ("平扫与增强CT对比", []),
        ("延迟期强化较前减低", []),
        ("俯卧位扫描较前消失", []),
        ("与2024手术记录对照", []),
        ("参照2020版指南", []),
    ],
)
def test_comparison_with_an_earlier_examination_is_read(findings, expressions):
    assert compared(findings) == expressions


@pytest.mark.parametrize("count", [99, 100, 101])
def test_hundred_comparisons_of_a_text_are_read(count):
    assert len(compared("较前，" * count)) == min(count, 100)


NAME = "左膝关节MRI平扫"
PRIOR = {"examined_on": date(2024, 3, 5), "modality": "MRI", "examination_name": NAME}
REPORT = {"examination_name": NAME, "modality": "MRI", "examined_at": moment_of("2024-03-06 10:24")}


@pytest.mark.parametrize(
    ("report", "prior", "is_similar"),
    [
        ({}, {}, True),
        ({}, {"examined_on": date(2024, 3, 6)}, False),  # of the same day
        ({}, {"examined_on": date(2024, 3, 7)}, False),
        ({"examined_at": None}, {"examined_on": date(2024, 3, 7)}, True),
        ({}, {"modality": "CT"}, False),
        ({}, {"modality": ""}, True),
        ({"modality": None}, {"modality": "CT"}, True),
        ({}, {"examination_name": "头颅MRI平扫"}, False),
        ({}, {"examination_name": "右膝关节MRI平扫"}, False),
        ({}, {"examination_name": "双膝关节MRI平扫"}, True),
        ({}, {"examination_name": "", "body_part": "左膝关节"}, True),
        ({}, {"examination_name": ""}, False),
        ({"examination_name": None, "body_part": "左膝关节"}, {}, True),
    ],
)
def test_prior_is_similar_when_earlier_and_of_kind_region_and_side(report, prior, is_similar):
    earlier = Prior(**{**PRIOR, **prior})
    checked = CheckedReport(**{**REPORT, **report}, priors=(earlier,))
    assert similar_priors(checked) == ((earlier,) if is_similar else ())
    assert has_similar_prior(checked) is is_similar


def test_prior_given_with_the_report_outweighs_the_stored_ones():
    stored = (Prior(**PRIOR),)
    assert not has_similar_prior(CheckedReport(**REPORT, priors=stored, has_prior=False))
    assert has_similar_prior(CheckedReport(**REPORT, has_prior=True))
    assert not has_similar_prior(CheckedReport(**REPORT))


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("左膝", "右膝", True),
        ("左膝", "左膝", False),
        ("左右膝", "右膝", False),
        ("左膝", "左右膝", False),
        ("膝", "右膝", False),
        ("膝", "膝", False),
    ],
)
def test_names_are_of_other_sides_when_each_has_one_side_only(one, other, apart):
    assert (on_other_sides(one, other), on_other_sides(other, one)) == (apart, apart)


def test_names_of_one_region_are_equal_by_region():
    assert regions_of("头颅CT平扫") == regions_of("颅脑CT平扫") != regions_of("胸部CT平扫")
    assert by_region("头颅CT平扫") == by_region("颅脑CT平扫") != by_region("胸部CT平扫")
