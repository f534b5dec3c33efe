"""Figures of months: by report, by clause, and honest about few reports."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.monthly.domain.figures import (
    ClauseCount,
    MonthFacts,
    Share,
    Trend,
    clause_counts,
    clause_key,
    compare,
    effect_of,
    pooled,
)

NOTHING = frozenset()
GRADE, REFERENCE = "6.4.3.3", "6.4.3.2"
JUNE, JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (6, 7, 8, 9))


def month(day, *cases):
    return MonthFacts(day, tuple(frozenset(case) for case in cases))


def test_clause_counts_count_a_report_once_and_entries_all():
    assert clause_counts([[GRADE, GRADE, REFERENCE], [GRADE], [], [REFERENCE, "6.4.3.10"]]) == (
        ClauseCount(GRADE, 3, 2),
        ClauseCount(REFERENCE, 2, 2),
        ClauseCount("6.4.3.10", 1, 1),
    )


def test_clause_counts_of_nothing_found_are_empty():
    assert clause_counts([[], []]) == ()


def test_clause_key_orders_numbers_as_numbers():
    given_numbers = ["6.4.10", "6.4.2", "B-1.2", "6.4.1.2 d)", "A-06", "6.4"]
    assert sorted(given_numbers, key=clause_key) == ["6.4", "6.4.1.2 d)", "6.4.2", "6.4.10", "A-06", "B-1.2"]


def test_share_without_a_report_is_no_data_not_zero():
    assert (Share(0, 0).text, Share(0, 0).interval, Share(0, 0).interval_text) == ("无数据", None, "")
    assert (Share(3, 10).text, Share(3, 10).interval_text) == ("3/10（30.0%）", "11%–60%")


def test_month_counts_reports_with_any_of_the_clauses():
    facts = month(JULY, [GRADE, REFERENCE], [REFERENCE], [])
    assert facts.share({GRADE, REFERENCE}) == Share(2, 3)
    assert facts.share({GRADE}) == Share(1, 3)
    assert facts.share({"6.5.1"}) == Share(0, 3)
    assert facts.faulty == Share(2, 3)


@pytest.mark.parametrize(
    ("before", "after", "trend"),
    [
        ((3, 10), (1, 10), Trend.UNCLEAR),  # looks like a third, tells nothing
        ((30, 100), (10, 100), Trend.FEWER),
        ((10, 100), (30, 100), Trend.MORE),
        ((8, 10), (0, 10), Trend.FEWER),
        ((0, 0), (1, 10), Trend.NO_DATA),
        ((1, 10), (0, 0), Trend.NO_DATA),
        ((0, 10), (0, 10), Trend.UNCLEAR),
    ],
)
def test_compare_claims_a_change_only_beyond_chance(before, after, trend):
    assert compare(Share(*before), Share(*after)).trend is trend


def test_compare_gives_newcombes_interval():
    """Newcombe 1998, example (h) of method 10: 56/70 − 48/80 is 0.0524 to 0.3339."""
    difference = compare(Share(48, 80), Share(56, 70)).difference
    assert (round(difference.low, 4), round(difference.high, 4)) == (0.0524, 0.3339)


def test_compare_says_what_it_rests_on():
    assert compare(Share(3, 10), Share(1, 10)).sentence == (
        "由 3/10（30.0%） 到 1/10（10.0%）；差值的95%区间 -51 至 +16 个百分点：样本小，尚不能说明变化。"
    )
    assert compare(Share(0, 0), Share(1, 10)).sentence == "此前没有已完成的月度质控，无从比较。"
    assert compare(Share(1, 10), Share(0, 0)).sentence == "此后没有已完成的月度质控，无从比较。"


def test_compare_says_points_of_a_hundred():
    assert compare(Share(0, 400), Share(400, 400)).sentence == (
        "由 0/400（0.0%） 到 400/400（100.0%）；差值的95%区间 +99 至 +100 个百分点：增加。"
    )


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_compare_is_the_mirror_of_its_reverse(a, b, c, d):
    before, after = Share(min(a, b), max(a, b)), Share(min(c, d), max(c, d))
    mirror = {Trend.FEWER: Trend.MORE, Trend.MORE: Trend.FEWER}
    there, back = compare(before, after), compare(after, before)
    assert back.trend is mirror.get(there.trend, there.trend)
    if there.difference is not None:
        assert there.difference.low == pytest.approx(-back.difference.high)
        assert -1 <= there.difference.low <= there.difference.high <= 1


def test_pooled_adds_months_up():
    assert pooled([Share(1, 10), Share(2, 12)]) == Share(3, 22)
    assert pooled([]) == Share(0, 0)


FINISHED = [
    month(SEPTEMBER, [GRADE], []),
    month(JUNE, [GRADE], [GRADE]),
    month(AUGUST, [], []),
    month(JULY, [GRADE], []),
]


def test_effect_is_the_months_before_against_the_months_after():
    effect = effect_of({GRADE}, FINISHED, first=JUNE, last=JUNE, done_on=date(2026, 7, 9))
    assert effect.before_months == ((JUNE, Share(2, 2)),)
    assert effect.after_months == ((JULY, Share(1, 2)), (AUGUST, Share(0, 2)), (SEPTEMBER, Share(1, 2)))
    assert effect.comparison.after == Share(2, 6)


def test_effect_leaves_out_months_before_the_measure_was_carried_out():
    effect = effect_of({GRADE}, FINISHED, first=JUNE, last=JUNE, done_on=date(2026, 8, 20))
    assert [day for day, _ in effect.after_months] == [AUGUST, SEPTEMBER]


def test_effect_of_a_quarter_pools_its_months():
    effect = effect_of({GRADE}, FINISHED, first=date(2026, 5, 1), last=JULY, done_on=None)
    assert effect.before_months == ((JUNE, Share(2, 2)), (JULY, Share(1, 2)))
    assert [day for day, _ in effect.after_months] == [AUGUST, SEPTEMBER]


def test_effect_without_a_later_month_has_no_data():
    effect = effect_of({GRADE}, FINISHED, first=SEPTEMBER, last=SEPTEMBER, done_on=date(2026, 10, 8))
    assert (effect.after_months, effect.has_after) == ((), False)
    assert effect.comparison.trend is Trend.NO_DATA
