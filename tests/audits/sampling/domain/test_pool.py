"""Who is eligible, and who is not and why (DOMAIN 2)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.sampling.domain.frozen_list import Entry
from audits.sampling.domain.pool import Candidate, OutcomeFact, Reason, build_pool
from audits.sampling.domain.window import quarter_window

WINDOW = quarter_window(2025, 2)
CUT_OFF = date(2025, 7, 31)
GOOD = OutcomeFact("surgical_pathology", date(2025, 5, 20), True, True)
CLEAN = Candidate(
    accession_number="A1",
    patient_key="p1",
    modality="CT",
    system="nervous",
    reported_on=date(2025, 5, 10),
    examined_on=date(2025, 5, 9),
    is_final=True,
    is_signed=True,
    reporting_physician="d1",
    outcomes=(GOOD,),
)


def pool(*candidates):
    return build_pool(candidates, WINDOW, CUT_OFF)


def reasons(candidate) -> tuple[Reason, ...]:
    """Why one candidate is not eligible; () when it is."""
    found = pool(candidate).ledger.exclusions
    return found[0].reasons if found else ()


def test_build_pool_clean_candidate_is_an_entry():
    found = pool(CLEAN)
    assert found.entries == (Entry("A1", "nervous", "CT", "p1", "d1"),)
    assert (found.ledger.total, found.ledger.eligible, found.ledger.exclusions, found.notes) == (1, 1, (), ())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reported_on": None}, Reason.NO_REPORT_TIME),
        ({"reported_on": date(2025, 3, 31), "examined_on": date(2025, 3, 30)}, Reason.OUTSIDE_WINDOW),
        ({"reported_on": date(2025, 7, 1)}, Reason.OUTSIDE_WINDOW),
        ({"modality": "US"}, Reason.OTHER_MODALITY),
        ({"is_final": False}, Reason.NOT_FINAL),
        ({"is_signed": False}, Reason.NOT_SIGNED),
        ({"outcomes": ()}, Reason.NO_OUTCOME),
        ({"outcomes": (replace(GOOD, confirmed=False),)}, Reason.OUTCOME_UNCONFIRMED),
        ({"outcomes": (replace(GOOD, observed_on=date(2025, 5, 8)),)}, Reason.OUTCOME_BEFORE_EXAMINATION),
        ({"outcomes": (replace(GOOD, observed_on=date(2025, 8, 1)),)}, Reason.OUTCOME_AFTER_CUT_OFF),
        ({"outcomes": (replace(GOOD, has_text=False),)}, Reason.OUTCOME_EMPTY),
    ],
)
def test_build_pool_one_fault_is_the_one_reason(changes, reason):
    assert reasons(replace(CLEAN, **changes)) == (reason,)


@pytest.mark.parametrize(
    "changes",
    [
        {"reported_on": date(2025, 4, 1), "examined_on": date(2025, 3, 31)},
        {"reported_on": date(2025, 6, 30)},
        {"outcomes": (replace(GOOD, observed_on=date(2025, 5, 9)),)},
        {"outcomes": (replace(GOOD, observed_on=CUT_OFF),)},
        {"outcomes": (replace(GOOD, confirmed=False), GOOD)},
        {"outcomes": (replace(GOOD, kind="clinical_follow_up"),)},
        {"modality": "DR"},
        {"modality": "MRI"},
    ],
)
def test_build_pool_boundary_is_eligible(changes):
    assert reasons(replace(CLEAN, **changes)) == ()


def test_build_pool_several_faults_come_in_the_order_of_the_funnel():
    bad = replace(CLEAN, modality="US", is_signed=False, reported_on=date(2025, 9, 1), outcomes=())
    assert reasons(bad) == (
        Reason.OUTSIDE_WINDOW,
        Reason.OTHER_MODALITY,
        Reason.NOT_SIGNED,
        Reason.NO_OUTCOME,
    )


def test_build_pool_same_examination_last_report_stands():
    first = replace(CLEAN, examination_key="e")
    last = replace(first, accession_number="A2", reported_on=date(2025, 5, 12))
    found = pool(first, last)
    assert [entry.accession_number for entry in found.entries] == ["A2"]
    assert [(row.accession_number, row.reason) for row in found.ledger.exclusions] == [
        ("A1", Reason.SAME_EXAMINATION)
    ]


def test_build_pool_unknown_patients_stand_each_for_itself_and_are_noted():
    found = pool(replace(CLEAN, patient_key=""), replace(CLEAN, accession_number="A2", patient_key=""))
    assert [entry.patient_key for entry in found.entries] == ["?A1", "?A2"]
    assert found.notes == (("A1", "无受检者标识，按单独一人计"), ("A2", "无受检者标识，按单独一人计"))


def test_build_pool_long_interval_is_noted_not_excluded():
    late = replace(CLEAN, reported_on=date(2025, 4, 2), examined_on=date(2025, 4, 1))
    late = replace(late, outcomes=(replace(GOOD, observed_on=date(2025, 7, 1)),))
    assert pool(late).notes == (("A1", "结局距检查超过90天，病情可能已进展"),)
    assert pool(replace(late, examined_on=date(2025, 4, 2))).notes == ()


def test_build_pool_unknown_system_fills_other():
    assert pool(replace(CLEAN, system="")).entries[0].system == "other"


@pytest.mark.parametrize(
    ("changes", "sentence"), [({"accession_number": ""}, "缺少检查号"), ({"system": "skin"}, "不在已知系统")]
)
def test_build_pool_fault_of_the_caller_is_refused(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        pool(replace(CLEAN, **changes))


candidates = st.builds(
    Candidate,
    accession_number=st.sampled_from([f"N{n}" for n in range(12)]),
    patient_key=st.sampled_from(["", "p1", "p2", "p3"]),
    modality=st.sampled_from(["DR", "CT", "MRI", "US", ""]),
    system=st.sampled_from(["", "nervous", "skeletal", "other"]),
    reported_on=st.one_of(st.none(), st.dates(date(2025, 3, 25), date(2025, 7, 5))),
    examined_on=st.one_of(st.none(), st.dates(date(2025, 3, 25), date(2025, 7, 5))),
    is_final=st.booleans(),
    is_signed=st.booleans(),
    reporting_physician=st.sampled_from(["", "d1", "d2"]),
    outcomes=st.lists(
        st.builds(
            OutcomeFact,
            kind=st.just("biopsy"),
            observed_on=st.dates(date(2025, 3, 25), date(2025, 8, 5)),
            has_text=st.booleans(),
            confirmed=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    examination_key=st.sampled_from(["", "e1", "e2"]),
)


@given(st.lists(candidates, max_size=25), st.randoms(use_true_random=False))
def test_build_pool_nothing_vanishes_and_input_order_does_not_matter(rows, chance):
    found = pool(*rows)
    assert found.ledger.total == len(rows) == len(found.entries) + len(found.ledger.exclusions)
    assert found.ledger.eligible == len(found.entries)
    assert all(row.reasons for row in found.ledger.exclusions)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert pool(*shuffled) == found
