"""随访与反馈 (row 1.3): follow-ups of reports, and the feedback on them.

A follow-up's judgement is a note, not the quarterly ruling, and has no points. Which
parts a complete record has is data (data/follow_up.yaml).
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audits.follow_up.querysets import FeedbackQuerySet, FollowUpQuerySet
from audits.judging.domain.concordance import ErrorKind, Judgement
from reports.archive.models import Report
from staff.departments.models import Department

_USER = settings.AUTH_USER_MODEL


class FollowUp(models.Model):
    """随访: a report to follow up. The program suggests candidates; a person includes or excludes them."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", "候选"
        OPEN = "open", "已纳入"
        EXCLUDED = "excluded", "不纳入"

    department = models.ForeignKey(Department, models.PROTECT, related_name="follow_ups", verbose_name="科室")
    report = models.OneToOneField(Report, models.PROTECT, related_name="follow_up", verbose_name="检查报告")
    state = models.CharField("状态", max_length=9, choices=State, default=State.CANDIDATE)
    is_operated = models.BooleanField("手术病例", default=False)
    is_difficult = models.BooleanField("疑难病例", default=False)
    cues = models.JSONField("线索", default=list, help_text="What the texts suggested, and where.")
    reason = models.TextField("理由", blank=True, help_text="Of the last decision to mark or to set aside.")
    decided_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # Of the operation that included several candidates: they can be reverted together.
    taken_together = models.UUIDField(null=True, blank=True, editable=False)
    # A copy of the report's day: the worklist is sorted and counted by it.
    examined_on = models.DateField("检查日期", null=True)
    judgement = models.CharField(
        "符合性评价", max_length=12, blank=True, default="", choices=[(j.value, j.zh) for j in Judgement]
    )
    error_kind = models.CharField(
        "差错类型", max_length=12, blank=True, default="", choices=[(k.value, k.zh) for k in ErrorKind]
    )
    note = models.TextField("对照说明", blank=True)
    judged_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ("-examined_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="candidate") | Q(decided_at__isnull=False), name="follow_up_decided"
            ),
            models.CheckConstraint(
                condition=~Q(state="excluded") | ~Q(reason=""), name="excluded_follow_up_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(judgement="", error_kind="", judged_at__isnull=True)
                | (~Q(judgement="") & ~Q(error_kind="") & Q(judged_at__isnull=False, state="open")),
                name="follow_up_judged_whole",
            ),
        )
        indexes = (
            models.Index(fields=("department", "state", "-examined_on", "-id"), name="follow_up_worklist"),
            models.Index(
                fields=("department", "taken_together"),
                condition=Q(taken_together__isnull=False),
                name="follow_up_taken_together",
            ),
        )

    def __str__(self) -> str:
        return f"随访 {self.pk}"

    @property
    def kind_zh(self) -> str:
        """手术, 疑难 or both; 随访 for other cases."""
        kinds = [zh for is_it, zh in ((self.is_operated, "手术"), (self.is_difficult, "疑难")) if is_it]
        return "、".join(kinds) or "随访"


class Feedback(models.Model):
    """反馈: a message to the reporting physician, and its receipt. Never changed once sent."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="feedbacks")
    recipient = models.ForeignKey(
        _USER, models.PROTECT, null=True, blank=True, related_name="feedbacks", verbose_name="收件医师"
    )
    recipient_name = models.CharField("医师", max_length=100)
    message = models.TextField("反馈内容")
    sent_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)
    read_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField("签收时间", null=True)
    reply = models.TextField("医师意见", blank=True)
    receipt_note = models.CharField("签收凭据", max_length=200, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ("follow_up_id", "sent_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(message="") & ~Q(recipient_name=""), name="feedback_has_words_and_name"
            ),
            # The physician confirms in person; a paper receipt is noted only for one without an account.
            models.CheckConstraint(
                condition=Q(read_at__isnull=True, read_by__isnull=True, receipt_note="")
                | Q(read_at__isnull=False, recipient__isnull=False, read_by=F("recipient"), receipt_note="")
                | (
                    Q(read_at__isnull=False, recipient__isnull=True, read_by__isnull=False)
                    & ~Q(receipt_note="")
                ),
                name="feedback_read_by_its_recipient",
            ),
        )
        indexes = (models.Index(fields=("recipient", "read_at"), name="feedback_unread"),)

    def __str__(self) -> str:
        return f"反馈 {self.pk}"

    @property
    def department_id(self) -> int:
        """The follow-up's department, used by trail events and `visible_to`."""
        return self.follow_up.department_id


class FollowUpScan(models.Model):
    """The newest report version that was searched for candidates."""

    department = models.OneToOneField(Department, models.CASCADE, related_name="follow_up_scan")
    revision_id = models.PositiveBigIntegerField(default=0)
    scanned_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.department_id} {self.revision_id}"
