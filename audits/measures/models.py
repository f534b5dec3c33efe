"""改进措施 (row 1.2): set against problems of a month or a quarter, with its owner, progress and effect.

A measure is closed by a person who neither set it, owns it nor checked its effect, and is not carried out
before it was set: the rules are audits.measures.domain.measures', and the database's.
"""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audits.measures.domain.measures import is_overdue
from audits.monthly.models import MonthlyAudit
from audits.sampling.models import Audit
from staff.access.querysets import DepartmentScoped, Row
from staff.accounts.models import User
from staff.departments.models import Department

_USER = settings.AUTH_USER_MODEL
_KIND = {"open": "due", "done": "info", "checked": "info", "closed": "pass", "cancelled": "open"}
_DEFERRED = ("audit__pool_list", "audit__draw", "quarter__pool_list", "quarter__ledger", "quarter__draw")


class MeasureQuerySet(DepartmentScoped[Row]):
    def for_page(self) -> Self:
        """With the month or quarter it was set against, and everybody who took part."""
        people = ("owner", "owner_user", "checked_by", "closed_by", "created_by")
        return self.defer(*_DEFERRED).select_related("department__institution", "audit", "quarter", *people)

    def for_list(self) -> Self:
        """With the month or quarter it was set against, and its owner."""
        return self.select_related("audit", "quarter", "owner", "owner_user")

    def visible_to(self, user: User, code: str = "audits.view_monthly") -> Self:
        """Measures of the user's departments, and those that the user owns."""
        rows = super().visible_to(user, code)
        if code != "audits.view_monthly" or not user.may("audits.own_measures"):
            return rows
        return rows | super().visible_to(user, "audits.own_measures").filter(owner_user=user)

    def running(self) -> Self:
        """Neither closed nor cancelled."""
        return self.exclude(status__in=("closed", "cancelled"))

    def overdue(self, today: date) -> Self:
        """Still to be carried out after the day they were due; the due day itself is in time."""
        return self.filter(status="open", due_on__lt=today)


class Measure(models.Model):
    """改进措施 against problems of a month or a quarter: an owner, a day, and the check of its effect."""

    class Status(models.TextChoices):
        OPEN = "open", "整改中"
        DONE = "done", "已落实"
        CHECKED = "checked", "已核对效果"
        CLOSED = "closed", "已关闭"
        CANCELLED = "cancelled", "已取消"

    class Effect(models.TextChoices):
        NONE = "", "未核对"
        EFFECTIVE = "effective", "有效"
        UNCLEAR = "unclear", "尚不能判定"
        INEFFECTIVE = "ineffective", "无效"

    department = models.ForeignKey(Department, models.PROTECT, related_name="measures", verbose_name="科室")
    audit = models.ForeignKey(
        MonthlyAudit, models.PROTECT, null=True, blank=True, related_name="measures", verbose_name="月度质控"
    )
    quarter = models.ForeignKey(
        Audit, models.PROTECT, null=True, blank=True, related_name="measures", verbose_name="季度抽样"
    )
    clauses = models.JSONField("条款", default=list)
    problem = models.TextField("问题")
    action = models.TextField("改进措施")
    owner = models.ForeignKey(
        "staff.Member", models.PROTECT, null=True, blank=True, related_name="measures", verbose_name="责任人"
    )
    # A copy of the owner's account, for the constraint that the owner does not close the measure.
    owner_user = models.ForeignKey(
        _USER, models.PROTECT, null=True, blank=True, related_name="own_measures", verbose_name="责任人账号"
    )
    # The day it was entered or reopened; an earlier one agreed on paper is entered as 补录.
    set_on = models.DateField("制定日期", default=timezone.localdate)
    due_on = models.DateField("期限")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.OPEN)
    done_on = models.DateField("落实日期", null=True)
    is_backfilled = models.BooleanField("补录", default=False)
    effect = models.CharField("效果", max_length=12, choices=Effect, blank=True, default="")
    effect_facts = models.JSONField(
        default=dict, help_text="The rates before and after as they stood when the effect was checked."
    )
    checked_at = models.DateTimeField("核对时间", null=True)
    checked_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("关闭时间", null=True)
    closed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    # Closed while the rule excluded the owner only: such rows are left unchanged.
    closed_under_old_rule = models.BooleanField(default=False)
    created_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(audit__isnull=False, quarter__isnull=True)
                | Q(audit__isnull=True, quarter__isnull=False),
                name="measure_of_month_or_quarter",
            ),
            models.CheckConstraint(condition=~Q(problem="") & ~Q(action=""), name="measure_has_words"),
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | Q(owner_user__isnull=False), name="measure_has_owner"
            ),
            models.CheckConstraint(
                condition=~Q(status="closed")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(effect="")),
                name="closed_measure_was_checked",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True)
                | Q(owner_user__isnull=True)
                | ~Q(closed_by=F("owner_user")),
                name="measure_closed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True)
                | Q(closed_under_old_rule=True)
                | (
                    (Q(created_by__isnull=True) | ~Q(closed_by=F("created_by")))
                    & (Q(checked_by__isnull=True) | ~Q(closed_by=F("checked_by")))
                ),
                name="measure_closed_by_who_neither_set_nor_checked_it",
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | Q(is_backfilled=True) | Q(done_on__gte=F("set_on")),
                name="measure_done_after_it_was_set",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("open", "cancelled")) | Q(done_on__isnull=False),
                name="measure_done_has_day",
            ),
        )
        indexes = (models.Index(fields=("department", "status", "due_on"), name="measure_by_status"),)

    def __str__(self) -> str:
        return f"第{self.pk}号措施"

    @property
    def source(self) -> MonthlyAudit | Audit:
        """The month or the quarter against whose problems it was set."""
        source = self.audit or self.quarter
        assert source is not None
        return source

    @property
    def state_tag(self) -> tuple[str, str]:
        """(kind of tag, label) of today's state; for an overdue measure with the number of days."""
        today = timezone.localdate()
        if is_overdue(self.status, self.due_on, today):
            return "fail", f"逾期 {(today - self.due_on).days} 天"
        return _KIND[self.status], self.get_status_display()

    @property
    def owner_name(self) -> str:
        """The owner's name and number."""
        return str(self.owner or self.owner_user)


class MeasureEntry(models.Model):
    """What was done on a measure, by whom and when: never changed once written."""

    class Kind(models.TextChoices):
        SET = "set", "制定措施"
        CHANGE = "change", "修改措施"
        NOTE = "note", "落实记录"
        DONE = "done", "落实完成"
        EFFECT = "effect", "效果核对"
        CLOSE = "close", "关闭"
        REOPEN = "reopen", "重新整改"
        CANCEL = "cancel", "取消"

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField("内容", blank=True)
    by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("measure_id", "at", "id")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
