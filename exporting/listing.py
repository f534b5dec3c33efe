"""Pagination of long lists: sorted by django-tables2, counted up to a cap.

Counting every row of a large table costs more than showing a page, so the count stops at a cap and the page
shows "10 000+". One extra row is fetched to know whether there is a next page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django_tables2 import RequestConfig, Table

CAP = 10_000
SIZES = (25, 50, 100)


@dataclass(frozen=True)
class ListPage:
    """Context of the list templates: the table of this page, its position, and the query string for links."""

    table: Table
    number: int
    size: int
    count: int
    capped: bool
    has_next: bool
    query: str
    exports: bool = False
    asks_purpose: bool = False
    sizes: ClassVar[tuple[int, ...]] = SIZES

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
class ListedKeys:
    """Primary keys in the table's default order, plus a queryset for any other order."""

    keys: Sequence[int]
    every: Callable[[], QuerySet[Model]]


def listing(
    request: HttpRequest,
    table_class: type[Table],
    rows: QuerySet[Model],
    *,
    exports: bool = False,
    asks_purpose: bool = False,
    listed: ListedKeys | None = None,
    **extra: Any,
) -> ListPage:
    """Sort and cut `rows` as the query string asks; unknown numbers fall back to the first page.

    `exports`: the view also answers `export=xlsx` (exporting.register), and the pager offers it;
    `asks_purpose`: it first answers with the page that asks for one.
    `listed`: the primary keys of the listed rows, when they are known already; they are not queried again.
    """
    number, size = asked_page(request)
    start = (number - 1) * size
    sorter = _sorted_by(request, table_class(rows, **extra))
    if listed is not None and not request.GET.get(sorter.prefixed_order_by_field):
        found = _by_key(rows, listed.keys[start : start + size + 1])
    else:
        if listed is not None:
            sorter = _sorted_by(request, table_class(listed.every(), **extra))
        found = list(in_order(sorter)[start : start + size + 1])
    has_next = len(found) > size
    # On the last page the count follows from the offset: a search with few hits needs no second query.
    is_last = not has_next and (bool(found) or number == 1)
    if listed is not None:
        count = len(listed.keys)
    else:
        count = start + len(found) if is_last else rows.order_by().values("pk")[: CAP + 1].count()
    table = table_class(found[:size], order_by=sorter.order_by, **extra)
    table.request = request
    query = query_of_other_pages(request)
    return ListPage(table, number, size, min(count, CAP), count > CAP, has_next, query, exports, asks_purpose)


def asked_page(request: HttpRequest) -> tuple[int, int]:
    """Number and size of the page that the query string asks for; without one the first of the least size."""
    size = _number(request.GET.get("per_page"), SIZES[0])
    return max(1, _number(request.GET.get("page"), 1)), size if size in SIZES else SIZES[0]


def query_of_other_pages(request: HttpRequest) -> str:
    """The query string without the page number, for links to other pages of the list."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _sorted_by(request: HttpRequest, table: Table) -> Table:
    RequestConfig(request, paginate=False).configure(table)
    return table


def _by_key(rows: QuerySet[Model], keys: Sequence[int]) -> list[Model]:
    found = rows.in_bulk(keys) if keys else {}
    return [found[key] for key in keys if key in found]


def in_order(table: Table) -> QuerySet[Model]:
    """The table's rows in its order; ties are broken by primary key, so that no row appears on two pages."""
    rows: QuerySet[Model] = table.data.data
    return rows.order_by(*(rows.query.order_by or rows.model._meta.ordering or ()), "-pk")


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else default
