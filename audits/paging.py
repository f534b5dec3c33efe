"""A page of a plain list, for rows from no queryset (the stored ledger)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django_tables2 import Table

from exporting.listing import SIZES, ListPage


def paged(
    request: HttpRequest,
    table_class: type[Table],
    rows: list[Any],
    complete: Callable[[list[Any]], list[Any]],
) -> ListPage:
    """Like exporting.listing.listing; `complete` adds details to the rows of the page."""
    size = _number(request.GET.get("per_page"), SIZES[0])
    size = size if size in SIZES else SIZES[0]
    number = max(1, _number(request.GET.get("page"), 1))
    start = (number - 1) * size
    table = table_class(complete(rows[start : start + size]))
    table.request = request
    query = request.GET.copy()
    query.pop("page", None)
    return ListPage(table, number, size, len(rows), False, start + size < len(rows), query.urlencode())


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else default
