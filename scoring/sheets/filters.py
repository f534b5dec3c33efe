"""Filters of the list pages, declared once."""

import django_filters as filters
from django import forms

from scoring.sheets.domain.verdict import VERDICT_ZH
from scoring.sheets.models import Sheet
from scoring.sheets.querysets import SheetQuerySet

_DATE = forms.DateInput(attrs={"type": "date"})


class SheetFilter(filters.FilterSet):
    """Filter sheets by status, verdict, end of the window, and version."""

    status = filters.ChoiceFilter(choices=Sheet.Status, label="状态", empty_label="全部状态")
    verdict = filters.ChoiceFilter(
        choices=[(code, zh) for code, zh in VERDICT_ZH.items() if code != "unjudged_rows"],
        label="附录B评分",
        empty_label="全部",
    )
    since = filters.DateFilter("audit__window_end", "gte", label="窗口止日从", widget=_DATE)
    until = filters.DateFilter("audit__window_end", "lte", label="至", widget=_DATE)
    versions = filters.ChoiceFilter(
        method="by_version", label="版本", choices=(("all", "包括已被更正的"),), empty_label="现行版本"
    )

    class Meta:
        model = Sheet
        fields = ()

    @property
    def qs(self) -> SheetQuerySet[Sheet]:
        """Superseded versions only when they are asked for."""
        rows: SheetQuerySet[Sheet] = super().qs
        asked = self.data.get("versions") == "all" or self.data.get("status") == Sheet.Status.SUPERSEDED
        return rows if asked else rows.exclude(status=Sheet.Status.SUPERSEDED)

    def by_version(self, rows: SheetQuerySet[Sheet], name: str, value: str) -> SheetQuerySet[Sheet]:
        return rows
