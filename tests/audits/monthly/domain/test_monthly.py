"""A month's draw: the same for everyone, every modality in it, new patients first; its document verifies."""

import hashlib
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.monthly.domain.monthly import (
    first_of_month,
    last_of_month,
    monthly_document,
    monthly_draw,
    months_back,
    next_month,
    places,
    previous_month,
    verify_monthly_draw,
)
from audits.sampling.domain.document import digest_of
from audits.sampling.domain.frozen_list import list_hash
from audits.sampling.domain.verify import verify_draw
from tests.audits.sampling.domain.draw_kit import entry

SEED = "m1-00112233445566778899aabbccddeeff"
MONTH = date(2026, 9, 1)


def numbers(drawn):
    return [one.accession_number for one in drawn.drawn]


def many(ct=0, dr=0, mri=0, patients=0):
    made = []
    for modality, count in (("CT", ct), ("DR", dr), ("MRI", mri)):
        for n in range(count):
            patient = f"p{n % patients}" if patients else ""
            made.append(entry(f"{modality}{n:03d}", modality=modality, patient=patient))
    return made


listed = st.lists(st.tuples(st.sampled_from(("DR", "CT", "MRI")), st.integers(0, 12)), max_size=40).map(
    lambda rows: [entry(f"A{n:03d}", modality=m, patient=f"p{p}") for n, (m, p) in enumerate(rows)]
)


def test_months_count_over_the_year():
    assert months_back(date(2026, 2, 14), 3) == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert (first_of_month(date(2026, 2, 14)), last_of_month(date(2028, 2, 1))) == (
        date(2026, 2, 1),
        date(2028, 2, 29),
    )
    assert next_month(date(2026, 2, 1)) == date(2026, 3, 1)
    assert (next_month(date(2026, 12, 1)), previous_month(date(2026, 1, 1))) == (
        date(2027, 1, 1),
        date(2025, 12, 1),
    )


@pytest.mark.parametrize(
    ("counts", "size", "expected"),
    [
        ({"ct": 60, "dr": 30, "mri": 10}, 10, {"DR": 3, "CT": 5, "MRI": 2}),
        ({"ct": 98, "dr": 1, "mri": 1}, 10, {"DR": 1, "CT": 8, "MRI": 1}),
        ({"ct": 5}, 10, {"CT": 5}),
        ({"ct": 2, "dr": 2, "mri": 2}, 2, {"DR": 1, "CT": 1}),
        ({"ct": 1, "dr": 1, "mri": 1}, 10, {"DR": 1, "CT": 1, "MRI": 1}),
        ({}, 10, {}),
    ],
)
def test_places_go_to_every_modality_then_in_proportion(counts, size, expected):
    assert places(many(**counts), size) == expected


def test_draw_within_a_modality_takes_the_first_ranked():
    drawn = monthly_draw(many(ct=20), SEED, 3)
    by_hash = sorted(
        (f"CT{n:03d}" for n in range(20)),
        key=lambda number: hashlib.sha256(f"{SEED}:{number}".encode()).hexdigest(),
    )
    assert numbers(drawn) == by_hash[:3]


def test_draw_takes_a_second_report_of_a_patient_only_when_no_other_is_left():
    drawn = monthly_draw(many(ct=12, patients=4), SEED, 6)
    assert sorted(Counter(one.patient_key for one in drawn.drawn).values()) in ([1, 1, 2, 2], [1, 1, 1, 3])
    assert {one.patient_key for one in drawn.drawn} == {"p0", "p1", "p2", "p3"}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"ct": 98, "dr": 1, "mri": 1}, {"DR": 1, "CT": 8, "MRI": 1}),
        ({"ct": 60, "dr": 30, "mri": 10}, {"DR": 3, "CT": 5, "MRI": 2}),
    ],
)
def test_draw_gives_every_modality_its_places(counts, expected):
    drawn = monthly_draw(many(**counts), SEED, 10)
    assert Counter(one.modality for one in drawn.drawn) == expected


@pytest.mark.parametrize("number", range(20))
def test_places_left_go_to_each_new_patient_once_before_any_second_report(number):
    one_patient = [entry(f"CT{n}", modality="CT", patient="p0") for n in range(8)]
    patients = ["p1", "p2", "p3", "p3", "p4"]
    others = [entry(f"DR{n}", modality="DR", patient=patient) for n, patient in enumerate(patients)]
    whole = numbers(monthly_draw(one_patient + others, f"seed-{number}", 5))
    more = numbers(monthly_draw(one_patient + others, f"seed-{number}", 8))
    by_number = {one.accession_number: one.patient_key for one in one_patient + others}
    assert sorted(by_number[one] for one in whole) == ["p0", "p1", "p2", "p3", "p4"]
    assert len(more) == len(set(more)) == 8


def test_draw_of_the_most_reports_is_allowed_and_of_ten_is_usual():
    assert len(monthly_draw(many(ct=120), SEED, 100).drawn) == 100
    assert len(monthly_draw(many(ct=20), SEED).drawn) == 10


def test_draw_without_a_seed_is_refused():
    with pytest.raises(ValueError, match="随机种子不得为空"):
        monthly_draw(many(ct=3), " ", 3)


def test_draw_larger_than_the_list_takes_all_of_it():
    assert sorted(numbers(monthly_draw(many(ct=3, dr=2), SEED, 10))) == [
        "CT000",
        "CT001",
        "CT002",
        "DR000",
        "DR001",
    ]


@pytest.mark.parametrize("size", [0, 101, -1, True])
def test_draw_of_an_unfit_size_is_refused(size):
    with pytest.raises(ValueError, match="抽查份数应为1至100"):
        monthly_draw(many(ct=3), SEED, size)


@given(listed, st.integers(1, 15))
def test_draw_is_a_sample_whatever_the_order_of_the_list(entries, size):
    drawn = monthly_draw(entries, SEED, size)
    assert drawn == monthly_draw(list(reversed(entries)), SEED, size)
    found = numbers(drawn)
    assert len(found) == len(set(found)) == min(size, len(entries))
    assert set(drawn.drawn) <= set(entries)
    # A patient comes twice only where the whole list has no other patient left.
    patients = {one.patient_key for one in drawn.drawn}
    if len(patients) < len(found):
        assert patients == {one.patient_key for one in entries}


@given(listed, st.integers(1, 15))
def test_places_never_ask_for_more_than_there_is(entries, size):
    given_places = places(entries, size)
    there = Counter(one.modality for one in entries)
    assert all(1 <= count <= there[modality] for modality, count in given_places.items())
    assert sum(given_places.values()) == min(size, len(entries))


def document(**changes):
    made = monthly_document(monthly_draw(many(ct=20, dr=9, mri=4), SEED, 10), MONTH) | changes
    if changes and "digest" not in changes:
        made["digest"] = digest_of(made)
    return made


def test_document_names_month_list_and_hash():
    made = document()
    assert (made["schema"], made["month"], made["size"]) == ("qcportal.monthly_draw", "2026-09", 10)
    assert made["list_sha256"] == list_hash(many(ct=20, dr=9, mri=4))
    assert digest_of(made) == made["digest"]


def test_document_as_made_verifies():
    found = verify_monthly_draw(document())
    assert (found.ok, found.problems) == (True, ())
    assert dict(found.facts)["月份"] == "2026-09"


def swapped():
    made = document()["drawn"]
    return [made[1], made[0], *made[2:]]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seed": "another-seed"}, "按种子重抽应抽中"),
        ({"drawn": swapped()}, "抽中次序不同"),
        ({"drawn": []}, "按种子重抽应抽中"),
        ({"digest": "0" * 64}, "文件校验值不符"),
        ({"month": "2026-13"}, "月份应写作四位年、两位月"),
        ({"month": None}, "月份应写作四位年、两位月"),
        ({"size": 0}, "抽样份数应为不小于1的整数"),
        ({"size": 1000}, "抽查份数应为1至100"),
        ({"seed": "\t"}, "随机种子不得为空"),
        ({"schema": "qcportal.draw"}, "不是月度抽样文件"),
        ({"version": 2}, "版本应为1"),
        ({"extra": 1}, "不应有的项：“extra”"),
        ({"replacements": []}, "不应有的项：更换记录"),
        ({"list": "x"}, "名单应逐行列出"),
    ],
)
def test_document_changed_is_refused(changes, sentence):
    found = verify_monthly_draw(document(**changes))
    assert not found.ok
    assert sentence in "".join(found.problems)


@pytest.mark.parametrize("given_json", [None, [], 3, "x", {}, {"schema": "qcportal.draw"}])
def test_document_of_another_kind_is_refused_without_an_error(given_json):
    assert not verify_monthly_draw(given_json).ok


def test_document_of_a_month_is_none_of_a_quarter():
    assert not verify_draw(document()).ok
