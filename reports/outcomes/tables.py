"""List of outcomes. Names and ids are masked here, on the server."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from exporting.columns import DayColumn
from reports.outcomes.models import Outcome


class OutcomeTable(tables.Table):
    observed_on = DayColumn(verbose_name="结局日期")
    kind = tables.Column(verbose_name="结局来源")
    text = tables.Column(verbose_name="结局内容", orderable=False, attrs={"td": {"class": "clamp"}})
    given_accession = tables.Column(verbose_name="登记的检查号", orderable=False)
    report = tables.Column(
        verbose_name="归入报告",
        linkify=lambda record: _report_url(record),
        accessor="report__accession_number",
    )
    match = tables.Column(verbose_name="匹配")
    action = tables.Column(empty_values=(), verbose_name="", orderable=False)

    class Meta:
        model = Outcome
        fields = ()
        order_by = ("-observed_on", "-id")
        empty_text = "没有符合条件的结局。"
        attrs = {"class": "list"}

    def render_text(self, value: str, record: Outcome) -> str:
        return record.masked(value)

    def render_action(self, record: Outcome) -> Any:
        name, word = (
            ("outcome_match", "核对") if record.match in Outcome.PENDING else ("outcome_correction", "更正")
        )
        return format_html('<a href="{}">{}</a>', reverse(f"reports:{name}", args=[record.pk]), word)


def _report_url(record: Outcome) -> str | None:
    return reverse("reports:detail", args=[record.report_id]) if record.report_id else None
