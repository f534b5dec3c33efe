"""The list of requests for roles and passwords."""

from typing import Any

import django_tables2 as tables
from django_tables2.utils import A

from exporting.columns import MinuteColumn, tag
from staff.accounts.models import GrantRequest

_WHOLE = {"td": {"class": "nowrap"}}
_KINDS = {"pending": "due", "confirmed": "pass", "refused": "fail"}


def status_tag(request: GrantRequest) -> Any:
    """待确认, 已确认, 已拒绝, 已撤回, 已过期."""
    return tag(_KINDS.get(request.status, "open"), GrantRequest.Status(request.status).label)


class GrantRequestTable(tables.Table):
    number = tables.Column(
        verbose_name="编号", linkify=("staff:grant_request", {"pk": A("pk")}), accessor="pk", order_by="pk"
    )
    user = tables.Column(verbose_name="账号", orderable=False)
    subject = tables.Column(verbose_name="事项", accessor="subject", orderable=False)
    status = tables.Column(verbose_name="状态")
    requested_by = tables.Column(verbose_name="申请人", accessor="requested_by__full_name", orderable=False)
    requested_at = MinuteColumn(verbose_name="申请时间", attrs=_WHOLE)
    decided_by = tables.Column(
        verbose_name="处理人", accessor="decided_by__full_name", orderable=False, default="—"
    )
    decided_at = MinuteColumn(verbose_name="处理时间", default="—", attrs=_WHOLE)

    class Meta:
        model = GrantRequest
        fields = ()
        order_by = ("-requested_at",)
        empty_text = "没有申请。"
        attrs = {"class": "list", "aria_label": "角色与密码的申请"}

    def render_number(self, value: int) -> str:
        return f"第{value}号"

    def render_user(self, record: GrantRequest) -> str:
        return f"{record.user.full_name}（{record.user.username}）"

    def render_status(self, record: GrantRequest) -> Any:
        return status_tag(record)
