"""The list of requests for unmasked packets, and its filter."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django_tables2.utils import A

from exporting.columns import DayColumn, MinuteColumn, tag
from scoring.unmasking.models import UnmaskRequest

_WHOLE = {"td": {"class": "nowrap"}}


def state_tag(request: UnmaskRequest) -> Any:
    """待批准, 已批准, 未批准, 已收回, 已到期, 已随更正失效."""
    return tag(request.state_tag, request.state_zh)


class UnmaskRequestTable(tables.Table):
    number = tables.Column(
        verbose_name="编号",
        linkify=("scoring:unmask_request", {"pk": A("pk")}),
        accessor="pk",
        order_by="pk",
    )
    sheet = tables.Column(verbose_name="迎检包", accessor="sheet", orderable=False)
    department = tables.Column(verbose_name="科室", accessor="sheet__audit__department", orderable=False)
    receiver = tables.Column(verbose_name="仅限", accessor="receiver", orderable=False)
    reason = tables.Column(verbose_name="用途与理由", orderable=False)
    status = tables.Column(verbose_name="状态")
    asked_by = tables.Column(
        verbose_name="申请人", accessor="asked_by__full_name", orderable=False, attrs=_WHOLE
    )
    asked_at = MinuteColumn(verbose_name="申请时间", attrs=_WHOLE)
    until = DayColumn(verbose_name="有效期至", default="—", attrs=_WHOLE)

    class Meta:
        model = UnmaskRequest
        fields = ()
        order_by = ("-asked_at",)
        empty_text = "没有未脱敏的申请。"
        attrs = {"class": "list", "aria_label": "未脱敏迎检包的申请"}

    def render_number(self, value: int) -> str:
        return f"第{value}号"

    def render_status(self, record: UnmaskRequest) -> Any:
        return state_tag(record)


class UnmaskRequestFilter(filters.FilterSet):
    """Filter requests by status."""

    status = filters.ChoiceFilter(choices=UnmaskRequest.Status, label="状态", empty_label="全部状态")

    class Meta:
        model = UnmaskRequest
        fields = ()
