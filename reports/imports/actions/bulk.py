"""Bulk insert and update by prepared statements: an import writes each column once per row.

The ORM's bulk_create builds one long statement per batch and bulk_update a CASE per column and row; these two
functions write the same columns. Texts, numbers and keys are passed unchanged; every other type (times, JSON)
is converted by its field, so that types are defined by the models alone. New rows go to PostgreSQL by COPY.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

_AS_THEY_ARE = {"CharField", "TextField", "PositiveIntegerField", "BooleanField", "ForeignKey"}


def insert_many(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert rows without reading back their keys. Constraints hold as with any insert."""
    if not rows:
        return
    fields: list[Any] = [f for f in model._meta.local_concrete_fields if not f.primary_key]
    target = f"{_quoted(model._meta.db_table)} ({', '.join(_quoted(f.column) for f in fields)})"
    readers = _readers(fields, add=True)
    values = ([read(row) for read in readers] for row in rows)
    if connection.vendor == "postgresql":
        _copy(f"COPY {target} FROM STDIN", values)
        return
    marks = ", ".join(["%s"] * len(fields))
    _execute(f"INSERT INTO {target} VALUES ({marks})", list(values))  # noqa: S608


def update_many(model: type[models.Model], rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Update the named fields of rows that have their key."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    settings = ", ".join(f"{_quoted(f.column)} = %s" for f in fields)
    key = _quoted(str(model._meta.pk.column))
    statement = f"UPDATE {_quoted(model._meta.db_table)} SET {settings} WHERE {key} = %s"  # noqa: S608
    readers = _readers(fields, add=False)
    _execute(statement, [[*(read(row) for read in readers), row.pk] for row in rows])


def _readers(fields: Sequence[Any], *, add: bool) -> list[Callable[[models.Model], Any]]:
    """For each field, a function that reads its column's value from a row."""

    # The proxy `connection` looks up its thread at every attribute access: once per statement is enough.
    here = connections[DEFAULT_DB_ALIAS]

    def converted(field: Any) -> Callable[[models.Model], Any]:
        return lambda row: field.get_db_prep_save(field.pre_save(row, add), here)

    plain = _AS_THEY_ARE
    return [attrgetter(f.attname) if f.get_internal_type() in plain else converted(f) for f in fields]


def _execute(statement: str, values: list[list[Any]]) -> None:
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def _copy(statement: str, rows: Iterator[list[Any]]) -> None:
    """Send rows to PostgreSQL in one statement, with the adapters and the errors of any other query."""
    # Django's cursor hands `copy` through to psycopg, whose errors it would not translate.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
