"""Tables of appeals and of one's own findings, and their filters."""

from datetime import date
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django_tables2.utils import A

from audits.appeals.domain.appeals import PENDING, is_overdue
from audits.appeals.models import Appeal, AppealQuerySet
from audits.appeals.queries.own_findings import Read, problem_of_finding
from audits.judging.domain.appeals import State, Subject
from exporting.columns import MinuteColumn, tag
from reports.findings.models import Finding
from reports.findings.page import STATE_TAG, TAG_OF
from reports.findings.tables import FindingTable

STATE_KIND = {"open": "due", "assigned": "info", "upheld": "pass", "rejected": "fail", "withdrawn": "open"}
STATES = (("pending", "未决"), ("overdue", "已逾期"), *((state.value, state.zh) for state in State))


class AppealFilter(filters.FilterSet):
    """Narrow the appeals by state and by subject."""

    state = filters.ChoiceFilter(method="by_state", label="状态", choices=STATES, empty_label="全部")
    subject = filters.ChoiceFilter(
        choices=[(subject.value, subject.zh) for subject in Subject], label="对象", empty_label="全部"
    )

    class Meta:
        model = Appeal
        fields = ()

    def by_state(self, rows: AppealQuerySet[Appeal], name: str, value: str) -> AppealQuerySet[Appeal]:
        if value == "overdue":
            return rows.overdue(timezone.localdate())
        return rows.pending() if value == "pending" else rows.filter(state=value)


class AppealTable(tables.Table):
    id = tables.Column(verbose_name="申诉", linkify=("audits:appeal", {"pk": A("pk")}))
    appealed_at = MinuteColumn(verbose_name="申诉时间")
    subject = tables.Column(verbose_name="对象")
    report = tables.Column(verbose_name="检查号", order_by="report__accession_number")
    appellant = tables.Column(verbose_name="申诉人", accessor="appellant__full_name")
    assessor = tables.Column(verbose_name="复核人", accessor="assessor__full_name", default="未分配")
    due_on = tables.Column(verbose_name="应答复")
    state = tables.Column(verbose_name="状态")
    change = tables.Column(verbose_name="复核后", orderable=False, default="—", empty_values=("",))

    class Meta:
        model = Appeal
        fields = ()
        order_by = ("-appealed_at",)
        empty_text = "没有符合条件的申诉。"
        attrs = {"class": "list", "aria_label": "申诉"}
        row_attrs = {"data-href": lambda record: reverse("audits:appeal", args=[record.pk])}

    def render_id(self, value: int) -> str:
        return f"第{value}号"

    def render_due_on(self, value: date, record: Appeal) -> str:
        if is_overdue(record.state, value, timezone.localdate()):
            return format_html("{} {}", f"{value:%Y-%m-%d}", tag("fail", "已逾期"))
        return f"{value:%Y-%m-%d}" if record.state in PENDING else "—"

    def render_state(self, value: str, record: Appeal) -> str:
        return tag(STATE_KIND[record.state], value)


class OwnFindingTable(FindingTable):
    """Findings on one's own reports: each row links to its page."""

    reporting_physician = None
    read = tables.Column(verbose_name="本人", empty_values=(), orderable=False)

    class Meta(FindingTable.Meta):
        attrs = {"class": "list findings-list", "aria_label": "本人报告的文本检查提示"}
        row_attrs = {"data-href": lambda record, table: table.address(record)}

    def __init__(self, *args: Any, read: Read | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read = read or {}

    def address(self, record: Finding) -> str:
        return reverse("audits:own_one", args=["finding", record.pk])

    def render_severity(self, value: str, record: Finding) -> str:
        return tag(TAG_OF[record.severity], value)

    def render_state(self, value: str, record: Finding) -> str:
        kind = "open" if record.state == "open" else STATE_TAG[record.state]
        return tag(kind, value)

    def render_read(self, record: Finding) -> str:
        return tag(*problem_of_finding(record, self._read).state)
