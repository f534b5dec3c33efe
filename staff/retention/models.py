"""Periods that a person set, and purges: asked by one, confirmed by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

_USER = settings.AUTH_USER_MODEL


class RetentionPeriod(models.Model):
    """A period that differs from the default of its kind (staff.access.retention)."""

    kind = models.CharField(max_length=20, unique=True)
    days = models.PositiveIntegerField("保存天数")
    basis = models.CharField("依据", max_length=300)
    set_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(basis=""), name="retention_has_basis"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.days}"


class Purge(models.Model):
    """Everything of a kind older than a moment is to be deleted. A second person confirms it."""

    class Status(models.TextChoices):
        ASKED = "asked", "待确认"
        RUNNING = "running", "清除中"
        DONE = "done", "已清除"
        FAILED = "failed", "未能清除"
        REFUSED = "refused", "已撤回或不同意"

    OPEN = (Status.ASKED, Status.RUNNING)

    kind = models.CharField(max_length=20)
    before = models.DateTimeField("清除此时之前的")
    counted = models.PositiveBigIntegerField("申请时的数量")
    reason = models.CharField("理由", max_length=300)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.ASKED)
    asked_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    decided_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    decided_at = models.DateTimeField("确认时间", null=True)
    removed = models.PositiveBigIntegerField("清除数量", null=True)
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=("asked", "refused")) | ~Q(decided_by=F("asked_by")),
                name="purge_by_two",
            ),
            models.UniqueConstraint(
                fields=("kind",), condition=Q(status__in=("asked", "running")), name="purge_open_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.before:%Y-%m-%d}"
