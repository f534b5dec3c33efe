"""Which page to show after signing in: one that can be opened, never an address that only takes a form."""

from collections.abc import Callable, Iterator
from inspect import getclosurevars
from typing import Any
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme


def page_asked_for(request: HttpRequest) -> str:
    """Where the person was: the page asked for, or the one on which the form or fragment was."""
    if request.headers.get("HX-Request"):
        stood_on = request.headers.get("HX-Current-URL", "")
        return nearest_page(request, stood_on) if stood_on else ""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    form_page = _own(request, request.headers.get("Referer", ""))
    return form_page if _opens(form_page) else nearest_page(request, request.get_full_path())


def nearest_page(request: HttpRequest, url: str) -> str:
    """`url` if it is a page of ours, else the nearest page above it; the home page for a stranger's."""
    own = _own(request, url)
    return next((path for path in (own, *_above(own)) if _opens(path)), reverse("home"))


def _own(request: HttpRequest, url: str) -> str:
    """Path and query of an address of this site; "" of any other."""
    if not url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _above(path: str) -> Iterator[str]:
    steps = path.partition("?")[0].strip("/").split("/")
    for count in range(len(steps) - 1, 0, -1):
        yield f"/{'/'.join(steps[:count])}/"


def _opens(path: str) -> bool:
    """Does some view answer a GET there?"""
    try:
        return bool(path) and _takes_get(resolve(unquote(path.partition("?")[0])).func)
    except Resolver404:
        return False


def _takes_get(view: Callable[..., Any] | None) -> bool:
    """Django's `require_POST` and its like keep the methods they let pass to themselves."""
    while view is not None:
        methods = getclosurevars(view).nonlocals.get("request_method_list")
        if methods is not None and "GET" not in methods:
            return False
        view = getattr(view, "__wrapped__", None)
    return True
