"""Lists as workbooks: all filtered rows, with the same columns and masking as the page."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import strip_tags
from django_tables2 import RequestConfig, Table

from exporting.download import download_response
from exporting.listing import in_order
from exporting.xlsx import HEAD, PLAIN, TEXT, Book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 5_000  # more would block a web worker for seconds; the file notes the cut
_WIDEST = 60


def wants_workbook(request: HttpRequest) -> bool:
    """Does the request ask for the list as a workbook?"""
    return request.GET.get("export") == "xlsx"


def workbook_response(
    request: HttpRequest,
    table_class: type[Table],
    rows: QuerySet[Model],
    *,
    name: str,
    action: str,
    note: str = "",
    purpose: str = "",
    **extra: Any,
) -> HttpResponse:
    """Return the filtered and sorted list, up to MOST_ROWS rows, as a recorded download named after `name`.

    `note`: a sentence below the rows, for example about withheld reports.
    """
    table = table_class(rows, **extra)
    RequestConfig(request, paginate=False).configure(table)
    found = table_class(list(in_order(table)[: MOST_ROWS + 1]), order_by=table.order_by, **extra)
    found.request = request
    lines = [[_plain(value) for value in line] for line in found.as_values()]
    columns = [place for place, title in enumerate(lines[0]) if title]
    lines = [[line[place] for place in columns] for line in lines]
    return lines_response(request, lines, name=name, action=action, note=note, purpose=purpose)


def lines_response(
    request: HttpRequest,
    lines: list[list[str]],
    *,
    name: str,
    action: str,
    department: Any = None,
    note: str = "",
    purpose: str = "",
) -> HttpResponse:
    """Return lines of text (header first, up to MOST_ROWS) as a recorded download: lists without a table.

    `purpose`: what a list with names is exported for; recorded with the number of rows.
    """
    now = timezone.localtime()
    content = _book(name, lines[: MOST_ROWS + 1], cut=len(lines) > MOST_ROWS + 1, note=note, made=now)
    return download_response(
        request,
        filename=f"{name}_{now:%Y-%m-%d}.xlsx",
        content=content,
        content_type=XLSX,
        action=action,
        department=department,
        detail={"rows": min(len(lines) - 1, MOST_ROWS)} | ({"purpose": purpose} if purpose else {}),
    )


def _plain(value: Any) -> str:
    return " ".join(strip_tags(str(value)).split()) if value is not None else ""


def _book(name: str, lines: list[list[str]], *, cut: bool, note: str, made: Any) -> bytes:
    book = Book(title=name, author="qcportal", created=made)
    widths = [min(_WIDEST, 2 + max(_width(line[i]) for line in lines)) for i in range(len(lines[0]))]
    page = book.page(name[:31], widths)
    page.add(lines[0], HEAD)
    page.repeat_head(1, 1)
    for line in lines[1:]:
        page.add(line, TEXT)
    if cut:
        page.add([f"只列出前{MOST_ROWS}行：请缩小筛选范围后分次导出。"], PLAIN)
    if note:
        page.add([note], PLAIN)
    return book.to_bytes()


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0xFF else 1 for character in text)
