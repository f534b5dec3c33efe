"""Rules of measures: the order of acts, who closes, what is overdue, what no measure speaks against."""

from datetime import date
from types import SimpleNamespace

import pytest

from audits.measures.domain.measures import (
    Act,
    MeasureFacts,
    Person,
    allowed,
    days_late,
    effective_from,
    is_overdue,
    month_due,
    refuse_act,
    refuse_closer,
    refuse_done_on,
    refuse_due_on,
    refuse_effect,
    uncovered,
)
from audits.monthly.domain.figures import Trend

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


@pytest.mark.parametrize(
    ("status", "acts"),
    [
        ("open", {Act.NOTE, Act.DONE, Act.CHANGE, Act.CANCEL}),
        ("done", {Act.NOTE, Act.EFFECT, Act.REOPEN}),
        ("checked", {Act.NOTE, Act.EFFECT, Act.CLOSE, Act.REOPEN}),
        ("closed", {Act.REOPEN}),
        ("cancelled", set()),
    ],
)
def test_acts_allowed_are_exactly_those_not_refused(status, acts):
    assert set(allowed(status)) == acts
    assert {act for act in Act if refuse_act(status, act) is None} == acts


@pytest.mark.parametrize(
    ("status", "act", "sentence"),
    [
        ("open", Act.CLOSE, "关闭之前须先落实措施并核对效果。"),
        ("done", Act.CLOSE, "关闭之前须先落实措施并核对效果。"),
        ("open", Act.EFFECT, "措施尚未落实，不能核对效果；请先标为已落实。"),
        ("open", Act.REOPEN, "这项措施整改中，不能重新整改。"),
        ("closed", Act.EFFECT, "这项措施已关闭，不能核对效果。"),
        ("closed", Act.NOTE, "这项措施已关闭，不能登记落实情况。"),
        ("cancelled", Act.REOPEN, "这项措施已取消，不能重新整改。"),
    ],
)
def test_act_out_of_order_is_refused_with_its_reason(status, act, sentence):
    assert refuse_act(status, act) == sentence


@pytest.mark.parametrize(
    ("owner", "closer", "refused"),
    [
        (Person(1, "1007"), Person(1, "1007"), True),
        (Person(1), Person(1, "1007"), True),
        (Person(None, "1007"), Person(2, "1007"), True),  # a member without an account, the same number
        (Person(None, "1007"), Person(2, "1001"), False),
        (Person(None, ""), Person(2, ""), False),
        (Person(1, ""), Person(2, ""), False),
    ],
)
def test_closer_must_be_another_person(owner, closer, refused):
    assert (refuse_closer(owner, closer) is not None) == refused


FUTURE = "落实日期 {} 在今天之后，请更正。"
EARLY = (
    "落实日期 {} 早于制定日期 2026-09-10，请更正；"
    "措施此前已在纸面制定并落实的，请勾选“补录”，效果自制定日期起核对。"
)


@pytest.mark.parametrize(
    ("done_on", "backfilled", "sentence"),
    [
        (date(2026, 9, 20), False, None),  # today
        (date(2026, 9, 21), False, FUTURE),
        (date(2026, 9, 21), True, FUTURE),
        (date(2026, 9, 10), False, None),  # the day it was set
        (date(2026, 9, 9), False, EARLY),
        (date(2026, 9, 9), True, None),
    ],
)
def test_day_of_carrying_out_lies_between_setting_and_today_unless_backfilled(done_on, backfilled, sentence):
    found = refuse_done_on(done_on, set_on=date(2026, 9, 10), today=date(2026, 9, 20), backfilled=backfilled)
    assert found == (sentence and sentence.format(done_on))


@pytest.mark.parametrize(
    ("done_on", "start"),
    [
        (None, None),
        (date(2026, 9, 9), date(2026, 9, 10)),  # entered afterwards: no earlier than it was set
        (date(2026, 9, 10), date(2026, 9, 10)),
        (date(2026, 9, 11), date(2026, 9, 11)),
    ],
)
def test_effect_counts_from_the_later_of_setting_and_carrying_out(done_on, start):
    assert effective_from(done_on, date(2026, 9, 10)) == start


def test_overdue_begins_the_day_after_and_ends_with_carrying_out():
    due = date(2026, 9, 30)
    assert not is_overdue("open", due, date(2026, 9, 30))
    assert is_overdue("open", due, date(2026, 10, 1))
    assert not is_overdue("done", due, date(2026, 10, 1))


def test_month_is_due_in_the_next_one_and_never_on_a_day_that_is_not():
    assert month_due(date(2026, 12, 1)) == date(2027, 1, 15)
    assert month_due(date(2026, 1, 1), 31) == date(2026, 2, 28)


def facts(month, *clauses, cancelled=False, done=None):
    return MeasureFacts(month, frozenset(clauses), cancelled, done)


@pytest.mark.parametrize(
    ("measures", "missing"),
    [
        ([], ("6.4.2", "6.4.10")),
        ([facts(AUGUST, "6.4.10")], ("6.4.2",)),
        ([facts(AUGUST, "6.4.10", "6.4.2")], ()),
        ([facts(AUGUST, "6.4.2", "6.4.10", cancelled=True)], ("6.4.2", "6.4.10")),
        ([facts(JULY, "6.4.2", "6.4.10")], ()),  # still running
        ([facts(JULY, "6.4.2", "6.4.10", done=date(2026, 8, 3))], ()),
        ([facts(JULY, "6.4.2", "6.4.10", done=AUGUST)], ()),  # the first day of the month is in it
        ([facts(JULY, "6.4.2", "6.4.10", done=date(2026, 7, 31))], ("6.4.2", "6.4.10")),
        ([facts(date(2026, 9, 1), "6.4.2", "6.4.10")], ("6.4.2", "6.4.10")),  # of a later month
    ],
)
def test_uncovered_are_clauses_no_measure_speaks_against(measures, missing):
    assert uncovered(AUGUST, ["6.4.10", "6.4.2", "6.4.2"], measures) == missing


@pytest.mark.parametrize(
    ("due_on", "sentence"),
    [
        (date(2026, 8, 31), "期限应在所查期间（至 2026-08-31）之后，收到 2026-08-31。"),
        (date(2026, 9, 1), "期限应在今天（2026-09-10）之后，收到 2026-09-01；"),
        (date(2026, 9, 10), "期限应在今天（2026-09-10）之后，收到 2026-09-10；"),
        (date(2026, 9, 11), None),
    ],
)
def test_day_a_measure_is_due_lies_after_the_checked_days_and_today(due_on, sentence):
    refused = refuse_due_on(due_on, today=date(2026, 9, 10), last=date(2026, 8, 31))
    assert (refused or "").startswith(sentence or "")
    assert (refused is None) is (sentence is None)


@pytest.mark.parametrize(
    ("trend", "is_shown"), [(Trend.FEWER, True), (Trend.UNCLEAR, False), (Trend.MORE, False)]
)
def test_effective_is_refused_unless_the_interval_shows_fewer_problems(trend, is_shown):
    figures = SimpleNamespace(trend=trend, sentence="4/10降至3/10。")
    refused = refuse_effect("effective", figures)
    assert (refused is None) is is_shown
    assert refused is None or refused.startswith(
        "现有数据不支持“有效”：4/10降至3/10。请选“尚不能判定”或“无效”"
    )
    assert refuse_effect("ineffective", figures) is None


@pytest.mark.parametrize(("closed_on", "days"), [(14, 0), (15, 0), (16, 1), (27, 12)])
def test_month_is_late_by_the_days_after_its_last_day_in_time(closed_on, days):
    assert days_late(date(2026, 8, closed_on), month_due(JULY, 15)) == days
