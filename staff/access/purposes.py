"""Exports of lists with names need a purpose, recorded with the number of rows (docs/quality.md A4)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PURPOSE = "purpose"
LEAST, LONGEST = 4, 200  # characters
TOO_SHORT = "请写明导出的用途，例如“向院感科报送名单”。"


def with_purpose(request: HttpRequest, what: str, send: Callable[[str], HttpResponse]) -> HttpResponse:
    """`send(purpose)` when one is given, else the page that asks for it; `what`: name of the file.

    The page sends the purpose to `search`, so that no typed text stands in an address.
    """
    purpose = request.GET.get(PURPOSE)
    if purpose is not None and LEAST <= len(purpose.strip()) <= LONGEST:
        return send(purpose.strip())
    problem = "" if purpose is None else TOO_SHORT
    # The items of a stored search are its token alone: it is sent along and found again.
    asked = [(name, text) for name, text in request.GET.items() if name != PURPOSE]
    context = {"what": what, "asked": asked, "problem": problem, "longest": LONGEST}
    return render(request, "staff/export_purpose.html", context, status=400 if problem else 200)
