"""Many rows written at once hold what the same rows saved one by one hold, and break the same constraints."""

from datetime import UTC, date, datetime

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from reports.archive.models import Report, Revision
from reports.fields import Modality
from reports.imports.actions.bulk import insert_many

TEXTS = {
    "marks_of_a_copy": "一\t二\r\n三\\N\\.\n\\.\n\\t\\",
    "quotes_and_signs": "'\"“%s”%% {} $1 ;--",
    "beyond_two_bytes": "𠂇\N{GRINNING FACE}é\N{NO-BREAK SPACE}",
    "the_mark_of_null": "\\N",
    "empty": "",
    "not_known": None,
}
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="what PostgreSQL alone does")


def report(department, number="A1", **more):
    values = {
        "patient_key": "P1",
        "modality": Modality.CT,
        "age_days": 2_147_483_647,
        "birth_on": date(1944, 2, 29),
        "examined_at": datetime(2026, 3, 1, 0, 30, 7, 123456, tzinfo=UTC),
        "is_final": False,
        "is_signed": True,
        "extra": {"列\t名": ['a"b\\c\n', None, 1.5, True, {}], "空": ""},
        "content_hash": "0" * 64,
    }
    return Report(department=department, accession_number=number, **values | more)


def stored(department, number):
    found = Report.objects.get(department=department, accession_number=number)
    assert found.created_at
    assert found.updated_at
    return model_to_dict(found) | {"id": None, "accession_number": ""}


@pytest.mark.parametrize("case", TEXTS)
def test_value_of_every_type_is_stored_as_when_saved(department, case):
    texts = {"findings": TEXTS[case], "patient_name": TEXTS[case]}
    saved = report(department, "SAVED", **texts)
    saved.save()
    insert_many(Report, [report(department, f"MANY{i}", **texts) for i in range(3)])
    for i in range(3):
        assert stored(department, f"MANY{i}") == stored(department, "SAVED")
    assert stored(department, "MANY0")["findings"] == TEXTS[case]
    assert stored(department, "MANY0")["extra"] == report(department).extra


@pytest.mark.parametrize("case", TEXTS)
def test_version_with_its_json_is_stored_as_when_saved(department, case):
    mine = report(department)
    mine.save()
    content = {"findings": TEXTS[case], "extra": [["键", TEXTS[case]]], "age_days": 3}
    insert_many(
        Revision,
        [
            Revision(report=mine, number=n, content=content, content_hash=str(n), changed_fields=["findings"])
            for n in (1, 2)
        ],
    )
    assert [(r.content, r.changed_fields, r.reported_at) for r in mine.revisions.all()] == [
        (content, ["findings"], None)
    ] * 2
    assert mine.revisions.filter(content__age_days=3, received_at__isnull=False).count() == 2


@pytest.mark.parametrize(
    "wrong",
    [{"number": "A1"}, {"number": ""}, {"modality": "US"}, {"patient_key": None}],
    ids=["once", "check", "choice", "null"],
)
def test_broken_constraint_is_an_integrity_error_and_no_row_is_stored(department, wrong):
    rows = [report(department, "A1"), report(department, **{"number": "A2"} | wrong)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(Report, rows)
    assert not Report.objects.exists()
    insert_many(Report, rows[:1])
    assert Report.objects.get().accession_number == "A1"


def test_no_rows_are_no_statement(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_many(Report, [])


@on_postgresql
@pytest.mark.parametrize("wrong", [{"sex": "男" * 11}, {"findings": "a\0b"}], ids=["long", "zero"])
def test_value_that_postgresql_cannot_store_is_an_error_of_django(department, wrong):
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        insert_many(Report, [report(department, "A1"), report(department, "A2", **wrong)])
    assert not Report.objects.exists()


@on_postgresql
def test_postgresql_takes_the_rows_in_one_copy(department):
    with CaptureQueriesContext(connection) as queries:
        insert_many(Report, [report(department, f"A{i}") for i in range(50)])
    assert [q["sql"].split()[0] for q in queries] == ["COPY"]
    assert Report.objects.count() == 50
