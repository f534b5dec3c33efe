"""申诉: the limit, who may decide, and what an upheld one makes of a ruling."""

from datetime import date

import pytest

from audits.appeals.domain.appeals import (
    Decider,
    change_text,
    is_overdue,
    last_day,
    refuse_decider,
    refuse_late,
    ruling_label,
    ruling_problems,
)
from audits.judging.domain.appeals import Subject, after_ruling, after_strike
from audits.judging.domain.concordance import (
    Characterisation,
    ConcordanceRuling,
    ErrorKind,
    Judgement,
    Localisation,
)
from audits.judging.domain.rulings import ConcordanceSettlement, DescriptionSettlement, SettlementState
from audits.sampling.domain.judges import CasePeople

SHOWN = date(2026, 10, 1)
PEOPLE = (CasePeople(reporting="书写甲", reviewing="审核乙"),)
SETTLED = ConcordanceSettlement(
    SettlementState.SETTLED, Judgement.DISCORDANT, (ErrorKind.MISSED, ErrorKind.MISDIAGNOSED)
)


def ruling(judgement=Judgement.CONCORDANT, error_kind=ErrorKind.NONE, **more):
    values = {
        "localisation": Localisation.CORRECT,
        "characterisation": Characterisation.FIRST_CHOICE,
        "reason": "一致。",
    } | more
    return ConcordanceRuling(judgement=judgement, error_kind=error_kind, **values)


def test_last_day_counts_from_the_day_it_became_visible():
    assert last_day(SHOWN, 15) == date(2026, 10, 16)


@pytest.mark.parametrize(
    ("today", "refusal"),
    [
        (date(2026, 10, 1), None),
        (date(2026, 10, 16), None),
        (date(2026, 10, 17), "申诉期限为结果公布（2026-10-01）后15天，已于 2026-10-16 截止。"),
    ],
)
def test_refuse_late_the_last_day_is_in_time(today, refusal):
    assert refuse_late(SHOWN, today, 15) == refusal


@pytest.mark.parametrize(
    ("state", "today", "late"),
    [
        ("open", date(2026, 10, 2), True),
        ("assigned", date(2026, 10, 2), True),
        ("assigned", date(2026, 10, 1), False),
        ("upheld", date(2026, 10, 2), False),
        ("withdrawn", date(2026, 10, 2), False),
    ],
)
def test_is_overdue_only_while_it_waits_and_after_the_day(state, today, late):
    assert is_overdue(state, date(2026, 10, 1), today) is late


@pytest.mark.parametrize(
    ("decider", "refusal"),
    [
        (Decider(9, ("评二",)), None),
        (Decider(1, ("评二",)), "申诉人不能复核自己的申诉。"),
        (Decider(2, ("评二",)), "复核人不能是原评审人：申诉由未参与这一例评定的评审医师复核。"),
        (
            Decider(9, ("审核乙",)),
            "复核人书写、审核、签发、修改或操作过这份报告（或账号没有登记姓名），不能复核。",
        ),
        (
            Decider(9, ()),
            "复核人书写、审核、签发、修改或操作过这份报告（或账号没有登记姓名），不能复核。",
        ),
    ],
)
def test_refuse_decider(decider, refusal):
    assert refuse_decider(decider, appellant=1, judges={2, 3}, people=PEOPLE) == refusal


@pytest.mark.parametrize(("faulty", "left", "then"), [(True, 0, False), (True, 1, True), (False, 0, False)])
def test_after_strike_nothing_left_is_conforming(faulty, left, then):
    settled = DescriptionSettlement(SettlementState.SETTLED, faulty)
    assert after_strike(settled, left) == DescriptionSettlement(SettlementState.SETTLED, then)


def test_after_strike_an_open_description_stays_open():
    settled = DescriptionSettlement(SettlementState.OPEN, None)
    assert after_strike(settled, 0) == settled


def test_after_ruling_the_appeal_has_the_last_word_on_a_settled_judgement():
    assert after_ruling(SETTLED, ruling()) == ConcordanceSettlement(
        SettlementState.SETTLED, Judgement.CONCORDANT, ()
    )
    missed = ruling(Judgement.DISCORDANT, ErrorKind.MISSED, characterisation=Characterisation.NOT_GIVEN)
    assert after_ruling(SETTLED, missed).error_kinds == (ErrorKind.MISSED,)
    open_one = ConcordanceSettlement(SettlementState.OPEN, None)
    assert [after_ruling(open_one, ruling()), after_ruling(SETTLED, None)] == [open_one, SETTLED]


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        (ruling(), ()),
        (
            ruling(Judgement.UNDECIDABLE),
            ("无法判定的病例由质控员更换，不在申诉中改判；请写明理由，判为“申诉不成立”。",),
        ),
        (
            ruling(characterisation=Characterisation.LISTED),
            ("“结局列为第二或第三诊断”应判为“基本符合”，不是“符合”。",),
        ),
    ],
)
def test_ruling_problems(given, problems):
    assert ruling_problems(given, SETTLED) == problems


def test_ruling_problems_the_same_again_changes_nothing():
    settled = ConcordanceSettlement(SettlementState.SETTLED, Judgement.DISCORDANT, (ErrorKind.MISSED,))
    again = ruling(Judgement.DISCORDANT, ErrorKind.MISSED)
    assert ruling_problems(again, settled) == ("改判与原判定相同；维持原判定请选“申诉不成立”。",)


@pytest.mark.parametrize(
    ("subject", "before", "after", "words"),
    [
        (Subject.DESCRIPTION, "nonconforming", "conforming", "不规范 → 规范"),
        (Subject.MONTHLY, "nonconforming", "conforming", "有问题 → 未见问题"),
        (Subject.CONCLUSION, "discordant", "partly", "不符合 → 基本符合"),
        (Subject.FINDING, "confirmed", "dismissed", "已确认 → 已驳回"),
        (Subject.DESCRIPTION, "nonconforming", "nonconforming", "部分更正，仍为“不规范”"),
    ],
)
def test_change_words(subject, before, after, words):
    assert change_text(subject, before, after) == words


@pytest.mark.parametrize(
    ("subject", "code", "word"),
    [
        (Subject.DESCRIPTION, "nonconforming", "不规范"),
        (Subject.MONTHLY, "nonconforming", "有问题"),
        (Subject.CONCLUSION, "discordant", "不符合"),
        (Subject.FINDING, "dismissed", "已驳回"),
    ],
)
def test_ruling_word_is_the_code_in_words_alone(subject, code, word):
    assert ruling_label(subject, code) == word
