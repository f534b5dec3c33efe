"""月度质控 (row 1.2): one spot check a month, its cases and their faults; 改进措施 and what became of them.

The draw is frozen like the quarterly one: list, hash, seed and document, repeatable by anyone. Nothing here
holds points; Table B.1 asks only whether it was done (D-04).
"""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from reports.fields import Modality, System
from staff.models import Department
from staff.querysets import DepartmentScoped

_USER = settings.AUTH_USER_MODEL


class MonthlyQuerySet(DepartmentScoped):
    def visible_to(self, user: Any, code: str = "audits.view_monthly") -> Self:
        """Months of the departments in which the user may look at them."""
        return super().visible_to(user, code)

    def running(self) -> Self:
        """Months that were not cancelled: at most one a month and department."""
        return self.exclude(status="cancelled")

    def between(self, first: date, last: date) -> Self:
        """Months whose first day lies between the two, both included."""
        return self.filter(month__gte=first, month__lte=last)


class MonthlyAudit(models.Model):
    """月度质控检查: a random draw over every final report of one month."""

    class Status(models.TextChoices):
        PLANNED = "planned", "待抽样"
        DRAWN = "drawn", "检查中"
        CLOSED = "closed", "已完成"
        CANCELLED = "cancelled", "已作废"

    department = models.ForeignKey(Department, models.PROTECT, related_name="months", verbose_name="科室")
    month = models.DateField("月份", help_text="The month's first day.")
    size = models.PositiveSmallIntegerField("抽查份数", default=10)
    edition = models.CharField("标准版本", max_length=40)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.PLANNED)
    seed = models.CharField("随机种子", max_length=120)
    pool_list = models.JSONField(
        default=list, help_text="Frozen list, as audits.domain.frozen_list defines it."
    )
    pool_hash = models.CharField("名单校验值", max_length=64, blank=True)
    pool_size = models.PositiveIntegerField(default=0)
    excluded = models.JSONField(
        default=dict, help_text="reason → how many reports of the month were left out"
    )
    draw = models.JSONField(default=dict, help_text="The draw document, replayable by verify_draw.")
    drawn_at = models.DateTimeField(null=True)
    drawn_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    summary = models.TextField("小结", blank=True)
    closed_at = models.DateTimeField("完成时间", null=True)
    closed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    cancelled_reason = models.TextField("作废理由", blank=True)
    created_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = MonthlyQuerySet.as_manager()

    class Meta:
        ordering = ("-month", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("department", "month"), condition=~Q(status="cancelled"), name="month_once"
            ),
            models.CheckConstraint(condition=Q(size__gte=1), name="month_draws_something"),
            models.CheckConstraint(
                condition=Q(status__in=("planned", "cancelled"))
                | (Q(drawn_at__isnull=False) & ~Q(pool_hash="")),
                name="drawn_month_has_list",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(summary="")),
                name="closed_month_has_summary",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancelled_reason=""), name="cancelled_month_has_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月"

    @property
    def label(self) -> str:
        """2026年9月: what pages and records call it."""
        return str(self)


class MonthlyCaseQuerySet(DepartmentScoped):
    department_path = "audit__department"

    def visible_to(self, user: Any, code: str = "audits.view_monthly") -> Self:
        """Cases of the user's departments to look at, and those given to the user to check."""
        own = super().visible_to(user, "audits.judge").filter(assessor_id=getattr(user, "pk", None))
        return own if code == "audits.judge" else super().visible_to(user, code) | own

    def unjudged(self) -> Self:
        """Cases of running months on which nobody ruled yet."""
        return self.filter(verdict="", audit__status="drawn")


class MonthlyCase(models.Model):
    """A drawn report at its frozen revision, who checks it, and what was found."""

    class Verdict(models.TextChoices):
        OPEN = "", "未评"
        CLEAN = "conforming", "未见问题"
        FAULTY = "nonconforming", "有问题"

    audit = models.ForeignKey(MonthlyAudit, models.PROTECT, related_name="cases")
    report = models.ForeignKey("reports.Report", models.PROTECT, related_name="monthly_cases")
    revision = models.ForeignKey("reports.Revision", models.PROTECT, related_name="monthly_cases")
    position = models.PositiveSmallIntegerField("序号")
    system = models.CharField("系统", max_length=20, choices=System)
    modality = models.CharField("检查种类", max_length=3, choices=Modality)
    assessor = models.ForeignKey(
        _USER, models.PROTECT, null=True, blank=True, related_name="monthly_cases", verbose_name="检查人"
    )
    verdict = models.CharField("结果", max_length=13, choices=Verdict, blank=True, default="")
    remark = models.TextField("备注", blank=True)
    judged_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = MonthlyCaseQuerySet.as_manager()

    class Meta:
        ordering = ("audit_id", "position")
        constraints = (
            models.UniqueConstraint(fields=("audit", "report"), name="monthly_report_once"),
            models.UniqueConstraint(fields=("audit", "position"), name="monthly_position_once"),
            models.CheckConstraint(
                condition=Q(verdict="", judged_at__isnull=True, judged_by__isnull=True)
                | (~Q(verdict="") & Q(judged_at__isnull=False, judged_by__isnull=False)),
                name="monthly_case_judged_by_someone",
            ),
        )

    def __str__(self) -> str:
        return f"第{self.position}份"

    @property
    def department_id(self) -> int:
        """The month's department: what trail events go by."""
        return self.audit.department_id


class MonthlyFault(models.Model):
    """问题: a clause, the place in the text and why. `code`: the text check it was taken from, or ""."""

    case = models.ForeignKey(MonthlyCase, models.CASCADE, related_name="faults")
    clause = models.CharField("条款", max_length=20)
    field = models.CharField("所在部分", max_length=20, blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    excerpt = models.TextField("原文", blank=True)
    reason = models.TextField("理由")
    code = models.CharField("文本检查代码", max_length=60, blank=True)

    class Meta:
        ordering = ("case_id", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True) | Q(start__lt=F("end")),
                name="monthly_fault_place",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(clause=""), name="monthly_fault_has_clause_and_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.clause} {self.excerpt[:20]}"


class MeasureQuerySet(DepartmentScoped):
    def visible_to(self, user: Any, code: str = "audits.view_monthly") -> Self:
        """Measures of the user's departments; else those the user answers for."""
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
        "audits.Audit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="measures",
        verbose_name="季度抽样",
    )
    clauses = models.JSONField("条款", default=list)
    problem = models.TextField("问题")
    action = models.TextField("改进措施")
    owner = models.ForeignKey(
        "staff.Member", models.PROTECT, null=True, blank=True, related_name="measures", verbose_name="责任人"
    )
    # The owner's account, kept here so that the database itself refuses the owner as the one who closes.
    owner_user = models.ForeignKey(
        _USER, models.PROTECT, null=True, blank=True, related_name="own_measures", verbose_name="责任人账号"
    )
    due_on = models.DateField("期限")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.OPEN)
    done_on = models.DateField("落实日期", null=True)
    effect = models.CharField("效果", max_length=12, choices=Effect, blank=True, default="")
    effect_facts = models.JSONField(
        default=dict, help_text="The rates before and after as they stood when the effect was checked."
    )
    checked_at = models.DateTimeField("核对时间", null=True)
    checked_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("关闭时间", null=True)
    closed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
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
                condition=Q(status__in=("open", "cancelled")) | Q(done_on__isnull=False),
                name="measure_done_has_day",
            ),
        )
        indexes = (models.Index(fields=("department", "status", "due_on"), name="measure_by_status"),)

    def __str__(self) -> str:
        return f"第{self.pk}号措施"

    @property
    def owner_name(self) -> str:
        """Who answers for it, by name and number."""
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
