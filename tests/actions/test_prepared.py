"""exporting.prepared: one statement, written once, with new values at each call."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.models import Measure
from exporting.prepared import Prepared
from staff.models import Department

pytestmark = pytest.mark.django_db

by_id = Prepared(
    lambda department: Department.objects.filter(pk=department).order_by("pk").values_list("pk", "code"),
    department=int,
)


def test_prepared_gives_the_rows_of_each_value(department, other_department):
    assert by_id(department=department.pk) == [(department.pk, department.code)]
    assert by_id(department=other_department.pk) == [(other_department.pk, other_department.code)]
    assert by_id(department=0) == []


def test_prepared_writes_its_statement_once_and_asks_every_time(department):
    written = []

    def ask(department):
        written.append(1)
        return Department.objects.filter(pk=department).values_list("pk")

    prepared = Prepared(ask, department=int)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(3):
            prepared(department=department.pk)
    assert (len(written), len(queries)) == (1, 3)


def test_prepared_takes_days_as_the_database_keeps_them():
    late = Prepared(
        lambda today: Measure.objects.filter(due_on__lt=today).order_by("pk").values_list("pk"), today=date
    )
    assert late(today=date(2026, 2, 28)) == []


def test_prepared_without_a_value_it_needs_is_refused():
    with pytest.raises(KeyError, match="department"):
        by_id()
