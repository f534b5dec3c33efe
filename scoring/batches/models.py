"""批量迎检包: a job that archives the packets of a quarter or a year, with progress and result.

The row is the job: its input is frozen at the request, every step is recorded here, and it ends by
compare-and-set: a job delivered twice still has one result (docs/quality.md F4). The result is stored for a
set time and then removed; the packets themselves stay.
"""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from scoring.batches.domain.packet_period import PacketPeriod
from staff.departments.models import Department

_USER = settings.AUTH_USER_MODEL
FOLDER = "packet-jobs"


class PacketJobQuerySet(models.QuerySet["PacketJob"]):
    def visible_to(self, user: Any, code: str = "scoring.download_packet") -> Self:
        """A person's own jobs: what is in a result is what that person might download."""
        if not getattr(user, "is_authenticated", False) or not user.may(code):
            return self.none()
        return self.filter(asked_by=user)

    def for_page(self) -> Self:
        """With the department and the person a page names."""
        return self.select_related("department__institution", "asked_by")

    def open(self) -> Self:
        """Waiting or at work."""
        return self.filter(status__in=PacketJob.OPEN)


class PacketJob(models.Model):
    """One order of 批量迎检包. `sheets`: the ids of the signed versions, in the order they are filed."""

    class Status(models.TextChoices):
        QUEUED = "queued", "等待中"
        RUNNING = "running", "生成中"
        DONE = "done", "已完成"
        CANCELLED = "cancelled", "已取消"
        FAILED = "failed", "未能完成"
        EXPIRED = "expired", "已过保留期"

    OPEN = (Status.QUEUED, Status.RUNNING)

    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度", null=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="packet_jobs", verbose_name="科室"
    )
    sheets = models.JSONField(default=list)
    included = models.JSONField(default=list, help_text="Ids of the sheets whose files are in the result.")
    lacking = models.JSONField(default=list, help_text="Which packets do not exist yet, in words.")
    problems = models.JSONField(default=list, help_text="What could not be put in, and why, in words.")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.QUEUED)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    file = models.FileField(upload_to=f"{FOLDER}/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    # What one person has at most one open job for: the same order twice is the same job.
    key = models.CharField(max_length=40)
    asked_by = models.ForeignKey(_USER, models.PROTECT, related_name="packet_jobs")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True, help_text="The last sign of life; an old one is resumed.")
    finished_at = models.DateTimeField(null=True)
    keep_until = models.DateTimeField("保留至", null=True)

    objects = PacketJobQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("asked_by", "key"),
                condition=Q(status__in=("queued", "running")),
                name="packet_job_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | (~Q(file="") & ~Q(sha256="") & Q(keep_until__isnull=False)),
                name="done_packet_job_has_result",
            ),
            models.CheckConstraint(
                condition=Q(quarter__isnull=True) | Q(quarter__range=(1, 4)), name="packet_job_quarter"
            ),
        )

    def __str__(self) -> str:
        return f"{self.period.label} {self.place}"

    @property
    def period(self) -> PacketPeriod:
        return PacketPeriod(self.year, self.quarter)

    @property
    def place(self) -> str:
        return str(self.department) if self.department_id else "全部科室"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN
