"""What is said of somebody who is not qualified, and where it turns: the edges of 4.3 and 4.4."""

from datetime import date, timedelta

import pytest

from staff.register.domain.operating import may_operate
from staff.register.domain.people import Answer, Person, Reason, Record
from staff.register.domain.roster import Roster
from staff.register.domain.signing import may_sign
from staff.register.qualification_rules import qualification_rules

RULES = qualification_rules()
ON = date(2026, 3, 2)
BEFORE, AFTER = ON - timedelta(days=1), ON + timedelta(days=1)
SCOPE = "医学影像和放射治疗专业"
CERTIFICATE = Record("physician_certificate", number="C1")
LICENCE = Record("practice_licence", number="L1", practice_scope=SCOPE)
RESIDENCY = Record("residency_stage_one", issued_on=date(2015, 7, 1))
TRAINED = Record("radiation_training", issued_on=date(2025, 1, 6), organiser="health")
ON_CT = Record("equipment_training", issued_on=date(2020, 5, 1), modality="CT")
SIGNER = (CERTIFICATE, LICENCE, RESIDENCY)


def physician(*records, number="D1", **fields):
    return Person(number, "医甲", "physician", records, **fields)


def technologist(*records, **fields):
    return Person("J1", "技甲", "technologist", records, **fields)


def signer_reasons(*records):
    answer = may_sign(physician(*records), ON, rules=RULES)
    return [(reason.code, reason.why, reason.sentence) for reason in answer.reasons]


def operator_reasons(*records, modality="CT", on=ON):
    answer = may_operate(technologist(*records), modality, on, rules=RULES)
    return [(reason.code, reason.why, reason.sentence) for reason in answer.reasons]


# --- signing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "says"),
    [
        ({"issued_on": AFTER}, f"{AFTER}取得，晚于签发日{ON}"),
        ({"valid_until": BEFORE}, f"有效至{BEFORE}，签发日{ON}已过期"),
        ({"result": "failed"}, "登记为不合格"),
        ({"result": "failed", "issued_on": ON, "valid_until": ON}, "登记为不合格"),
    ],
)
def test_certificate_and_licence_not_in_force_say_why(dates, says):
    certificate, licence = CERTIFICATE._replace(**dates), LICENCE._replace(**dates)
    assert signer_reasons(certificate, licence, RESIDENCY) == [
        ("4.4/licence-missing", "not_qualified", f"医师资格证书{says}。"),
        ("4.4/licence-missing", "not_qualified", f"医师执业证书{says}。"),
    ]


def test_licence_not_in_force_the_first_of_the_specialty_is_named():
    other = LICENCE._replace(practice_scope="内科专业")
    first, second = LICENCE._replace(valid_until=BEFORE), LICENCE._replace(issued_on=AFTER)
    assert signer_reasons(CERTIFICATE, other, first, second, RESIDENCY) == [
        ("4.4/licence-missing", "not_qualified", f"医师执业证书有效至{BEFORE}，签发日{ON}已过期。")
    ]


def test_certificates_not_in_force_the_first_is_named():
    kept = [CERTIFICATE._replace(valid_until=BEFORE), CERTIFICATE._replace(issued_on=AFTER)]
    assert signer_reasons(*kept, LICENCE, RESIDENCY) == [
        ("4.4/licence-missing", "not_qualified", f"医师资格证书有效至{BEFORE}，签发日{ON}已过期。")
    ]


def test_licence_without_a_scope_is_not_recorded():
    assert signer_reasons(CERTIFICATE, LICENCE._replace(practice_scope=""), RESIDENCY) == [
        ("4.4/licence-missing", "not_recorded", "医师执业证书未登记执业范围。")
    ]


def test_licence_of_other_scopes_names_each_once():
    others = [LICENCE._replace(practice_scope=scope) for scope in ("内科专业", "", "外科专业", "内科专业")]
    assert signer_reasons(CERTIFICATE, *others, RESIDENCY) == [
        ("4.4/licence-missing", "not_qualified", f"执业范围为“内科专业、外科专业”，不含{SCOPE}。")
    ]


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ([{"result": "failed"}], "未通过第一阶段规培，也无视同通过的认定。"),
        ([{"result": "failed", "issued_on": AFTER}], "未通过第一阶段规培，也无视同通过的认定。"),
        ([{"result": "", "issued_on": ON}], "未通过第一阶段规培，也无视同通过的认定。"),
        ([{"result": "deemed", "issued_on": ON}], "登记为视同通过第一阶段规培，但没有依据。"),
        (
            [{"issued_on": AFTER + timedelta(days=9)}, {"issued_on": AFTER}],
            f"第一阶段规培{AFTER}通过，晚于签发日{ON}。",
        ),
    ],
)
def test_residency_that_does_not_suffice_says_why(records, says):
    kept = [Record("residency_stage_one", **fields) for fields in records]
    assert signer_reasons(CERTIFICATE, LICENCE, *kept) == [("4.4/residency-stage-one", "not_qualified", says)]


@pytest.mark.parametrize("days", [0, 1])
def test_may_sign_deemed_on_the_day_counts_a_day_later_not(days):
    day = ON + timedelta(days=days)
    deemed = Record("residency_stage_one", issued_on=day, result="deemed", basis="主任医师，2006年前取得")
    sentence = f"第一阶段规培{day}通过，晚于签发日{ON}。"
    expected = [("4.4/residency-stage-one", "not_qualified", sentence)] if days else []
    assert signer_reasons(CERTIFICATE, LICENCE, deemed) == expected


# --- operating ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("records", "why", "says"),
    [
        ([], "not_recorded", "未登记放射防护培训。"),
        ([{"result": ""}], "not_recorded", "登记的放射防护培训未注明考核结果。"),
        (
            [{"result": ""}, {"result": "failed"}],
            "not_qualified",
            f"检查日{ON}前无合格的放射防护培训（已登记的培训考核不合格）。",
        ),
        (
            [{"organiser": "ecology"}, {"result": "failed"}],
            "not_qualified",
            f"检查日{ON}前无合格的放射防护培训（仅有生态环境系统的辐射安全考核，不能代替）。",
        ),
        (
            [{"organiser": "ecology", "result": "failed"}, {"result": "failed"}],
            "not_qualified",
            f"检查日{ON}前无合格的放射防护培训（已登记的培训考核不合格）。",
        ),
        (
            [{"issued_on": AFTER + timedelta(days=9)}, {"issued_on": AFTER}],
            "not_qualified",
            f"检查日{ON}前无合格的放射防护培训（首次合格培训为{AFTER}）。",
        ),
    ],
)
def test_radiation_training_that_does_not_count_says_why(records, why, says):
    kept = [Record("radiation_training", **fields) for fields in records]
    assert operator_reasons(*kept, ON_CT) == [("4.3a/training-missing", why, says)]


def test_radiation_training_expired_says_the_last_and_its_end():
    trained = Record("radiation_training", issued_on=date(2024, 3, 1))
    older = Record("radiation_training", issued_on=date(2020, 3, 1))
    says = f"末次合格的放射防护培训为2024-03-01，有效至2026-03-01，检查日{ON}已过期。"
    for records in ((trained, older), (older, trained)):
        assert operator_reasons(*records, ON_CT) == [("4.3a/training-expired", "not_qualified", says)]


def test_training_on_the_day_itself_counts():
    radiation, on_ct = (record._replace(issued_on=ON) for record in (TRAINED, ON_CT))
    assert operator_reasons(radiation, on_ct) == []


def test_equipment_training_says_why_it_does_not_count():
    later = [ON_CT._replace(issued_on=day) for day in (AFTER + timedelta(days=9), AFTER)]
    undated = ON_CT._replace(issued_on=None)
    code = "4.3b/equipment-training"
    assert operator_reasons(TRAINED) == [(code, "not_recorded", f"CT设备操作培训未登记（检查日{ON}）。")]
    assert operator_reasons(TRAINED, *later) == [
        (code, "not_qualified", f"CT设备操作培训为{AFTER}，晚于检查日{ON}。")
    ]
    failed = ON_CT._replace(result="failed")
    for records in ([failed], [undated, failed]):
        assert operator_reasons(TRAINED, *records) == [
            (code, "not_qualified", f"CT设备操作培训考核不合格（检查日{ON}）。")
        ]


def test_may_operate_below_secondary_only_advises():
    person = technologist(TRAINED)
    assert not may_operate(person, "CT", ON, rules=RULES).advisory
    assert may_operate(person, "CT", ON, rules=RULES, binding=False).advisory


def test_may_operate_only_failed_training_is_not_qualified():
    radiation, on_ct = TRAINED._replace(result="failed"), ON_CT._replace(result="failed")
    of_radiation = f"检查日{ON}前无合格的放射防护培训（已登记的培训考核不合格）。"
    of_equipment = f"CT设备操作培训考核不合格（检查日{ON}）。"
    missing = ("4.3a/training-missing", "not_qualified", of_radiation)
    equipment = ("4.3b/equipment-training", "not_qualified", of_equipment)
    assert operator_reasons(radiation, on_ct) == [missing, equipment]
    assert operator_reasons(radiation, ON_CT) == [missing]
    assert operator_reasons(TRAINED, on_ct) == [equipment]


# --- the answer -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whys", "qualified"),
    [
        ([], True),
        (["not_recorded"], None),
        (["ambiguous"], None),
        (["not_qualified"], False),
        (["not_recorded", "not_qualified"], False),
    ],
)
def test_answer_is_no_only_where_the_register_says_no(whys, qualified):
    assert Answer(tuple(Reason("c", "4.4", "句", why) for why in whys)).qualified is qualified


def test_person_is_written_with_the_staff_number():
    assert str(physician()) == "医甲(D1)"


# --- whose name it is -----------------------------------------------------------------------------


def test_roster_same_name_none_qualified_is_not_qualified_whoever_it_was():
    lacking = (CERTIFICATE, LICENCE, Record("residency_stage_one", result="failed"))
    two = [physician(*lacking, number=number) for number in ("D2", "D1")]
    says = "登记表中有2人名为“医甲”（工号D1、D2），报告未注明工号，无法确定是谁；但当日均不合资质。"
    reason = Reason("4.4/residency-stage-one", "4.4", says, "not_qualified")
    assert Roster(two, rules=RULES).signer("医甲", "", ON) == Answer((reason,))
    assert Roster(two, rules=RULES, binding=False).signer("医甲", "", ON) == Answer((reason,), advisory=True)


def test_roster_same_name_one_qualified_and_one_not_is_ambiguous():
    lacking = (CERTIFICATE, LICENCE, Record("residency_stage_one", result="failed"))
    roster = Roster([physician(*SIGNER), physician(*lacking, number="D2")], rules=RULES)
    says = "登记表中有2人名为“医甲”（工号D1、D2），报告未注明工号，无法确定是谁；其中1人当日的资质无法确认。"
    reason = Reason("4.4/residency-stage-one", "4.4", says, "ambiguous")
    assert roster.signer("医甲", "", ON) == Answer((reason,))


def test_roster_name_of_one_person_is_answered_as_that_person():
    person = physician(CERTIFICATE, LICENCE)
    roster = Roster([person], rules=RULES)
    assert roster.signer("医甲", "", ON) == may_sign(person, ON, rules=RULES) != Answer()


def test_roster_same_name_the_kind_asked_for_comes_first():
    signer, other = physician(*SIGNER), Person("J1", "医甲", "technologist")
    roster = Roster([other, signer], rules=RULES)
    assert roster.find("医甲", kind="physician") == (signer,)
    assert roster.find("医甲", kind="technologist") == (other,)
    assert Roster([other], rules=RULES).find("医甲", kind="physician") == (other,)


def test_roster_unknown_name_is_unknown_with_and_without_a_number():
    roster = Roster([physician(*SIGNER)], rules=RULES)
    unknown = may_sign(None, ON, rules=RULES)
    assert roster.signer("某某", "", ON) == roster.signer("某某", "D1", ON) == unknown


def test_turning_days_are_first_days_and_the_days_after_last_ones():
    records = (
        TRAINED,
        CERTIFICATE._replace(valid_until=ON),
        LICENCE._replace(issued_on=BEFORE, valid_until=date.max),
    )
    roster = Roster([physician(*records)], rules=RULES)
    assert roster.turning_days("医甲", kind="physician") == {
        date(2025, 1, 6), date(2027, 1, 7), AFTER, BEFORE,
    }  # fmt: skip
