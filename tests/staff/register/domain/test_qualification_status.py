"""One cell of the matrix of qualifications, and a row of it in one word."""

from datetime import date, timedelta

import pytest

from staff.register.domain.people import Person, Record
from staff.register.domain.status import QualificationStatus, status_of, statuses_of
from staff.register.domain.summary import summary
from staff.register.qualification_rules import qualification_rules

RULES = qualification_rules()
ON = date(2026, 3, 2)
BEFORE, AFTER = ON - timedelta(days=1), ON + timedelta(days=1)
CERTIFICATE = Record("physician_certificate", number="C1")
LICENCE = Record("practice_licence", number="L1", practice_scope="医学影像和放射治疗专业")
APPRAISAL = Record("image_quality_appraisal")
ON_CT = Record("equipment_training", issued_on=date(2020, 5, 1), modality="CT")


def physician(*records, **fields):
    return Person("D1", "医甲", "physician", records, **fields)


def technologist(*records, **fields):
    return Person("J1", "技甲", "technologist", records, **fields)


def cell(code, person, on=ON):
    found = status_of(person, RULES.by_code[code], on, RULES)
    return found.state, found.sentence, found.ends_on


def test_status_states_of_a_plain_record():
    code = "physician_certificate"
    ended = CERTIFICATE._replace(valid_until=BEFORE)
    assert cell(code, physician()) == ("missing", "未登记医师资格证书编号。", None)
    assert cell(code, physician(CERTIFICATE)) == ("valid", "", None)
    assert cell(code, physician(ended)) == (
        "expired", f"医师资格证书有效至{BEFORE}，签发日{ON}已过期。", BEFORE,
    )  # fmt: skip
    assert cell(code, physician(CERTIFICATE._replace(result="failed"))) == (
        "faulty", "医师资格证书登记为不合格。", None,
    )  # fmt: skip
    assert cell(code, technologist()) == ("not_needed", "", None)


def test_status_ends_with_the_latest_record_that_was_passed():
    records = [CERTIFICATE._replace(valid_until=AFTER + timedelta(days=n)) for n in (300, 400)]
    failed = CERTIFICATE._replace(valid_until=AFTER + timedelta(days=900), result="failed")
    end = AFTER + timedelta(days=400)
    assert cell("physician_certificate", physician(*records, failed)) == ("valid", f"有效至{end}", end)
    endless = physician(*records, CERTIFICATE)
    assert cell("physician_certificate", endless) == ("valid", "", None)


def test_status_radiation_training_without_a_passed_one_has_no_end():
    assert cell("radiation_training", technologist()) == ("missing", "未登记放射防护培训。", None)


def test_status_exempt_only_who_operates_nothing_but_mri():
    exempt = technologist(exempt_reason="仅操作MRI", modalities=("MRI",))
    both = technologist(exempt_reason="仅操作MRI", modalities=("CT", "MRI"))
    assert cell("radiation_training", exempt) == ("not_applicable", "仅操作MRI", None)
    assert cell("radiation_training", both) == ("missing", "未登记放射防护培训。", None)


def test_status_equipment_is_asked_for_each_registered_kind_else_for_each_recorded():
    code = "equipment_training"
    assert cell(code, technologist()) == ("missing", "未登记设备操作培训。", None)
    assert cell(code, technologist(ON_CT)) == ("valid", "", None)
    assert cell(code, technologist(ON_CT, modalities=("MRI", "DR", "CT"))) == (
        "missing",
        f"DR设备操作培训未登记（检查日{ON}）。MRI设备操作培训未登记（检查日{ON}）。",
        None,
    )


def test_statuses_are_one_cell_for_each_kind_of_the_data():
    assert [found.type for found in statuses_of(physician(), ON, RULES)] == [k.code for k in RULES.types]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], ("missing", "未登记影像质量与伪影识别考核。", None)),
        ([APPRAISAL], ("valid", "", None)),
        (
            [
                APPRAISAL._replace(valid_until=BEFORE),
                APPRAISAL._replace(valid_until=BEFORE - timedelta(days=9)),
            ],
            ("expired", f"影像质量与伪影识别考核有效至{BEFORE}，已过期。", BEFORE),
        ),
        ([APPRAISAL._replace(valid_until=ON)], ("expiring", f"有效至{ON}，还有0天", ON)),
        (
            [APPRAISAL._replace(issued_on=AFTER, valid_until=ON)],
            ("faulty", "影像质量与伪影识别考核当日无效。", ON),
        ),
        ([APPRAISAL._replace(result="failed")], ("faulty", "影像质量与伪影识别考核当日无效。", None)),
    ],
)
def test_status_record_without_a_rule_of_its_own_is_judged_by_its_days(records, expected):
    assert cell("image_quality_appraisal", technologist(*records)) == expected


def test_status_what_no_clause_asks_is_shown_only_where_recorded():
    signature = Record("electronic_signature")
    assert cell("electronic_signature", physician()) == ("not_needed", "", None)
    assert cell("electronic_signature", physician(signature)) == ("valid", "", None)
    assert cell("image_quality_appraisal", physician()) == ("not_needed", "", None)
    assert cell("image_quality_appraisal", physician(APPRAISAL)) == ("valid", "", None)


def test_status_each_kind_of_the_physician_is_judged_by_its_own_rule():
    other = LICENCE._replace(practice_scope="内科专业")
    says = "执业范围为“内科专业”，不含医学影像和放射治疗专业。"
    assert cell("practice_licence", physician(other)) == ("faulty", says, None)
    says = "登记为已通过第一阶段规培，但没有通过日期。"
    assert cell("residency_stage_one", physician(Record("residency_stage_one"))) == ("missing", says, None)


@pytest.mark.parametrize(
    ("states", "worst", "has_problem", "kind", "words"),
    [
        ([], "not_needed", False, "open", "齐备"),
        (["not_needed", "not_applicable"], "not_applicable", False, "info", "齐备"),
        (["not_applicable", "valid"], "valid", False, "pass", "齐备"),
        (["valid", "expiring"], "expiring", False, "due", "将到期1项"),
        (["expiring", "missing", "missing"], "missing", True, "due", "未登记2项、将到期1项"),
        (["missing", "faulty"], "faulty", True, "fail", "不符合1项、未登记1项"),
        (["faulty", "expired", "valid"], "expired", True, "fail", "已过期1项、不符合1项"),
    ],
)
def test_summary_says_the_worst_first(states, worst, has_problem, kind, words):
    found = summary(QualificationStatus("any", state) for state in states)
    assert (found.worst, found.has_problem, found.kind, found.text) == (worst, has_problem, kind, words)
    assert sum(found.counts.values()) == len(states)
