"""What a record of each kind must say before it is kept."""

from datetime import date

import pytest

from staff.domain.records import FIELDS, record_faults
from staff.qualification_rules import qualification_rules

DAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("code", "values", "faulty"),
    [
        ("physician_certificate", {}, {"number"}),
        ("practice_licence", {"number": "Z1"}, {"practice_scope"}),
        ("residency_stage_one", {"result": "passed"}, {"issued_on"}),
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


def test_every_kind_of_the_data_has_its_fields():
    assert set(FIELDS) == {kind.code for kind in qualification_rules().types}
