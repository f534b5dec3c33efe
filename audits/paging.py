"""A page of a plain list, for rows from no queryset (the stored ledger)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django_tables2 import Table

from exporting.listing import ListPage, asked_page, query_of_other_pages


def paged(
    request: HttpRequest,
    table_class: type[Table],
    rows: list[Any],
    complete: Callable[[list[Any]], list[Any]],
) -> ListPage:
    """Like exporting.listing.listing; `complete` adds details to the rows of the page."""
    number, size = asked_page(request)
    start = (number - 1) * size
    table = table_class(complete(rows[start : start + size]))
    table.request = request
    has_next = start + size < len(rows)
    return ListPage(table, number, size, len(rows), False, has_next, query_of_other_pages(request))
