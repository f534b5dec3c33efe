"""A query written with the ORM and put into SQL once: for what every page asks, where the writing costs most.

    late = Prepared(lambda today: Measure.objects.filter(due_on__lt=today).values_list("pk"), today=date)
    rows = late(today=timezone.localdate())

The values are bound anew at each call; only they may differ between calls. Columns come as the database
gives them, so ask for numbers and texts.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import DateField, Expression, IntegerField, QuerySet


class Parameter(Expression):
    """The place of a value in a prepared query."""

    def __init__(self, name: str, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [_Place(self.name)]


class _Place(str):
    """A parameter's name among the parameters that are values."""


class Prepared:
    """`ask` makes a `values_list` of expressions by name; a call gives ints and dates for these names."""

    def __init__(self, ask: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._ask, self._kinds = ask, kinds
        self._statements: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        sql, params = self._statement()
        bound = {name: _bound(value) for name, value in values.items()}
        given = [bound[str(p)] if isinstance(p, _Place) else p for p in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            return cursor.fetchall()

    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        if connection.vendor not in self._statements:
            places = {name: Parameter(name, _FIELDS[kind]()) for name, kind in self._kinds.items()}
            sql, params = self._ask(**places).query.sql_with_params()
            self._statements[connection.vendor] = (sql, tuple(params))
        return self._statements[connection.vendor]


_FIELDS: dict[type, Callable[[], Any]] = {int: IntegerField, date: DateField}


def _bound(value: int | date) -> Any:
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
