"""What a record of each kind must say before it is kept."""

from datetime import date

import pytest

from staff.register.domain.records import FIELDS, record_faults
from staff.register.qualification_rules import qualification_rules

DAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("code", "values", "faulty"),
    [
        ("physician_certificate", {}, {"number"}),
        ("practice_licence", {"number": "Z1"}, {"practice_scope"}),
        ("residency_stage_one", {}, {"issued_on"}),
        ("residency_stage_one", {"result": "passed"}, {"issued_on"}),
        ("residency_stage_one", {"result": "deemed", "basis": "依据", "basis_approver": "医务处"}, set()),
        ("residency_stage_one", {"result": "deemed"}, {"basis", "basis_approver"}),
        ("residency_stage_one", {"result": "failed"}, set()),
        ("radiation_training", {"issued_on": DAY}, {"organiser"}),
        ("radiation_training", {"organiser": "health"}, {"issued_on"}),
        ("equipment_training", {"issued_on": DAY}, {"modality"}),
        ("radiation_training", {"issued_on": DAY, "organiser": "health", "result": "deemed"}, {"result"}),
        (
            "electronic_signature",
            {"number": "C", "issued_on": DAY, "valid_until": date(2026, 3, 17)},
            {"valid_until"},
        ),
        ("electronic_signature", {"number": "C", "issued_on": DAY, "valid_until": DAY}, set()),
        ("large_equipment_certificate", {}, set()),
    ],
)
def test_record_says_what_its_kind_needs(code, values, faulty):
    assert set(record_faults(code, values)) == faulty


def test_record_faults_are_said_with_both_days():
    values = {"issued_on": DAY, "valid_until": date(2026, 3, 17), "result": "deemed"}
    assert record_faults("electronic_signature", values) == {
        "number": "请填写电子签名证书的编号。",
        "valid_until": "有效期至2026-03-17早于日期2026-03-18，请核对。",
        "result": "“视同通过”只用于第一阶段住院医师规范化培训（4.4）。",
    }


def test_every_kind_of_the_data_has_its_fields():
    assert set(FIELDS) == {kind.code for kind in qualification_rules().types}
