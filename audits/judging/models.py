"""Review: one reader's rulings on one case; Fault: a problem it names; ReaderPermission: the head's."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audits.judging.querysets import ReaderPermissionQuerySet, ReviewQuerySet
from audits.sampling.models import Audit, Case

_USER = settings.AUTH_USER_MODEL


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


class ReaderPermission(models.Model):
    """科主任允许评审: somebody who may see outcomes reads in one draw, with the reason that is printed."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="reader_permissions")
    reader = models.ForeignKey(_USER, models.PROTECT, related_name="+", verbose_name="评审医师")
    reason = models.TextField("理由")
    allowed_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField(auto_now_add=True)

    objects = ReaderPermissionQuerySet.as_manager()

    class Meta:
        ordering = ("audit_id", "allowed_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("audit", "reader"), name="reader_allowed_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="reader_permission_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.audit_id} {self.reader_id}"

    @property
    def department_id(self) -> int:
        """The draw's department: what trail events and `visible_to` go by."""
        return self.audit.department_id
