"""Columns and cells that the list pages of every app share."""

from datetime import date, datetime

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}


class MinuteColumn(tables.Column):
    """A time as 2025-09-08 10:24; the library's DateTimeColumn compiles a template for each cell."""

    pattern = "%Y-%m-%d %H:%M"

    def render(self, value: datetime) -> str:
        return timezone.localtime(value).strftime(self.pattern)


class SecondColumn(MinuteColumn):
    """A time as 2025-09-08 10:24:31."""

    pattern = "%Y-%m-%d %H:%M:%S"


class DayColumn(tables.Column):
    """A day as 2025-09-08; the library's DateColumn compiles a template for each cell too."""

    def render(self, value: date) -> str:
        return value.isoformat()


def tag(kind: str, text: object) -> SafeString:
    """Markup of components/_tag.html for a cell; rendering the template per row costs more than the query."""
    return format_html('<span class="tag {}">{}</span>', kind, text)
