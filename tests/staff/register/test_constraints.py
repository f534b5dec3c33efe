"""What must always hold of the register is refused by the database itself."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from staff.register.models import Member, Qualification, SubspecialtyGroup

pytestmark = pytest.mark.django_db


@pytest.fixture
def technologist(department):
    return Member.objects.create(
        department=department, staff_number="J1", full_name="技甲", kind="technologist"
    )


def refused(make, **values):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(**values)


def test_member_number_is_once_a_department(technologist, other_department):
    values = {"staff_number": "J1", "full_name": "另一人", "kind": "physician"}
    refused(Member.objects.create, department=technologist.department, **values)
    assert Member.objects.create(department=other_department, **values).pk


@pytest.mark.parametrize(
    "values",
    [
        {"staff_number": ""},
        {"full_name": ""},
        {"kind": "nurse"},
        {"entered_on": date(2026, 1, 2), "left_on": date(2026, 1, 1)},
        {"exempt_reason": "仅操作MRI"},
    ],
)
def test_member_that_cannot_be_is_refused(department, values):
    whole = {"staff_number": "J2", "full_name": "技乙", "kind": "technologist"} | values
    refused(Member.objects.create, department=department, **whole)


def test_group_name_is_once_a_department(department):
    SubspecialtyGroup.objects.create(department=department, name="神经")
    refused(SubspecialtyGroup.objects.create, department=department, name="神经")


@pytest.mark.parametrize(
    "values",
    [
        {"type": ""},
        {"result": "maybe"},
        {"organiser": "other"},
        {"type": "radiation_training", "issued_on": None},
        {"type": "equipment_training", "modality": ""},
        {"type": "equipment_training", "modality": "US"},
        {"valid_until": date(2025, 12, 31)},
        {"scan": "certificates/x.pdf"},
        {"state": "submitted"},
        {"decided_at": None},
        {"state": "rejected"},
    ],
)
def test_record_that_cannot_be_is_refused(technologist, values):
    whole = {"type": "electronic_signature", "issued_on": date(2026, 1, 1), "decided_at": timezone.now()}
    assert Qualification.objects.create(member=technologist, **whole).pk
    refused(Qualification.objects.create, member=technologist, **(whole | values))
