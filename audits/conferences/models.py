"""疑难病例讨论 and MDT读片会 (row 1.4): conferences, their cases, participants and signed minutes."""

from pathlib import PurePath
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from audits.conferences.querysets import ConferenceQuerySet
from reports.archive.models import Report
from staff.departments.models import Department
from staff.register.models import Member

_USER = settings.AUTH_USER_MODEL


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
    """A random name: the original file name may identify a person."""
    ending = PurePath(filename).suffix.lower()
    return f"conferences/{uuid4().hex}{ending if ending in ('.pdf', '.jpg', '.png') else ''}"


class MinutesFile(models.Model):
    """A scan of the signed 会议记录. A later file does not replace the earlier ones."""

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
