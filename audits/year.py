"""随访与反馈 (row 1.3) and 疑难病例讨论、MDT读片会 (row 1.4): what a department does between the quarters.

A follow-up's judgement is a note beside the outcome, not the quarterly ruling: it holds no points. Which
parts a complete record has is data (audits/data/follow_up.yaml).
"""

from pathlib import PurePath
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audits.domain.concordance import ErrorKind, Judgement
from audits.year_querysets import ConferenceQuerySet, FeedbackQuerySet, FollowUpQuerySet
from reports.models import Report
from staff.models import Department, Member

_USER = settings.AUTH_USER_MODEL


class FollowUp(models.Model):
    """随访: a report worth following up. A candidate is suggested; a person takes it up or sets it aside."""

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
    # Of the act that took several candidates up together: what it took can be taken back together.
    taken_together = models.UUIDField(null=True, blank=True, editable=False)
    # The report's own day, kept here: the worklist is sorted and counted by it.
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
        """手术病例、疑难病例, or what else it is followed up for."""
        kinds = [zh for is_it, zh in ((self.is_operated, "手术"), (self.is_difficult, "疑难")) if is_it]
        return "、".join(kinds) or "随访"


class Feedback(models.Model):
    """反馈: what the reporting physician is told, and that they read it. Never changed once sent."""

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
            # The physician confirms in person; only without an account is a receipt on paper noted for them.
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
        """The follow-up's department: what trail events and `visible_to` go by."""
        return self.follow_up.department_id


class FollowUpScan(models.Model):
    """How far the candidates were sought: the newest version of a report that was looked at."""

    department = models.OneToOneField(Department, models.CASCADE, related_name="follow_up_scan")
    revision_id = models.PositiveBigIntegerField(default=0)
    scanned_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.department_id} {self.revision_id}"


class Conference(models.Model):
    """疑难病例讨论 or MDT读片会: when, which cases, who, and what was concluded."""

    class Kind(models.TextChoices):
        DIFFICULT = "difficult", "疑难病例讨论"
        MDT = "mdt", "MDT读片会"

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="conferences", verbose_name="科室"
    )
    kind = models.CharField("类别", max_length=9, choices=Kind)
    title = models.CharField("议题", max_length=120)
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=60, blank=True)
    chair = models.CharField("主持人", max_length=60)
    recorder = models.CharField("记录人", max_length=60)
    summary = models.TextField("小结", blank=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    cancelled_reason = models.TextField("作废理由", blank=True)
    created_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects = ConferenceQuerySet.as_manager()

    class Meta:
        ordering = ("-held_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(chair="") & ~Q(recorder=""), name="conference_has_words"
            ),
            models.CheckConstraint(condition=Q(kind__in=("difficult", "mdt")), name="conference_kind_known"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_reason="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_reason="")),
                name="cancelled_conference_has_reason",
            ),
        )
        indexes = (models.Index(fields=("department", "-held_on", "-id"), name="conference_recent"),)

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_kind_display()}：{self.title}"


class ConferenceCase(models.Model):
    """A report that was discussed: the question, and the conclusion."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="cases")
    report = models.ForeignKey(Report, models.PROTECT, related_name="conference_cases")
    position = models.PositiveSmallIntegerField("序号")
    question = models.TextField("讨论的问题", blank=True)
    conclusion = models.TextField("结论")

    class Meta:
        ordering = ("conference_id", "position")
        constraints = (
            models.UniqueConstraint(fields=("conference", "report"), name="conference_report_once"),
            models.UniqueConstraint(fields=("conference", "position"), name="conference_position_once"),
            models.CheckConstraint(condition=~Q(conclusion=""), name="conference_case_has_conclusion"),
        )

    def __str__(self) -> str:
        return f"第{self.position}例"


class Participant(models.Model):
    """Who took part: a member of the register, or a name from another department."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="participants")
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="conferences", verbose_name="人员"
    )
    name = models.CharField("姓名", max_length=60)
    unit = models.CharField("科室", max_length=60, blank=True)

    class Meta:
        ordering = ("conference_id", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("conference", "member"), condition=Q(member__isnull=False), name="participant_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="participant_has_name"),
        )

    def __str__(self) -> str:
        return f"{self.name}（{self.unit}）" if self.unit else self.name


def minutes_path(_: models.Model, filename: str) -> str:
    """A random name: what the file was called may name anyone."""
    ending = PurePath(filename).suffix.lower()
    return f"conferences/{uuid4().hex}{ending if ending in ('.pdf', '.jpg', '.png') else ''}"


class MinutesFile(models.Model):
    """会议记录 as signed on paper. A later file stands beside the earlier ones, which stay."""

    conference = models.ForeignKey(Conference, models.PROTECT, related_name="files")
    file = models.FileField("文件", upload_to=minutes_path)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("conference_id", "-id")
        constraints = (models.CheckConstraint(condition=~Q(sha256=""), name="minutes_have_hash"),)

    def __str__(self) -> str:
        return self.name
