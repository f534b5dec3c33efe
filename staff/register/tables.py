"""Tables of the register."""

from typing import Any

import django_tables2 as tables
from django_tables2.utils import A

from exporting.columns import DayColumn, MinuteColumn, tag
from staff.register.domain.summary import Summary
from staff.register.models import Member, Qualification
from staff.register.qualification_rules import qualification_rules


class MemberTable(tables.Table):
    staff_number = tables.Column(verbose_name="工号", linkify=("register:member", {"pk": A("pk")}))
    full_name = tables.Column(verbose_name="姓名", linkify=("register:member", {"pk": A("pk")}))
    kind = tables.Column(verbose_name="类别")
    title = tables.Column(verbose_name="职称")
    group = tables.Column(verbose_name="专业组", accessor="group__name", default="未分组")
    modalities = tables.Column(verbose_name="操作设备", orderable=False)
    qualification_status = tables.Column(verbose_name="资质", empty_values=(), orderable=False)
    user = tables.Column(verbose_name="账号", accessor="user__username")
    is_active = tables.Column(verbose_name="在岗")

    class Meta:
        model = Member
        fields = ()
        order_by = ("kind", "staff_number")
        empty_text = "没有符合条件的人员。"
        attrs = {"class": "list", "aria_label": "人员登记"}

    def __init__(self, *args: Any, summaries: dict[int, Summary], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._summaries = summaries

    def render_modalities(self, value: list[str]) -> str:
        return "、".join(value) or "—"

    def render_qualification_status(self, record: Member) -> Any:
        found = self._summaries.get(record.pk)
        return tag(found.kind, found.text) if found else "—"

    def render_is_active(self, value: bool) -> Any:
        return "在岗" if value else tag("open", "离职")


class SubmittedTable(tables.Table):
    """Certificates that wait for somebody to look at them, and what became of earlier ones."""

    member = tables.Column(
        verbose_name="人员", linkify=("register:record", {"pk": A("pk")}), order_by="member__staff_number"
    )
    type = tables.Column(verbose_name="资质")
    issued_on = DayColumn(verbose_name="日期")
    created_at = MinuteColumn(verbose_name="提交时间")
    submitted_by = tables.Column(verbose_name="提交人", accessor="submitted_by__full_name")
    state = tables.Column(verbose_name="状态")

    class Meta:
        model = Qualification
        fields = ()
        order_by = ("-created_at",)
        empty_text = "没有提交的证书。"
        attrs = {"class": "list", "aria_label": "提交的证书"}

    def render_type(self, value: str) -> str:
        kind = qualification_rules().by_code.get(value)
        return kind.name_zh if kind else value

    def render_state(self, value: str, record: Qualification) -> Any:
        return state_tag(record)


def state_tag(record: Qualification) -> Any:
    """待审核, 已确认, 未采纳 as a tag."""
    kinds = {"submitted": "due", "approved": "pass", "rejected": "fail"}
    return tag(kinds[record.state], record.get_state_display())
