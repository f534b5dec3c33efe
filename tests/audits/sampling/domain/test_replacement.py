"""更换: the rules choose the successor, never a person (DOMAIN 2, step 6)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.sampling.domain.draw import draw
from audits.sampling.domain.replacement import (
    ReplacementRefusedError,
    Sample,
    Source,
    replacement_for,
    with_replacement,
)
from tests.audits.sampling.domain.draw_kit import entry, even_list

SAMPLE = Sample(draw(even_list(4), "seed"))


def first(sample: Sample) -> str:
    return sample.current[0].accession_number


def test_replacement_for_next_reserve_of_the_same_system():
    leaving = SAMPLE.current[0]
    step = replacement_for(SAMPLE, leaving.accession_number, " 影像不可读 ")
    assert (step.added, step.reason, step.source) == (
        SAMPLE.draw.reserve_of(leaving.system)[0].accession_number,
        "影像不可读",
        Source.SAME_SYSTEM,
    )


def test_replacement_for_system_used_up_takes_the_fill_order():
    sample = SAMPLE
    for _ in range(2):
        sample = with_replacement(sample, first(sample), "不合适")
    step = replacement_for(sample, first(sample), "不合适")
    assert step.source is Source.FILL_ORDER
    used = {one.added for one in sample.replacements}
    free = [e.accession_number for e in SAMPLE.draw.reserve if e.accession_number not in used]
    assert step.added == free[0]


def test_replacement_for_no_reserve_leaves_the_place_empty():
    sample = with_replacement(Sample(draw(even_list(2), "seed")), "ner00", "不合适")
    assert sample.replacements[0].source is Source.NONE
    assert (len(sample.current), len(sample.places), sample.places.count(None)) == (9, 10, 1)


def test_replacement_for_keeps_its_place_number():
    sample = with_replacement(SAMPLE, SAMPLE.current[4].accession_number, "不合适")
    assert [a == b for a, b in zip(sample.places, SAMPLE.places, strict=True)] == [True] * 4 + [False] + [
        True
    ] * 5


def test_replacement_for_never_a_second_report_of_a_patient():
    rows = [*even_list(2), entry("twin", "nervous", patient="p-ner01"), entry("free", "nervous")]
    for seed in map(str, range(30)):
        sample = Sample(draw(rows, seed))
        for row in sample.current:
            step = replacement_for(sample, row.accession_number, "不合适")
            held = {e.patient_key for e in sample.current if e is not row}
            added = next((e for e in rows if e.accession_number == step.added), None)
            assert added is None or added.patient_key not in held


@pytest.mark.parametrize(
    ("number", "reason", "judged", "sentence"),
    [
        ("NONE", "不合适", frozenset(), "不在当前抽样之中"),
        (first(SAMPLE), "  ", frozenset(), "须写明理由"),
        (first(SAMPLE), "不合适", frozenset({first(SAMPLE)}), "已评定，不能再更换"),
    ],
)
def test_replacement_for_unfit_request_is_refused(number, reason, judged, sentence):
    with pytest.raises(ReplacementRefusedError, match=sentence):
        replacement_for(Sample(SAMPLE.draw, (), judged), number, reason)


def test_replacement_for_report_that_left_is_refused():
    number = first(SAMPLE)
    with pytest.raises(ReplacementRefusedError, match="不在当前抽样之中"):
        replacement_for(with_replacement(SAMPLE, number, "不合适"), number, "再换")


@settings(max_examples=50)
@given(st.lists(st.integers(0, 9), max_size=12), st.text("ab1", min_size=1, max_size=4))
def test_with_replacement_any_order_never_repeats_a_report_or_patient(places, seed):
    sample = Sample(draw(even_list(3), seed))
    seen = {row.accession_number for row in sample.current}
    for place in places:
        row = sample.places[place]
        if row is None:
            continue
        sample = with_replacement(sample, row.accession_number, "不合适")
        added = sample.replacements[-1].added
        assert added is None or added not in seen
        seen.add(added)
    patients = [row.patient_key for row in sample.current]
    assert len(set(patients)) == len(patients)
