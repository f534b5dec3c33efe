"""随访: cues in texts, and when a record is complete, running or incomplete."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.follow_up.domain.follow_up import (
    Facts,
    Found,
    State,
    Tally,
    cues_in,
    follow_up_status,
    note_problems,
    tally,
)
from audits.follow_up.rules import FILE, follow_up_rules, parse_rules
from audits.judging.domain.concordance import ErrorKind, Judgement

RULES = follow_up_rules()
EXAMINED = date(2026, 1, 5)
WHOLE = Facts(EXAMINED, date(2026, 1, 20), date(2026, 1, 22), date(2026, 1, 22), date(2026, 1, 23))
TEXT = FILE.read_text(encoding="utf-8")


def codes(**texts):
    return [found.code for found in cues_in(texts, RULES)]


def test_record_with_every_part_is_complete():
    found = follow_up_status(WHOLE, RULES, date(2030, 1, 1))
    assert (found.state, found.sentences, found.brief, found.next_part) == (State.COMPLETE, (), "", None)


@pytest.mark.parametrize(
    ("lacking", "last_day"),
    [
        ("outcome_on", EXAMINED + timedelta(90)),
        ("judgement_on", date(2026, 2, 3)),
        ("feedback_on", date(2026, 2, 5)),
        ("receipt_on", date(2026, 2, 5)),
    ],
)
def test_record_lacking_a_part_is_running_on_its_last_day_and_incomplete_after_it(lacking, last_day):
    facts = Facts(**{**vars(WHOLE), lacking: None})
    assert follow_up_status(facts, RULES, last_day).state is State.RUNNING
    assert follow_up_status(facts, RULES, last_day + timedelta(1)).state is State.INCOMPLETE


def test_record_says_what_is_missing_and_by_when():
    found = follow_up_status(Facts(EXAMINED), RULES, date(2026, 4, 6))
    assert found.sentences == (
        "还没有手术或随访结局（期限 2026-04-05，已逾期）。",
        "还没有对照结局作出符合性评价。",
        "还没有反馈给报告医师。",
        "报告医师还没有签收反馈。",
    )
    assert found.brief == "还没有手术或随访结局（期限 2026-04-05，已逾期）。其后缺：符合性评价、反馈、签收。"
    assert (found.due_on, found.next_part.code) == (date(2026, 4, 5), "outcome")


def test_record_without_any_day_is_running_and_never_overdue():
    found = follow_up_status(Facts(None), RULES, date(2099, 1, 1))
    assert (found.state, found.due_on) == (State.RUNNING, None)


@given(st.lists(st.booleans(), min_size=4, max_size=4), st.integers(0, 400))
def test_removing_a_part_never_makes_a_record_better(there, days):
    order = [State.INCOMPLETE, State.RUNNING, State.COMPLETE]
    on = EXAMINED + timedelta(days)
    names = ("outcome_on", "judgement_on", "feedback_on", "receipt_on")
    facts = {name: getattr(WHOLE, name) for name, kept in zip(names, there, strict=True) if kept}
    now = follow_up_status(Facts(EXAMINED, **facts), RULES, on)
    assert (now.state is State.COMPLETE) is all(there)
    for name in facts:
        less = {key: day for key, day in facts.items() if key != name}
        worse = follow_up_status(Facts(EXAMINED, **less), RULES, on)
        assert len(worse.missing) == len(now.missing) + 1
        assert worse.state is not State.COMPLETE or order.index(worse.state) <= order.index(now.state)


def test_cues_are_found_with_the_words_around_them():
    texts = {"impression": "1、双肺未见异常。\n2、右肺上叶尖段结节，性质待定，建议穿刺活检；随访。"}
    assert cues_in(texts, RULES) == (
        Found(
            "operation_advised",
            "operated",
            "建议手术、穿刺或活检",
            "2、右肺上叶尖段结节，性质待定，建议穿刺活检",
        ),
        Found("undetermined", "difficult", "定性困难", "2、右肺上叶尖段结节，性质待定，建议穿刺活检"),
    )


@pytest.mark.parametrize(("before", "after"), [(24, 12), (25, 13)])
def test_excerpt_is_24_characters_before_the_word_and_16_from_it_on(before, after):
    (found,) = cues_in({"impression": "前" * before + "性质待定" + "后" * after}, RULES)
    assert found.excerpt == "前" * 24 + "性质待定" + "后" * 12


def test_rules_know_their_parts_by_code_and_each_field_that_is_read_once():
    assert list(RULES.by_code) == ["outcome", "judgement", "feedback", "receipt"]
    assert RULES.by_code["judgement"].name_zh == "符合性评价"
    assert RULES.fields == ("clinical_diagnosis", "surgical_history", "impression")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"clinical_diagnosis": "肺结节术前评估"}, ["operation_planned"]),
        ({"clinical_diagnosis": "肺癌术后3月"}, ["operated"]),
        ({"surgical_history": "阑尾切除术后"}, ["surgical_history"]),
        ({"surgical_history": "否认手术史"}, []),
        ({"surgical_history": None, "impression": ""}, []),
        ({"impression": "右肺术后改变，穿刺后气胸。"}, []),
        ({"impression": "肝占位，建议多学科会诊。"}, ["consultation_advised"]),
        ({"findings": "建议手术治疗"}, []),
    ],
)
def test_cues_speak_only_in_their_field_and_not_beside_words_that_cancel_them(texts, expected):
    assert codes(**texts) == expected


@pytest.mark.parametrize(
    ("judgement", "error", "note", "problems"),
    [
        (Judgement.CONCORDANT, ErrorKind.NONE, "", 0),
        (Judgement.PARTLY, ErrorKind.NONE, "", 0),
        (Judgement.DISCORDANT, ErrorKind.MISSED, "漏诊结节", 0),
        (Judgement.DISCORDANT, ErrorKind.NONE, "不同", 1),
        (Judgement.DISCORDANT, ErrorKind.MISSED, " ", 1),
        (Judgement.CONCORDANT, ErrorKind.MISSED, "", 1),
        (Judgement.UNDECIDABLE, ErrorKind.NONE, "", 1),
        (Judgement.UNDECIDABLE, ErrorKind.NONE, "结局不能判定", 0),
    ],
)
def test_note_that_contradicts_itself_is_told(judgement, error, note, problems):
    assert len(note_problems(judgement, error, note)) == problems


def test_tally_counts_each_state():
    states = [State.COMPLETE, State.RUNNING, State.COMPLETE, State.INCOMPLETE]
    assert (tally(states), tally(states).total) == (Tally(2, 1, 1), 4)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("window_days: 180", "window_days: 0"),
        ("window_days: 180", "window_days: 180\nsurprise: 1"),
        ("code: judgement", "code: outcome"),
        ("after: examination, days: 90", "after: feedback, days: 90"),
        ("after: outcome, days: 14", "after: outcome, days: 0"),
        ("fields: [surgical_history]", "fields: [patient_name]"),
        ("kind: difficult", "kind: strange"),
        ("code: operated\n", "code: operation_planned\n"),
        ("words: [术后]", "words: []"),
    ],
)
def test_rules_file_with_what_it_does_not_know_is_refused(old, new):
    assert old in TEXT
    with pytest.raises(ValueError, match=r"follow_up|parts|cues|window"):
        parse_rules(TEXT.replace(old, new, 1))
