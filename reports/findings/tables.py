"""The list of text findings. The patient is masked here, on the server (docs/quality.md A3)."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from exporting.columns import MinuteColumn, tag
from reports.findings.models import Finding
from reports.findings.page import STATE_TAG, TAG_OF, shown_excerpt, shown_message
from reports.findings.rule_texts import field_zh, title_of

SHOWN = (
    "id",
    "department_id",
    "code",
    "clause",
    "field",
    "start",
    "end",
    "excerpt",
    "message",
    "severity",
    "said_severity",
    "state",
    "is_current",
    "reporting_physician",
    "reported_at",
    "report_id",
    "report__id",
    "report__accession_number",
    "report__patient_name",
    "report__patient_id",
)


class FindingTable(tables.Table):
    """`list_query`: the filter of the list, passed to the report page for its link to the next finding."""

    reported_at = MinuteColumn(verbose_name="报告时间", default="—")
    accession_number = tables.Column(
        verbose_name="检查号", accessor="report__accession_number", orderable=False
    )
    clause = tables.Column(verbose_name="条款", orderable=False)
    code = tables.Column(verbose_name="规则")
    severity = tables.Column(verbose_name="程度")
    excerpt = tables.Column(
        verbose_name="原文", orderable=False, empty_values=(), attrs={"td": {"class": "excerpt"}}
    )
    message = tables.Column(verbose_name="说明", orderable=False, visible=False)
    reporting_physician = tables.Column(verbose_name="报告医师")
    state = tables.Column(verbose_name="核对")

    class Meta:
        model = Finding
        fields = ()
        order_by = ("-reported_at", "-id")
        empty_text = "没有符合条件的提示。"
        attrs = {"class": "list findings-list", "aria_label": "文本检查提示"}
        row_attrs = {"data-href": lambda record, table: table.address(record)}

    def __init__(self, *args: Any, list_query: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.list_query = list_query

    def address(self, record: Finding) -> str:
        """The report at the finding."""
        query = f"?{self.list_query}" if self.list_query else ""
        return f"{reverse('reports:detail', args=[record.report_id])}{query}#finding-{record.pk}"

    def render_accession_number(self, value: str, record: Finding) -> Any:
        return format_html('<a href="{}">{}</a>', self.address(record), value)

    def render_clause(self, value: str) -> Any:
        url = reverse("standards:clause", args=[value])
        return format_html('<a class="number-link" href="{}">{}</a>', url, value)

    def render_code(self, value: str) -> str:
        return title_of(value)

    def render_severity(self, value: str, record: Finding) -> Any:
        return tag(TAG_OF[record.severity], value)

    def render_excerpt(self, record: Finding) -> Any:
        words, place = shown_excerpt(record), field_zh(record.field)
        message = shown_message(record)
        if not words:
            return format_html('<span title="{}"><small>{}</small> （缺）</span>', message, place)
        return format_html('<span title="{}"><small>{}</small> “{}”</span>', message, place, words)

    def value_excerpt(self, record: Finding) -> str:
        return shown_excerpt(record)

    def render_message(self, record: Finding) -> str:
        return shown_message(record)

    def render_state(self, value: str, record: Finding) -> Any:
        return tag(STATE_TAG[record.state], value if record.is_current else f"{value}，已不适用")


def workbook_lines(rows: Any) -> list[list[str]]:
    """The list for a workbook: everything a reader of the page sees, and the sentence in full."""
    head = "报告时间 检查号 条款 规则 代码 程度 所在部分 原文 说明 报告医师 核对"
    lines = [head.split()]
    for finding in rows:
        lines.append(
            [
                MinuteColumn().render(finding.reported_at) if finding.reported_at else "",
                finding.report.accession_number,
                finding.clause,
                title_of(finding.code),
                finding.code,
                str(finding.get_severity_display()),
                field_zh(finding.field),
                shown_excerpt(finding),
                shown_message(finding),
                finding.reporting_physician or "",
                str(finding.get_state_display()),
            ]
        )
    return lines
