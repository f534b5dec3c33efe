"""Outcomes find their report exactly as the key says; what is doubtful waits for a person."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.intake.outcomes import read_outcomes
from reports.intake.reports import read_reports
from reports.intake.values import IncomingOutcome
from reports.outcomes.domain.matching import Candidate, Match, match_outcome
from tests.paths import DATA

RIS = DATA / "ris"
EXAM = date(2025, 7, 9)
REPORT = Candidate("A1", "P1", "张三", EXAM, EXAM)
OTHER = Candidate("A2", "P1", "张三", date(2025, 8, 1), date(2025, 8, 1))
NOBODY = Candidate("无", "000", "张三", EXAM, EXAM)
SAME_DAY = Candidate("A3", "P1", "张三", EXAM, EXAM)


def outcome(**fields):
    given = {"row": 2, "kind": "biopsy", "observed_on": date(2025, 9, 1), "text": "腺癌。"}
    return IncomingOutcome(**(given | fields))


def found(incoming, *candidates):
    match = match_outcome(incoming, candidates)
    return match.status, match.accession_number, match.candidates


def test_outcomes_of_the_shared_register_match_as_their_key_says():
    reports = read_reports((RIS / "clean.xlsx").read_bytes(), "clean.xlsx").reports
    known = [
        Candidate(
            r.accession_number, r.patient_id, r.patient_name, r.examined_at.date(), r.reported_at.date()
        )
        for r in reports
    ]
    keys = [
        json.loads(line) for line in (RIS / "outcomes_key.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    read = {o.row - 1: o for o in read_outcomes((RIS / "outcomes.csv").read_bytes(), "outcomes.csv").outcomes}
    for key in keys:
        if key["row"] not in read:
            assert key["match"] in ("refused_no_text", "refused_invalid_date")
            continue
        status, number, candidates = found(read[key["row"]], *known)
        assert (key["row"], status, number) == (key["row"], key["match"], key.get("accession"))
        if "candidates" in key:
            assert sorted(candidates) == sorted(key["candidates"])


@pytest.mark.parametrize(
    ("incoming", "candidates", "expected"),
    [
        (outcome(accession_number="A1"), [REPORT], ("accession", "A1", ("A1",))),
        (
            outcome(accession_number="A1", patient_id="P1", examined_on=EXAM),
            [REPORT, OTHER],
            ("accession", "A1", ("A1",)),
        ),
        (outcome(accession_number="A1", patient_id="P9"), [REPORT], ("conflict_patient", "A1", ("A1",))),
        (outcome(accession_number="A1", patient_name="李四"), [REPORT], ("conflict_patient", "A1", ("A1",))),
        (
            outcome(accession_number="A1", patient_id="P1", patient_name="李四"),
            [REPORT],
            ("conflict_patient", "A1", ("A1",)),
        ),
        (outcome(accession_number="A1", patient_name="张*"), [REPORT], ("accession", "A1", ("A1",))),
        (outcome(accession_number="无", patient_id="000"), [NOBODY], ("unmatched", None, ())),
        (
            outcome(accession_number="A1", examined_on=date(2025, 7, 8)),
            [REPORT],
            ("conflict_date", "A1", ("A1",)),
        ),
        (
            outcome(accession_number="A1", observed_on=date(2025, 7, 8)),
            [REPORT],
            ("refused_before_exam", "A1", ("A1",)),
        ),
        (outcome(accession_number="A1", observed_on=EXAM), [REPORT], ("accession", "A1", ("A1",))),
        (
            outcome(accession_number="A9", patient_id="P1", examined_on=EXAM),
            [REPORT],
            ("conflict_accession", None, ("A1",)),
        ),
        (outcome(accession_number="A9"), [], ("unmatched", None, ())),
        (outcome(patient_id="P1", examined_on=EXAM), [REPORT, OTHER], ("patient_and_date", "A1", ("A1",))),
        (outcome(patient_id="P1", examined_on=EXAM), [REPORT, SAME_DAY], ("ambiguous", None, ("A1", "A3"))),
        (outcome(patient_id="P1", examined_on=date(2025, 7, 10)), [REPORT], ("conflict_date", None, ("A1",))),
        (
            outcome(patient_id="P1", examined_on=EXAM, observed_on=date(2025, 7, 1)),
            [REPORT],
            ("refused_before_exam", "A1", ("A1",)),
        ),
        (
            outcome(patient_id="P1", patient_name="李四", examined_on=EXAM),
            [REPORT],
            ("conflict_patient", None, ("A1",)),
        ),
        (outcome(patient_id="P1"), [REPORT], ("patient_only_unique", "A1", ("A1",))),
        (outcome(patient_id="P1"), [REPORT, OTHER], ("ambiguous", None, ("A1", "A2"))),
        (
            outcome(patient_id="P1", observed_on=date(2025, 7, 20)),
            [REPORT, OTHER],
            ("ambiguous", None, ("A1",)),
        ),
        (
            outcome(patient_id="P1", observed_on=date(2025, 7, 1)),
            [REPORT],
            ("refused_before_exam", "A1", ("A1",)),
        ),
        (
            outcome(patient_id="P1", observed_on=date(2025, 7, 1)),
            [OTHER, REPORT],
            ("refused_before_exam", "A1", ("A1",)),
        ),
        (outcome(patient_id="P9"), [], ("unmatched", None, ())),
        (outcome(patient_name="张三"), [], ("unmatched", None, ())),
    ],
)
def test_outcome_matches_by_number_or_by_patient_and_day_only(incoming, candidates, expected):
    assert found(incoming, *candidates) == expected


def test_every_doubtful_answer_says_why():
    for incoming in (outcome(accession_number="A9"), outcome(patient_id="P1"), outcome()):
        assert match_outcome(incoming, [REPORT, OTHER]).reason.endswith("。")
    assert match_outcome(outcome(accession_number="A1"), [REPORT]) == Match("accession", "A1", ("A1",))


@pytest.mark.parametrize(
    ("incoming", "reason"),
    [
        (outcome(), "没有检查号和受检者ID，仅凭姓名不能确定是哪一份报告，请人工指定。"),
        (
            outcome(patient_id="P9"),
            "没有受检者ID“P9”的报告，请核对，或先导入该次检查的报告。",
        ),
        (
            outcome(accession_number="A9"),
            "没有检查号为“A9”的报告，请核对检查号，或先导入该报告。",
        ),
    ],
)
def test_unmatched_outcome_says_which_number_is_missing(incoming, reason):
    assert match_outcome(incoming, [REPORT]) == Match("unmatched", reason=reason)


def test_candidates_are_named_by_day_then_number_those_without_a_day_first():
    undated, late, early = (
        Candidate(number, "P1", "张三", day, day)
        for number, day in (("A9", None), ("A1", date(2025, 8, 1)), ("A5", EXAM))
    )
    assert found(outcome(patient_id="P1"), late, early, undated) == ("ambiguous", None, ("A9", "A5", "A1"))


@given(
    st.permutations([REPORT, OTHER, SAME_DAY]), st.sampled_from(["P1", None]), st.sampled_from([EXAM, None])
)
def test_order_of_the_candidates_changes_nothing(order, patient, day):
    incoming = outcome(patient_id=patient, examined_on=day)
    assert match_outcome(incoming, order) == match_outcome(incoming, [REPORT, OTHER, SAME_DAY])


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(["A1", None]), st.sampled_from([EXAM, None])
)
def test_an_outcome_before_the_examination_is_never_matched(observed, number, day):
    incoming = replace(
        outcome(patient_id="P1"), observed_on=observed, accession_number=number, examined_on=day
    )
    match = match_outcome(incoming, [REPORT])
    if observed < EXAM:
        assert match.status == "refused_before_exam"
    else:
        assert match.status in ("accession", "patient_and_date", "patient_only_unique")
