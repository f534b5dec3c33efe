"""Ranges of a scan, and the kind of an examination by its names."""

import pytest

from reports.domain.textcheck import facts
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.technique_terms import states_range


@pytest.mark.parametrize(
    ("technique", "states"),
    [
        ("颅顶至颅底", True),
        ("肺尖至乙", True),  # 至 needs one place
        ("乙至肺底", True),
        ("甲至乙", False),
        ("胸1-腰2", True),  # a dash needs two
        ("肺-肝", True),
        ("肺-乙", False),
        ("2-3", False),
        ("T1-T3", True),
        ("头顶-颏", True),
        ("自甲至乙", True),
        ("扫描范围：胸部", True),
        ("扫描范围：", False),
        ("L3/4、L4/5椎间盘平面扫描", True),
        ("肺" + "甲" * 7 + "至乙", True),
        ("肺" + "甲" * 8 + "至乙", False),
        ("乙至" + "甲" * 9 + "肺", True),
        ("乙至" + "甲" * 10 + "肺", False),
    ],
)
def test_range_is_stated_between_places_near_their_joiner(technique, states):
    assert states_range(technique) is states


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("MRCP", ("MRI",)),
        ("CTA", ("CT",)),
        ("X线", ("DR",)),
        ("CT+MRI", ("MRI", "CT")),
        ("ECT", ()),
        ("DSA", ()),
        ("", ()),
    ],
)
def test_name_states_its_kinds_by_whole_words(name, kinds):
    assert facts.kinds_in(name) == kinds
    assert facts.names_kind(name) is bool(kinds)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"modality": "CT", "examination_name": "头颅MRI"}, "CT"),  # as registered
        ({"modality": " mr "}, "MRI"),
        ({"modality": "", "examination_name": "头颅MRI", "technique": "CT"}, "MRI"),
        ({"examination_name": "头颅", "technique": "磁共振"}, "MRI"),
        ({}, ""),
    ],
)
def test_kind_is_the_registered_one_else_that_of_name_or_technique(fields, kind):
    assert facts.kind(CheckedReport(**fields)) == kind


@pytest.mark.parametrize(
    ("name", "enhanced", "multiphase", "angiography"),
    [
        ("上腹部CT平扫", False, False, False),
        ("上腹部CT增强", True, False, False),
        ("上腹部CT三期", True, True, False),
        ("头颈CTA", True, False, True),
        ("头颅MRA", False, False, True),
        ("动态MRI", False, False, False),  # without contrast medium
    ],
)
def test_examination_is_enhanced_multiphase_or_of_vessels_by_its_name(
    name, enhanced, multiphase, angiography
):
    report = CheckedReport(examination_name=name)
    assert facts.is_enhanced(report) is enhanced
    assert facts.is_multiphase(report) is multiphase
    assert facts.is_angiography(report) is angiography
