"""Table of the accounts."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django_tables2.utils import A

from exporting.columns import MinuteColumn, tag
from staff.access.permissions import policy
from staff.accounts.models import User

_LINE = {"td": {"class": "text-nowrap"}}  # an opened detail must not squeeze the others


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

    def render_roles(self, record: Any) -> Any:
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
