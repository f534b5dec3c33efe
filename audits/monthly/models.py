"""月度质控 (row 1.2): one spot check a month, its cases and their faults.

The draw is frozen like the quarterly one: list, hash, seed and document, repeatable by anyone. It has no
points: Table B.1 only requires that it was done (D-04).
"""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q

from audits.sampling.models import SEED_CHOSEN, SEED_REVEALED, Seeded
from reports.fields import Modality, System
from staff.access.querysets import DepartmentScoped, Row
from staff.accounts.models import User
from staff.departments.models import Department

_USER = settings.AUTH_USER_MODEL


class MonthlyQuerySet(DepartmentScoped[Row]):
    def for_page(self) -> Self:
        """With the department and the people that a month's page names."""
        return self.select_related("department__institution", "drawn_by", "closed_by", "created_by")

    def without_draw(self) -> Self:
        """Without the frozen list and the draw document, which are large."""
        return self.defer("pool_list", "draw")

    def visible_to(self, user: User, code: str = "audits.view_monthly") -> Self:
        """Months of the departments in which the user may look at them."""
        return super().visible_to(user, code)

    def running(self) -> Self:
        """Months that were not cancelled: at most one a month and department."""
        return self.exclude(status="cancelled")

    def cancelled_draws(self) -> Self:
        """Draws that were cancelled, oldest first, with the number of reports `checked` in each."""
        checked = Count("cases", filter=~Q(cases__verdict=""))
        rows = self.filter(status="cancelled", drawn_at__isnull=False).without_draw()
        return rows.annotate(checked=checked).order_by("pk")

    def between(self, first: date, last: date) -> Self:
        """Months whose first day is between the two, both included."""
        return self.filter(month__gte=first, month__lte=last)


class MonthlyAudit(Seeded):
    """月度质控检查: a random draw over every final report of one month."""

    class Status(models.TextChoices):
        PLANNED = "planned", "待抽样"
        DRAWN = "drawn", "检查中"
        CLOSED = "closed", "已完成"
        NO_REPORTS = "no_reports", "本月无报告"
        CANCELLED = "cancelled", "已作废"

    department = models.ForeignKey(Department, models.PROTECT, related_name="months", verbose_name="科室")
    month = models.DateField("月份", help_text="The month's first day.")
    size = models.PositiveSmallIntegerField("抽查份数", default=10)
    edition = models.CharField("标准版本", max_length=40)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.PLANNED)
    pool_list = models.JSONField(
        default=list, help_text="Frozen list, as audits.sampling.domain.frozen_list defines it."
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
    repeat_reason = models.TextField(
        "重新抽查的理由",
        blank=True,
        help_text="When the month was drawn before; the head's, when it was checked.",
    )
    repeat_by = models.ForeignKey(_USER, models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    checked: int  # added by MonthlyQuerySet.cancelled_draws()

    objects = MonthlyQuerySet.as_manager()

    class Meta:
        ordering = ("-month", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("department", "month"), condition=~Q(status="cancelled"), name="month_once"
            ),
            models.CheckConstraint(condition=Q(size__gte=1), name="month_draws_something"),
            models.CheckConstraint(
                condition=Q(status__in=("planned", "cancelled", "no_reports"))
                | (Q(drawn_at__isnull=False) & ~Q(pool_hash="")),
                name="drawn_month_has_list",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("closed", "no_reports"))
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(summary="")),
                name="closed_month_has_summary",
            ),
            models.CheckConstraint(
                condition=~Q(status="no_reports") | Q(drawn_at__isnull=True, pool_size=0),
                name="month_without_reports_draws_nothing",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancelled_reason=""), name="cancelled_month_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(repeat_reason="", repeat_by__isnull=True)
                | (~Q(repeat_reason="") & Q(repeat_by__isnull=False)),
                name="repeated_month_has_reason_and_name",
            ),
            models.CheckConstraint(condition=SEED_REVEALED, name="month_seed_revealed_at_draw"),
            models.CheckConstraint(condition=SEED_CHOSEN, name="month_chosen_seed_not_committed"),
        )

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月"

    @property
    def is_finished(self) -> bool:
        """Closed by a person, with its reports checked or without a report."""
        return self.status in (self.Status.CLOSED, self.Status.NO_REPORTS)

    @property
    def label(self) -> str:
        """2026年9月: the name on pages and in records."""
        return str(self)


class MonthlyCaseQuerySet(DepartmentScoped[Row]):
    department_path = "audit__department"
    opened_path = "report"

    def for_page(self) -> Self:
        """With the month, the report and its frozen revision, and the people."""
        related = ("audit__department", "report__department", "revision", "assessor", "judged_by")
        return self.without_draw().select_related(*related)

    def without_draw(self) -> Self:
        """Without the frozen list and the draw document of the month."""
        return self.defer("audit__pool_list", "audit__draw")

    def visible_to(self, user: User, code: str = "audits.view_monthly") -> Self:
        """Cases of the user's departments, and those assigned to the user."""
        own = super().visible_to(user, "audits.judge").filter(assessor_id=getattr(user, "pk", None))
        return own if code == "audits.judge" else super().visible_to(user, code) | own

    def unjudged(self) -> Self:
        """Cases of running months on which nobody ruled yet."""
        return self.filter(verdict="", audit__status="drawn")


class MonthlyCase(models.Model):
    """A drawn report at its frozen revision, its assessor, and the result."""

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
        """The month's department, used by trail events."""
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
