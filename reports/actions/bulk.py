"""Many rows of one model by prepared statements: an import writes each column once per row and nothing else.

The ORM's bulk_create builds one long statement per batch and bulk_update a CASE per column and row; these two
write the same columns through the fields' own conversions, so that models keep the only word on types.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def insert_many(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert rows without reading back their keys. Constraints hold as with any insert."""
    fields = [f for f in model._meta.local_concrete_fields if not f.primary_key]
    columns = ", ".join(_quoted(f.column) for f in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    _execute(statement, [_values(row, fields, add=True) for row in rows])


def update_many(model: type[models.Model], rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Update the named fields of rows that have their key."""
    fields = [model._meta.get_field(name) for name in names]
    settings = ", ".join(f"{_quoted(f.column)} = %s" for f in fields)
    key = _quoted(model._meta.pk.column)
    statement = f"UPDATE {_quoted(model._meta.db_table)} SET {settings} WHERE {key} = %s"  # noqa: S608
    _execute(statement, [[*_values(row, fields, add=False), row.pk] for row in rows])


def _values(row: models.Model, fields: Sequence[Any], *, add: bool) -> list[Any]:
    return [f.get_db_prep_save(f.pre_save(row, add), connection) for f in fields]


def _execute(statement: str, values: list[list[Any]]) -> None:
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
