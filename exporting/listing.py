"""A page of a long list: sorted by django-tables2, counted only as far as anyone reads.

Counting every row costs more than showing a page once the table is large, so the count stops at a cap and
the page says "10 000+"; the next page is known by fetching one row more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django_tables2 import RequestConfig, Table

CAP = 10_000
SIZES = (25, 50, 100)


@dataclass(frozen=True)
class ListPage:
    """What the list templates need: the table of this page, where it stands, and the query to keep."""

    table: Table
    number: int
    size: int
    count: int
    capped: bool
    has_next: bool
    query: str
    exports: bool = False

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.count else 0

    @property
    def last(self) -> int:
        return self.first + len(self.table.rows) - 1 if self.count else 0


@dataclass(frozen=True)
class KnownRows:
    """The keys of the rows in the table's own order; all the rows, for whoever wants another one."""

    keys: Sequence[int]
    every: Callable[[], QuerySet[Model]]


def listing(
    request: HttpRequest,
    table_class: type[Table],
    rows: QuerySet[Model],
    *,
    exports: bool = False,
    known: KnownRows | None = None,
    **extra: Any,
) -> ListPage:
    """Sort and cut `rows` as the query string asks; unknown numbers fall back to the first page.

    `exports`: the view also answers `export=xlsx` (exporting.register), and the pager offers it.
    `known`: which of `rows` are listed, where that has been worked out already.
    """
    size = _number(request.GET.get("per_page"), SIZES[0])
    size = size if size in SIZES else SIZES[0]
    number = max(1, _number(request.GET.get("page"), 1))
    start = (number - 1) * size
    sorter = _sorted_by(request, table_class(rows, **extra))
    if known is not None and not request.GET.get(sorter.prefixed_order_by_field):
        found = _by_key(rows, known.keys[start : start + size + 1])
    else:
        if known is not None:
            sorter = _sorted_by(request, table_class(known.every(), **extra))
        found = list(in_order(sorter)[start : start + size + 1])
    has_next = len(found) > size
    # The last page tells the count by itself: a search that finds little reads the table once, not twice.
    tells = not has_next and (bool(found) or number == 1)
    if known is not None:
        count = len(known.keys)
    else:
        count = start + len(found) if tells else rows.order_by().values("pk")[: CAP + 1].count()
    table = table_class(found[:size], order_by=sorter.order_by, **extra)
    table.request = request
    query = request.GET.copy()
    query.pop("page", None)
    return ListPage(table, number, size, min(count, CAP), count > CAP, has_next, query.urlencode(), exports)


def _sorted_by(request: HttpRequest, table: Table) -> Table:
    RequestConfig(request, paginate=False).configure(table)
    return table


def _by_key(rows: QuerySet[Model], keys: Sequence[int]) -> list[Model]:
    found = rows.in_bulk(keys) if keys else {}
    return [found[key] for key in keys if key in found]


def in_order(table: Table) -> QuerySet[Model]:
    """The table's rows as it sorts them, ties broken by the newest: a page never repeats a row of another."""
    rows: QuerySet[Model] = table.data.data
    return rows.order_by(*(rows.query.order_by or rows.model._meta.ordering or ()), "-pk")


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else default
