"""A page of a long list: sorted by django-tables2, counted only as far as anyone reads.

Counting every row costs more than showing a page once the table is large, so the count stops at a cap and
the page says "10 000+"; the next page is known by fetching one row more.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
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


def listing(
    request: HttpRequest, table_class: type[Table], rows: QuerySet, *, exports: bool = False, **extra: Any
) -> ListPage:
    """Sort and cut `rows` as the query string asks; unknown numbers fall back to the first page.

    `exports`: the view also answers `export=xlsx` (exporting.register), and the pager offers it.
    """
    size = _number(request.GET.get("per_page"), SIZES[0])
    size = size if size in SIZES else SIZES[0]
    number = max(1, _number(request.GET.get("page"), 1))
    sorter = table_class(rows, **extra)
    RequestConfig(request, paginate=False).configure(sorter)
    start = (number - 1) * size
    found = list(in_order(sorter)[start : start + size + 1])
    has_next = len(found) > size
    # The last page tells the count by itself: a search that finds little reads the table once, not twice.
    is_last = not has_next and (bool(found) or number == 1)
    count = start + len(found) if is_last else rows.order_by().values("pk")[: CAP + 1].count()
    table = table_class(found[:size], order_by=sorter.order_by, **extra)
    table.request = request
    query = request.GET.copy()
    query.pop("page", None)
    return ListPage(table, number, size, min(count, CAP), count > CAP, has_next, query.urlencode(), exports)


def in_order(table: Table) -> QuerySet:
    """The table's rows as it sorts them, ties broken by the newest: a page never repeats a row of another."""
    rows: QuerySet = table.data.data
    return rows.order_by(*(rows.query.order_by or rows.model._meta.ordering), "-pk")


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else default
