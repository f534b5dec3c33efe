"""Addresses of pages, by the names of the site map. A page that does not exist has no address."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode


def link(name: str, *args: Any, **query: Any) -> str:
    """The address of page `name` with a query string; "" when there is no such page."""
    try:
        url = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{url}?{urlencode(query)}" if query else url
