"""User, the roles a user holds, requests that another person must confirm, and earlier passwords."""

from datetime import timedelta
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from staff.access.permissions import policy
from staff.accounts.querysets import UserQuerySet
from staff.departments.models import Department


class User(AbstractUser):
    """A person with an account. Names in reports are compared with `full_name` and `aliases`."""

    # Django takes None for "no such column"; its stubs do not.
    first_name = last_name = None  # type: ignore[assignment]
    full_name = models.CharField("姓名", max_length=50)
    staff_number = models.CharField("工号", max_length=30, blank=True)
    aliases = models.JSONField("报告署名", default=list, blank=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    password_expires_at = models.DateTimeField(null=True, blank=True)
    must_change_password = models.BooleanField(default=False)
    expires_on = models.DateField("账号有效期至", null=True, blank=True)
    # Switched on again: the days without a sign-in are counted from here.
    enabled_at = models.DateTimeField(null=True, blank=True)
    # Since when a second factor is asked for at sign-in; None: none is set up (staff.second_factor).
    second_factor_at = models.DateTimeField("双重验证启用于", null=True, blank=True)

    objects: ClassVar[UserManager["User"]] = UserManager()  # type: ignore[assignment]  # stubs: of Self
    accounts = UserQuerySet.as_manager()

    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        return f"{self.full_name} {self.staff_number}".strip() or self.username

    @cached_property
    def active_grants(self) -> list["RoleGrant"]:
        """Roles in force now; read once a request, so a change acts on the next one."""
        if not self.is_active or self.has_ended:
            return []
        return list(self.role_grants.in_force().select_related("department__institution"))

    @property
    def has_ended(self) -> bool:
        """Is the account's last day over? That day itself is valid, to midnight in the hospital's time."""
        return self.expires_on is not None and self.expires_on < timezone.localdate()

    @property
    def password_is_due(self) -> bool:
        """Must the password be changed before anything else: a single-use one, or one that grew old?"""
        if self.must_change_password:
            return True
        days = settings.QC_PASSWORD_DAYS
        if days is None or self.password_changed_at is None:
            return False
        return self.password_changed_at + timedelta(days=days) <= timezone.now()

    @property
    def single_use_password_expired(self) -> bool:
        """Was a single-use password left lying longer than it holds?"""
        end = self.password_expires_at
        return self.must_change_password and end is not None and end <= timezone.now()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end when the second factor changes, as when the password does."""
        found: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]  # private to the stubs
        if self.second_factor_at is None:
            return found
        value = found + self.second_factor_at.isoformat()
        return salted_hmac("staff.second_factor", value, secret=secret, algorithm="sha256").hexdigest()

    def may(self, code: str, department: Any = None) -> bool:
        """Does any role in force grant `code` (in that department, when one is named)?"""
        reach = self.reach(code)
        if department is None:
            return reach is None or bool(reach)
        return reach is None or department.pk in reach

    def reach(self, code: str) -> frozenset[int] | None:
        """Ids of the departments in which `code` is granted; None means every department."""
        granted = {g.department_id for g in self.active_grants if code in policy().granted(g.role)}
        return None if None in granted else frozenset(pk for pk in granted if pk is not None)

    @cached_property
    def role_label(self) -> str:
        """Names of the roles, shown beside the person's name and recorded in the trail."""
        codes = dict.fromkeys(g.role for g in self.active_grants)
        roles = policy().roles
        return "、".join(roles[code].name for code in codes if code in roles)

    @property
    def report_names(self) -> list[str]:
        """The names under which this person may appear in reports."""
        return [name for name in dict.fromkeys([self.full_name, *self.aliases]) if name]


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def in_force(self) -> "RoleGrantQuerySet":
        """Grants that have not run out; the last day is valid."""
        today = timezone.localdate()
        return self.filter(Q(until__isnull=True) | Q(until__gte=today))


class RoleGrant(models.Model):
    """A role a user holds in one department, or everywhere when `department` is empty."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants", verbose_name="账号")
    role = models.CharField("角色", max_length=30)
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="role_grants", verbose_name="科室"
    )
    until = models.DateField("有效期至", null=True, blank=True)
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering = ("user_id", "role", "department_id")
        constraints = (
            models.UniqueConstraint(fields=("user", "role", "department"), name="role_once"),
            # NULLs differ from each other, and SQLite has no NULLS NOT DISTINCT.
            models.UniqueConstraint(
                fields=("user", "role"), condition=Q(department__isnull=True), name="role_everywhere_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class GrantRequestQuerySet(models.QuerySet["GrantRequest"]):
    def pending(self) -> "GrantRequestQuerySet":
        """Requests that wait for a decision and have not run out."""
        return self.filter(status=GrantRequest.Status.PENDING, expires_at__gt=timezone.now())

    def visible_to(self, user: Any, *codes: str) -> "GrantRequestQuerySet":
        """Own requests, and those for departments in which `user` holds any of `codes` (or all of them)."""
        reaches = [user.reach(code) for code in codes]
        if None in reaches:
            return self
        inside = Q(department__in=frozenset[int]().union(*filter(None, reaches)))
        return self.filter(inside | Q(requested_by=user.pk))


class GrantRequest(models.Model):
    """A role, or a new password, that one person asks for and another confirms (docs/quality.md T7)."""

    class Kind(models.TextChoices):
        ROLE = "role", "授予角色"
        PASSWORD = "password", "重置密码"

    class Status(models.TextChoices):
        PENDING = "pending", "待确认"
        CONFIRMED = "confirmed", "已确认"
        REFUSED = "refused", "已拒绝"
        WITHDRAWN = "withdrawn", "已撤回"
        EXPIRED = "expired", "已过期"

    user = models.ForeignKey(User, models.CASCADE, related_name="grant_requests", verbose_name="账号")
    kind = models.CharField("事项", max_length=10, choices=Kind)
    role = models.CharField("角色", max_length=30, blank=True)
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="科室"
    )
    until = models.DateField("有效期至", null=True, blank=True)
    # The requester's half of a new password: opens nothing, and is deleted by the decision.
    first_half = models.CharField(max_length=20, blank=True)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间")
    expires_at = models.DateTimeField("确认期限")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.PENDING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="处理人")
    decided_at = models.DateTimeField("处理时间", null=True)
    decision_reason = models.CharField("理由", max_length=200, blank=True)

    objects = GrantRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(requested_by=F("user")), name="grant_request_for_another"),
            models.CheckConstraint(
                condition=~Q(status="confirmed")
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("requested_by"))
                    & ~Q(decided_by=F("user"))
                ),
                name="grant_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status="pending") | Q(first_half=""), name="grant_request_half_is_gone"
            ),
            models.UniqueConstraint(
                fields=("user", "kind", "role", "department"),
                condition=Q(status="pending", department__isnull=False),
                name="grant_request_once",
            ),
            models.UniqueConstraint(
                fields=("user", "kind", "role"),
                condition=Q(status="pending", department__isnull=True),
                name="grant_request_everywhere_once",
            ),
        )

    def __str__(self) -> str:
        return f"第{self.pk}号"

    @property
    def subject(self) -> str:
        """What is asked for: 质控员（放射科，至2026-12-31）, or 重置密码."""
        if self.kind == self.Kind.PASSWORD:
            return str(self.Kind.PASSWORD.label)
        role = policy().roles.get(self.role)
        place = str(self.department) if self.department else "全部科室"
        return f"{role.name if role else self.role}（{place}，{f'至{self.until}' if self.until else '长期'}）"


class PasswordRecord(models.Model):
    """Hashes of earlier passwords: the last five may not be taken again (docs/quality.md T3)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="password_records")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-set_at", "-id")

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"
