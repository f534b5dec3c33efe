"""Filter of the account list."""

from datetime import timedelta
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from staff.access.permissions import policy
from staff.accounts.models import RoleGrant, User
from staff.accounts.querysets import ACCOUNT_DAYS, UserQuerySet
from staff.departments.models import Department


class AccountFilter(filters.FilterSet):
    """Accounts by name, role in force, department and state."""

    STATES = (
        ("active", "启用"),
        ("disabled", "已停用"),
        ("no_role", "没有有效角色"),
        ("never", "从未登录"),
        ("expired", "一次性密码已过期"),
        ("ending", "角色14天内到期"),
        ("account_ending", "账号7天内到期"),
        ("account_ended", "账号已到期"),
    )

    q = filters.CharFilter(method="search", label="检索", max_length=50)
    role = filters.ChoiceFilter(method="by_role", label="角色", empty_label="全部角色")
    department = filters.ModelChoiceFilter(
        queryset=Department.objects.select_related("institution"),
        method="by_department",
        label="科室",
        empty_label="全部科室",
    )
    state = filters.ChoiceFilter(method="by_state", label="状态", choices=STATES, empty_label="全部状态")

    class Meta:
        model = User
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["role"].extra["choices"] = [(r.code, r.name) for r in policy().roles.values()]

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        term = value.strip()
        found = Q(username__icontains=term) | Q(full_name__contains=term) | Q(staff_number__startswith=term)
        return rows.filter(found) if term else rows

    def by_role(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(pk__in=_in_force().filter(role=value).values("user_id"))

    def by_department(self, rows: QuerySet[Any], name: str, value: Department) -> QuerySet[Any]:
        return rows.filter(pk__in=_in_force().filter(department=value).values("user_id"))

    def by_state(self, rows: UserQuerySet, name: str, value: str) -> QuerySet[Any]:
        if value == "no_role":
            return rows.filter(is_active=True).exclude(pk__in=_in_force().values("user_id"))
        if value == "never":
            return rows.filter(last_login__isnull=True)
        if value == "expired":
            return rows.filter(
                is_active=True, must_change_password=True, password_expires_at__lte=timezone.now()
            )
        if value == "ending":
            soon = timezone.localdate() + timedelta(days=14)
            return rows.filter(is_active=True, pk__in=_in_force().filter(until__lte=soon).values("user_id"))
        if value == "account_ending":
            return rows.ending_within(ACCOUNT_DAYS)
        if value == "account_ended":
            return rows.filter(is_active=True, expires_on__lt=timezone.localdate())
        return rows.filter(is_active=value == "active")


def _in_force() -> Any:
    return RoleGrant.objects.in_force()
