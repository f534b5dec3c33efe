"""Sheet, one version of an audit's Table B.1, with its row settings and evidence notes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audits.sampling.models import Audit
from scoring.sheets.querysets import SheetQuerySet
from staff.departments.models import Institution
from trail.models import Event

_USER = settings.AUTH_USER_MODEL


class Sheet(models.Model):
    """One version of a 评分表."""

    class Status(models.TextChoices):
        DRAFT = "draft", "填写中"
        SUBMITTED = "submitted", "待签发"
        SIGNED = "signed", "已签发"
        SUPERSEDED = "superseded", "已被更正"

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="sheets")
    number = models.PositiveSmallIntegerField("版次", default=1)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DRAFT)
    edition = models.CharField("标准版本", max_length=40)
    hospital_level = models.CharField("机构级别", max_length=10, choices=Institution.Level)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="correction")
    correction_reason = models.TextField("更正理由", blank=True)
    submitted_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField("提交时间", null=True)
    returned_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField("退回时间", null=True)
    returned_reason = models.TextField("退回理由", blank=True)
    signed_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("签发时间", null=True)
    total = models.PositiveSmallIntegerField("合计得分", null=True)
    verdict = models.CharField("判定", max_length=20, blank=True)
    content = models.JSONField(null=True, help_text="The packet document as signed.")
    content_hash = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = SheetQuerySet.as_manager()

    # Set by scoring.sheets.queries.signed_records when they were looked up, or by `with_signed_as`.
    signing_event: Event | None
    was_corrected: bool

    class Meta:
        ordering = ("-audit__window_end", "-number")
        constraints = (
            models.UniqueConstraint(fields=("audit", "number"), name="sheet_number_once"),
            models.UniqueConstraint(
                fields=("audit",), condition=Q(status__in=("draft", "submitted")), name="sheet_open_once"
            ),
            models.UniqueConstraint(
                fields=("audit",), condition=Q(status="signed"), name="sheet_signed_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "submitted"))
                | (
                    Q(signed_at__isnull=False, signed_by__isnull=False, content__isnull=False)
                    & ~Q(content_hash="")
                ),
                name="signed_sheet_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="submitted_sheet_names_submitter",
            ),
            models.CheckConstraint(
                condition=Q(number=1) | (Q(corrects__isnull=False) & ~Q(correction_reason="")),
                name="correction_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__lte=30), name="total_at_most_30"
            ),
        )

    def __str__(self) -> str:
        return f"{self.audit.label} 第{self.number}版"

    @property
    def department_id(self) -> int:
        """The audit's department: what trail events and `visible_to` go by."""
        return self.audit.department_id


class RowSetting(models.Model):
    """A person's entries on one row: the state of a section 1 row, or the wording of a deduction's reason.

    `suggestion` is what the records suggested when the state was set, with what it rested on and what was
    missing; where the person decided otherwise, `differs_reason` says why. Both are stored (D-14).
    """

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="row_settings")
    row = models.CharField("行", max_length=5)
    state = models.CharField("评定", max_length=12, blank=True, default="")
    reason = models.TextField("扣分理由", blank=True)
    remark = models.TextField("备注", blank=True)
    suggested_state = models.CharField("建议", max_length=12, blank=True, default="")
    suggestion = models.JSONField(null=True, help_text="The suggestion as it stood when the state was set.")
    differs_reason = models.TextField("与建议不同的理由", blank=True, default="")
    set_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("sheet_id", "row")
        constraints = (models.UniqueConstraint(fields=("sheet", "row"), name="row_setting_once"),)

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.row}"

    @property
    def departs(self) -> bool:
        """Whether the decision differs from the suggestion."""
        return bool(self.state and self.suggested_state) and self.state != self.suggested_state

    @property
    def departs_unexplained(self) -> bool:
        """Whether it differs without a reason given."""
        return self.departs and not self.differs_reason.strip()


class EvidenceNote(models.Model):
    """机构提供的资料: what was shown for a row (title, date, place), as noted by a person."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="evidence_notes")
    row = models.CharField("行", max_length=5)
    title = models.CharField("资料名称", max_length=200)
    dated_on = models.DateField("日期", null=True, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    added_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("sheet_id", "row", "dated_on", "id")

    def __str__(self) -> str:
        return self.title
