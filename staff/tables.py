"""Tables of the settings pages."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.utils import A

from exporting.columns import NUMBER, MinuteColumn, SecondColumn, tag
from staff.models import Department, User
from staff.permissions import policy
from staff.withholding import hidden_in
from trail.labels import RESULTS, action_label, detail_labels, labels
from trail.models import Event

# Objects an administrator may open.
_OPENS = {"staff.user": "staff:account_edit", "staff.department": "staff:department_edit"}
_LINE = {"td": {"class": "text-nowrap"}}  # an opened detail must not squeeze the others


class DepartmentTable(tables.Table):
    code = tables.Column(verbose_name="代码", linkify=("staff:department_edit", {"pk": A("pk")}))
    name = tables.Column(verbose_name="科室")
    institution = tables.Column(verbose_name="机构", accessor="institution__name")
    level = tables.Column(
        verbose_name="级别", accessor="institution__get_level_display", order_by="institution__level"
    )
    one_step_reporting = tables.BooleanColumn(verbose_name="一步式报告", yesno="是,否")
    people = tables.Column(verbose_name="账号", orderable=False, attrs=NUMBER)

    class Meta:
        model = Department
        fields = ()
        order_by = ("code",)
        empty_text = "还没有科室。"
        attrs = {"class": "list"}

    def render_one_step_reporting(self, value: bool) -> str:
        return "是" if value else "否"

    def render_people(self, value: int, record: Department) -> SafeString:
        url = f"{reverse('staff:accounts')}?department={record.pk}"
        return format_html('<a href="{}">{}</a>', url, value)


class AccountTable(tables.Table):
    username = tables.Column(verbose_name="账号", linkify=("staff:account_edit", {"pk": A("pk")}))
    full_name = tables.Column(verbose_name="姓名")
    staff_number = tables.Column(verbose_name="工号")
    roles = tables.Column(verbose_name="角色", empty_values=(), orderable=False)
    last_login = MinuteColumn(verbose_name="最近登录", default="从未")
    expires_on = tables.Column(verbose_name="有效期至", default="长期", attrs=_LINE)
    is_active = tables.Column(verbose_name="状态")

    class Meta:
        model = User
        fields = ()
        order_by = ("username",)
        empty_text = "没有符合条件的账号。"
        attrs = {"class": "list"}

    def render_roles(self, record: User) -> Any:
        roles = policy().roles
        words = [
            f"{roles[g.role].name if g.role in roles else g.role}"
            f"（{g.department.code if g.department else '全部'}{f'，至{g.until}' if g.until else ''}）"
            for g in record.grants_in_force
        ]
        return "、".join(words) or tag("due", "没有有效角色")

    def render_expires_on(self, value: date) -> str:
        return value.isoformat()

    def render_is_active(self, value: bool, record: User) -> Any:
        if not value:
            return tag("fail", "已停用")
        if record.has_ended:
            return tag("fail", "已到期")
        return tag("due", "待设密码") if record.must_change_password else tag("pass", "启用")


class TrailTable(tables.Table):
    seq = tables.Column(verbose_name="序号", attrs=NUMBER)
    at = SecondColumn(verbose_name="时间", order_by="seq", attrs=_LINE)
    actor_name = tables.Column(verbose_name="操作人", orderable=False, attrs=_LINE)
    ip = tables.Column(verbose_name="来自", orderable=False, default="本机", attrs=_LINE)
    action = tables.Column(verbose_name="操作", orderable=False, attrs=_LINE)
    target_type = tables.Column(verbose_name="对象", orderable=False, empty_values=(), attrs=_LINE)
    detail = tables.Column(verbose_name="内容", orderable=False, empty_values=())
    result = tables.Column(verbose_name="结果", orderable=False, attrs=_LINE)

    class Meta:
        model = Event
        fields = ()
        order_by = ("-seq",)
        empty_text = "没有符合条件的留痕记录。"
        attrs = {"class": "list trail"}

    def __init__(self, *args: Any, hidden: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        """`hidden`: words of the reports that the viewer has still to judge blind."""
        super().__init__(*args, **kwargs)
        self._hidden = hidden

    def render_actor_name(self, value: str, record: Event) -> Any:
        return format_html("{} <small>{}</small>", value, record.actor_roles)

    def render_action(self, value: str) -> str:
        return action_label(value)

    def render_target_type(self, value: str, record: Event) -> Any:
        if not value:
            return "—"
        words = f"{labels().targets.get(value, value)} {record.target_id}"
        try:
            url = reverse(_OPENS[value], args=[record.target_id])
        except (KeyError, NoReverseMatch):
            return words
        return format_html('<a href="{}">{}</a>', url, words)

    def render_detail(self, value: dict[str, Any], record: Event) -> Any:
        pairs = [
            (label, hidden_in(text, self._hidden)) for label, text in detail_labels(value, policy().codes)
        ]
        return render_to_string("staff/_detail.html", {"pairs": pairs, "event": record}) if pairs else "—"

    def render_result(self, value: str) -> Any:
        return RESULTS["done"] if value == "done" else tag("due", RESULTS.get(value, value))
