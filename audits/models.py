"""Audit (the quarterly draw), its cases, and the reviews in which people judge them.

What depends on chance or on a date is frozen: the list, its hash, the seed, the revision of each report
and the outcomes it was judged against. The draw's rules are in audits.domain, pure.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audits.appeals import (  # noqa: F401  (tables of this app, found by Django here)
    Acknowledgement,
    Appeal,
    AppealedFault,
)
from audits.improvement import (  # noqa: F401  (tables of this app, found by Django here)
    Measure,
    MeasureEntry,
)
from audits.monthly import (  # noqa: F401  (tables of this app, found by Django here)
    MonthlyAudit,
    MonthlyCase,
    MonthlyFault,
)
from audits.querysets import AuditQuerySet, CaseQuerySet, ReviewQuerySet
from audits.year import (  # noqa: F401  (tables of this app, found by Django here)
    Conference,
    ConferenceCase,
    Feedback,
    FollowUp,
    FollowUpScan,
    MinutesFile,
    Participant,
)
from reports.models import Modality, Outcome, Report, Revision, System
from staff.models import Department

_USER = settings.AUTH_USER_MODEL


class Audit(models.Model):
    """季度抽样: a window, the frozen pool and its draw (DOMAIN 2)."""

    class Kind(models.TextChoices):
        QUARTERLY = "quarterly", "季度抽样"
        MONTHLY = "monthly", "月度质控"

    class Status(models.TextChoices):
        PLANNED = "planned", "待抽样"
        DRAWN = "drawn", "评审中"
        SETTLED = "settled", "评审完成"
        CANCELLED = "cancelled", "已作废"

    department = models.ForeignKey(Department, models.PROTECT, related_name="audits", verbose_name="科室")
    kind = models.CharField("类别", max_length=10, choices=Kind, default=Kind.QUARTERLY)
    label = models.CharField("期间", max_length=60)
    window_start = models.DateField("窗口起")
    window_end = models.DateField("窗口止")
    cut_off_on = models.DateField("结局截止日")
    extended_reason = models.TextField("延长抽样窗口的理由", blank=True)
    repeat_reason = models.TextField(
        "重新抽样的理由",
        blank=True,
        help_text="Of the head, when the window overlaps a draw that was judged.",
    )
    repeat_by = models.ForeignKey(_USER, models.PROTECT, null=True, blank=True, related_name="+")
    edition = models.CharField("标准版本", max_length=40)
    readers = models.PositiveSmallIntegerField("每例评审人数", default=1)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.PLANNED)
    seed = models.CharField("随机种子", max_length=120)
    pool_list = models.JSONField(default=list, help_text="Frozen eligible list, as audits.domain defines it.")
    pool_hash = models.CharField("名单校验值", max_length=64, blank=True)
    pool_size = models.PositiveIntegerField(default=0)
    ledger = models.JSONField(default=dict, help_text="What was excluded and why, with counts.")
    draw = models.JSONField(default=dict, help_text="The draw document, replayable by verify_draw.")
    drawn_at = models.DateTimeField(null=True)
    drawn_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    cancelled_reason = models.TextField(blank=True)
    sheet_signed_at = models.DateTimeField(
        null=True, help_text="When its first score sheet was signed; from then on it stands."
    )
    created_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ("-window_end", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("department", "kind", "window_start", "window_end"),
                condition=~Q(status="cancelled"),
                name="audit_window_once",
            ),
            models.CheckConstraint(condition=Q(window_start__lte=F("window_end")), name="audit_window_order"),
            models.CheckConstraint(
                condition=Q(status__in=("planned", "cancelled"))
                | (Q(drawn_at__isnull=False) & ~Q(pool_hash="")),
                name="drawn_audit_has_list",
            ),
            models.CheckConstraint(condition=Q(readers__in=(1, 2)), name="audit_readers_one_or_two"),
            models.CheckConstraint(
                condition=Q(repeat_reason="", repeat_by__isnull=True)
                | (~Q(repeat_reason="") & Q(repeat_by__isnull=False)),
                name="repeated_audit_has_reason_and_name",
            ),
        )

    def __str__(self) -> str:
        return self.label


class Case(models.Model):
    """每例: a drawn report at its frozen revision. `position` 1…10; a replaced case keeps its position."""

    class State(models.TextChoices):
        ACTIVE = "active", "在评"
        REPLACED = "replaced", "已更换"

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="cases")
    report = models.ForeignKey(Report, models.PROTECT, related_name="cases")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="cases")
    outcomes = models.ManyToManyField(Outcome, related_name="cases")
    position = models.PositiveSmallIntegerField("序号")
    system = models.CharField("系统", max_length=20, choices=System)
    modality = models.CharField("检查种类", max_length=3, choices=Modality)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by_case"
    )
    replaced_reason = models.TextField("更换理由", blank=True)
    replaced_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ("audit_id", "position", "id")
        constraints = (
            models.UniqueConstraint(fields=("audit", "report"), name="case_report_once"),
            models.UniqueConstraint(
                fields=("audit", "position"), condition=Q(state="active"), name="case_position_once"
            ),
            models.CheckConstraint(
                condition=Q(state="active") | (~Q(replaced_reason="") & Q(replaced_at__isnull=False)),
                name="replaced_case_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"第{self.position}份"

    @property
    def department_id(self) -> int:
        """The audit's department: what trail events and `visible_to` go by."""
        return self.audit.department_id


class Review(models.Model):
    """评审: one assessor's ruling on one case. Description first, blind; then the outcome and concordance."""

    class Reader(models.IntegerChoices):
        FIRST = 1, "第一评审"
        SECOND = 2, "第二评审"
        ARBITER = 3, "仲裁"

    class Description(models.TextChoices):
        OPEN = "", "未评"
        CONFORMING = "conforming", "规范"
        NONCONFORMING = "nonconforming", "不规范"

    case = models.ForeignKey(Case, models.PROTECT, related_name="reviews")
    assessor = models.ForeignKey(_USER, models.PROTECT, related_name="reviews", verbose_name="评审医师")
    reader = models.PositiveSmallIntegerField("评审次序", choices=Reader, default=Reader.FIRST)
    assigned_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    assigned_at = models.DateTimeField(auto_now_add=True)
    description = models.CharField("描述评定", max_length=13, choices=Description, blank=True, default="")
    description_reason = models.TextField("描述扣分理由", blank=True)
    description_at = models.DateTimeField(null=True)
    reopened_reason = models.TextField("结局揭示后重评描述的理由", blank=True)
    outcome_seen_at = models.DateTimeField(null=True)
    localisation = models.CharField("定位", max_length=20, blank=True, default="")
    characterisation = models.CharField("定性", max_length=20, blank=True, default="")
    error_kind = models.CharField("错误类型", max_length=20, blank=True, default="")
    judgement = models.CharField("判定", max_length=20, blank=True, default="")
    stage_differs = models.BooleanField("分期与结局不同", default=False, help_text="只作备注，不改变判定。")
    conclusion_reason = models.TextField("结论评定理由", blank=True)
    conclusion_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)
    draft = models.JSONField(default=dict, help_text="What was typed and not yet ruled; holds no ruling.")
    # Counted apart from `version`: a draft saved by itself must not make the ruling's own save stale.
    draft_version = models.PositiveIntegerField(default=0)
    drafted_at = models.DateTimeField(null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ("case_id", "reader")
        constraints = (
            models.UniqueConstraint(fields=("case", "assessor"), name="review_assessor_once"),
            models.UniqueConstraint(fields=("case", "reader"), name="review_reader_once"),
            models.CheckConstraint(
                condition=Q(conclusion_at__isnull=True) | Q(description_at__isnull=False),
                name="conclusion_after_description",
            ),
            models.CheckConstraint(
                condition=Q(outcome_seen_at__isnull=True) | Q(description_at__isnull=False),
                name="outcome_after_description",
            ),
            models.CheckConstraint(
                condition=Q(conclusion_at__isnull=True) | ~Q(judgement=""), name="judged_has_judgement"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.assessor_id}"


class Fault(models.Model):
    """描述问题: a clause, the place in the text, and why. Confirmed by the review's assessor."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="faults")
    clause = models.CharField("条款", max_length=20)
    field = models.CharField("所在部分", max_length=20, blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    excerpt = models.TextField("原文", blank=True)
    reason = models.TextField("理由")

    class Meta:
        ordering = ("review_id", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True) | Q(start__lt=F("end")), name="fault_place"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="fault_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.clause} {self.excerpt[:20]}"
