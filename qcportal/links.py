"""Addresses of pages with what they are to show."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode


def link(name: str, *args: Any, **query: Any) -> str:
    """The address of page `name` with a query string; NoReverseMatch when there is no such page."""
    url = reverse(name, args=args)
    return f"{url}?{urlencode(query)}" if query else url
