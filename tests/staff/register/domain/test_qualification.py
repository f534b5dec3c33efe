"""4.3 and 4.4 for one person and day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staff.intake.years import years_after
from staff.register.domain.operating import may_operate
from staff.register.domain.people import Answer, Person, Reason, Record
from staff.register.domain.roster import Roster
from staff.register.domain.signing import may_sign
from staff.register.domain.status import status_of
from staff.register.qualification_rules import FILE, parse_rules, qualification_rules

RULES = qualification_rules()
ON = date(2026, 3, 2)
SCOPE = "医学影像和放射治疗专业"
CERTIFICATE = Record("physician_certificate", number="C1")
LICENCE = Record("practice_licence", number="L1", practice_scope=SCOPE)
RESIDENCY = Record("residency_stage_one", issued_on=date(2015, 7, 1))
TRAINED = Record("radiation_training", issued_on=date(2025, 1, 6), organiser="health")
ON_CT = Record("equipment_training", issued_on=date(2020, 5, 1), modality="CT")


def physician(*records, **fields):
    return Person("D1", "医甲", "physician", records, **fields)


def technologist(*records, **fields):
    return Person("J1", "技甲", "technologist", records, **fields)


def signs(*records, on=ON):
    answer = may_sign(physician(*records), on, rules=RULES)
    return [(reason.code, reason.why, reason.sentence) for reason in answer.reasons]


def operates(*records, modality="CT", on=ON, **fields):
    answer = may_operate(technologist(*records, **fields), modality, on, rules=RULES)
    return [(reason.code, reason.why) for reason in answer.reasons]


def test_may_sign_licence_scope_and_stage_one_is_qualified():
    assert may_sign(physician(CERTIFICATE, LICENCE, RESIDENCY), ON, rules=RULES) == Answer()


def test_may_sign_nothing_recorded_is_not_recorded_rather_than_not_qualified():
    answer = may_sign(physician(), ON, rules=RULES)
    assert answer.qualified is None
    assert answer.codes == ("4.4/licence-missing", "4.4/residency-stage-one")
    assert {reason.why for reason in answer.reasons} == {"not_recorded"}


def test_may_sign_somebody_unknown_is_one_reason():
    sentence = "签发医师不在人员登记表中。"
    reason = Reason("4.4/licence-missing", "4.4", sentence, "not_recorded")
    assert may_sign(None, ON, rules=RULES) == Answer((reason,))


@pytest.mark.parametrize(
    "scope",
    [SCOPE, f"{SCOPE}（含核医学专业）", f"内科专业、{SCOPE}", "医学影像与放射治疗专业", f" {SCOPE} "],
)
def test_may_sign_scope_of_the_specialty_counts_in_each_wording(scope):
    assert signs(CERTIFICATE, Record("practice_licence", number="L1", practice_scope=scope), RESIDENCY) == []


def test_may_sign_scope_of_another_specialty_is_not_qualified():
    other = Record("practice_licence", number="L1", practice_scope="内科专业")
    assert signs(CERTIFICATE, other, RESIDENCY) == [
        ("4.4/licence-missing", "not_qualified", f"执业范围为“内科专业”，不含{SCOPE}。")
    ]


def test_may_sign_licence_without_number_is_not_recorded():
    nameless = Record("practice_licence", practice_scope=SCOPE)
    assert signs(CERTIFICATE, nameless, RESIDENCY) == [
        ("4.4/licence-missing", "not_recorded", "未登记医师执业证书编号。")
    ]


def test_may_sign_licence_issued_after_or_ended_before_the_day_is_not_qualified():
    later = Record("practice_licence", number="L1", practice_scope=SCOPE, issued_on=ON + timedelta(days=1))
    ended = Record("practice_licence", number="L1", practice_scope=SCOPE, valid_until=ON - timedelta(days=1))
    last_day = Record("practice_licence", number="L1", practice_scope=SCOPE, issued_on=ON, valid_until=ON)
    assert [code for code, _, _ in signs(CERTIFICATE, later, RESIDENCY)] == ["4.4/licence-missing"]
    assert [code for code, _, _ in signs(CERTIFICATE, ended, RESIDENCY)] == ["4.4/licence-missing"]
    assert signs(CERTIFICATE, last_day, RESIDENCY) == []


@pytest.mark.parametrize(("days", "expected"), [(0, []), (1, ["4.4/residency-stage-one"])])
def test_may_sign_stage_one_passed_on_the_day_counts_a_day_later_not(days, expected):
    passed = Record("residency_stage_one", issued_on=ON + timedelta(days=days))
    assert [code for code, _, _ in signs(CERTIFICATE, LICENCE, passed)] == expected


def test_may_sign_deemed_needs_its_basis():
    deemed = Record("residency_stage_one", result="deemed", basis="主任医师，2006年前取得")
    bare = Record("residency_stage_one", result="deemed", basis=" ")
    assert signs(CERTIFICATE, LICENCE, deemed) == []
    assert signs(CERTIFICATE, LICENCE, bare) == [
        ("4.4/residency-stage-one", "not_qualified", "登记为视同通过第一阶段规培，但没有依据。")
    ]


def test_may_sign_passed_without_day_is_not_recorded():
    assert signs(CERTIFICATE, LICENCE, Record("residency_stage_one")) == [
        ("4.4/residency-stage-one", "not_recorded", "登记为已通过第一阶段规培，但没有通过日期。")
    ]


def test_may_sign_below_secondary_only_advises():
    answer = may_sign(physician(), ON, rules=RULES, binding=False)
    assert answer.advisory
    assert not may_sign(physician(CERTIFICATE, LICENCE, RESIDENCY), ON, rules=RULES, binding=False).advisory


@pytest.mark.parametrize(
    ("trained", "last_day"),
    [
        (date(2023, 5, 1), date(2025, 5, 1)),
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2022, 2, 28), date(2024, 2, 28)),
    ],
)
def test_may_operate_training_holds_two_calendar_years_to_the_boundary_day(trained, last_day):
    record = Record("radiation_training", issued_on=trained, organiser="health")
    after = last_day + timedelta(days=1)
    assert operates(record, ON_CT, on=last_day) == []
    assert operates(record, ON_CT, on=after) == [("4.3a/training-expired", "not_qualified")]


def test_may_operate_failed_retraining_takes_nothing_from_the_passed_one():
    failed = Record("radiation_training", issued_on=date(2026, 1, 1), result="failed", organiser="health")
    assert operates(TRAINED, failed, ON_CT) == []
    old = Record("radiation_training", issued_on=date(2022, 1, 1), organiser="health")
    assert operates(old, failed, ON_CT) == [("4.3a/training-expired", "not_qualified")]


def test_may_operate_ecology_line_does_not_count():
    ecology = Record("radiation_training", issued_on=date(2025, 9, 1), organiser="ecology")
    assert operates(ecology, ON_CT) == [("4.3a/training-missing", "not_qualified")]


def test_may_operate_nothing_recorded_is_not_recorded():
    assert operates() == [
        ("4.3a/training-missing", "not_recorded"),
        ("4.3b/equipment-training", "not_recorded"),
    ]


def test_may_operate_training_on_other_equipment_or_later_is_no_training():
    on_dr = Record("equipment_training", issued_on=date(2020, 5, 1), modality="DR")
    later = Record("equipment_training", issued_on=ON + timedelta(days=1), modality="CT")
    assert operates(TRAINED, on_dr) == [("4.3b/equipment-training", "not_recorded")]
    assert operates(TRAINED, later) == [("4.3b/equipment-training", "not_qualified")]


def test_may_operate_exemption_holds_for_mri_alone():
    on_mri = Record("equipment_training", issued_on=date(2020, 5, 1), modality="MRI")
    assert operates(on_mri, modality="MRI", exempt_reason="仅操作MRI") == []
    assert operates(ON_CT, modality="CT", exempt_reason="仅操作MRI") == [
        ("4.3a/training-missing", "not_recorded")
    ]


def test_may_operate_somebody_unknown_lacks_both():
    assert may_operate(None, "CT", ON, rules=RULES).codes == (
        "4.3a/training-missing",
        "4.3b/equipment-training",
    )


days = st.dates(date(2019, 1, 1), date(2029, 12, 31))
records = st.builds(
    Record,
    type=st.sampled_from(
        [
            "physician_certificate",
            "practice_licence",
            "residency_stage_one",
            "radiation_training",
            "equipment_training",
        ]
    ),
    issued_on=st.none() | days,
    valid_until=st.none() | days,
    number=st.sampled_from(["", "N1"]),
    practice_scope=st.sampled_from(["", SCOPE, "内科专业"]),
    result=st.sampled_from(["passed", "failed", "deemed", ""]),
    basis=st.sampled_from(["", "依据"]),
    organiser=st.sampled_from(["", "health", "ecology"]),
    modality=st.sampled_from(["DR", "CT", "MRI"]),
)


@given(st.lists(records, min_size=1, max_size=8), days, st.data())
def test_qualification_never_appears_by_removing_a_record(kept, on, data):
    gone = data.draw(st.integers(0, len(kept) - 1))
    fewer = kept[:gone] + kept[gone + 1 :]
    if may_sign(physician(*fewer), on, rules=RULES).qualified:
        assert may_sign(physician(*kept), on, rules=RULES).qualified
    if may_operate(technologist(*fewer), "CT", on, rules=RULES).qualified:
        assert may_operate(technologist(*kept), "CT", on, rules=RULES).qualified


@given(st.lists(records, max_size=6), days)
def test_turning_days_between_them_no_answer_changes(kept, on):
    for person in (physician(*kept), technologist(*kept)):
        roster = Roster([person], rules=RULES)
        turning = roster.turning_days(person.name, kind=person.kind)
        day = on + timedelta(days=1)
        if day not in turning:
            assert roster.signer(person.name, "", on).codes == roster.signer(person.name, "", day).codes
            before, after = (roster.operator(person.name, "", "CT", d).codes for d in (on, day))
            assert before == after


@given(days, st.integers(1, 5))
def test_years_after_is_the_same_day_or_the_28th(day, years):
    end = years_after(day, years)
    assert (end.year, end.month) == (day.year + years, day.month)
    assert end.day == day.day or (day.month, day.day, end.day) == (2, 29, 28)


def test_roster_same_name_is_told_apart_by_number():
    good = Person("D1", "王测", "physician", (CERTIFICATE, LICENCE, RESIDENCY))
    bad = Person("D2", "王测", "physician", (CERTIFICATE, LICENCE))
    roster = Roster([good, bad], rules=RULES)
    assert roster.signer("王测", "D1", ON) == Answer()
    assert roster.signer("王测", "d2", ON).codes == ("4.4/residency-stage-one",)
    doubtful = roster.signer("王测", "", ON)
    assert doubtful.qualified is None
    assert doubtful.reasons == (
        Reason(
            "4.4/residency-stage-one",
            "4.4",
            "登记表中有2人名为“王测”（工号D1、D2），报告未注明工号，无法确定是谁；其中1人当日的资质无法确认。",
            "ambiguous",
        ),
    )


def test_roster_same_name_all_qualified_is_qualified_whoever_it_was():
    two = [Person(n, "王测", "physician", (CERTIFICATE, LICENCE, RESIDENCY)) for n in ("D1", "D2")]
    assert Roster(two, rules=RULES).signer("王测", "", ON) == Answer()


def test_roster_number_of_somebody_else_is_never_taken_for_the_name():
    roster = Roster([Person("D1", "王测", "physician", (CERTIFICATE, LICENCE, RESIDENCY))], rules=RULES)
    answer = roster.signer("王测", "D9", ON)
    assert (answer.qualified, answer.sentences) == (
        None,
        ("报告注明工号D9，而登记表中“王测”的工号为D1，不能认定为同一人。",),
    )


def test_roster_number_that_is_part_of_the_name_is_the_name():
    person = Person("D1", "王测123", "physician", (CERTIFICATE, LICENCE, RESIDENCY))
    assert Roster([person], rules=RULES).signer("王测", "123", ON) == Answer()


def test_roster_alias_of_the_account_is_the_person():
    person = Person("D1", "王测", "physician", (CERTIFICATE, LICENCE, RESIDENCY), aliases=("王医生",))
    assert Roster([person], rules=RULES).signer("王医生", "", ON) == Answer()


def test_standing_training_warns_at_its_terms_and_expires_the_day_after():
    kind = RULES.by_code["radiation_training"]
    person = technologist(Record("radiation_training", issued_on=date(2024, 3, 10), organiser="health"))
    end = date(2026, 3, 10)
    states = {
        left: (cell.state, cell.warning)
        for left in (61, 60, 30, 7, 0, -1)
        if (cell := status_of(person, kind, end - timedelta(days=left), RULES))
    }
    assert states == {
        61: ("valid", None),
        60: ("expiring", 60),
        30: ("expiring", 30),
        7: ("expiring", 7),
        0: ("expiring", 7),
        -1: ("expired", None),
    }


def test_rules_unknown_key_is_refused():
    with pytest.raises(ValueError, match="unknown keys"):
        parse_rules(FILE.read_text(encoding="utf-8") + "\ncycle_moths: 3\n")


def test_rules_say_that_the_standard_names_no_cycle_and_name_each_source():
    assert "标准本身没有规定" in RULES.note_zh
    assert all(kind.source_zh for kind in RULES.types)
    assert {kind.code: kind.cycle_years for kind in RULES.types if kind.cycle_years} == {
        "radiation_training": 2
    }


def test_roster_finds_a_name_with_another_dot():
    roster = Roster([Person("D1", "买买提•艾力", "physician")], rules=RULES)
    assert [p.staff_number for p in roster.find("买买提·艾力", kind="physician")] == ["D1"]
