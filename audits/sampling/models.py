"""Audit (the quarterly draw) and its cases.

What depends on chance or on a date is frozen: the list, its hash, the seed, the revision of each report
and the outcomes it was judged against. The draw's rules are in audits.sampling.domain, pure.
"""

from typing import Protocol

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audits.sampling.domain.draw_chain import SeedOrigin
from audits.sampling.querysets import AuditQuerySet, CaseQuerySet
from reports.archive.models import Report, Revision
from reports.fields import Modality, System
from reports.outcomes.models import Outcome
from staff.departments.models import Department

_USER = settings.AUTH_USER_MODEL


class Seeded(models.Model):
    """A draw by a seed that the server makes and commits to: `commitment` is its SHA-256, published at once.

    Until the draw the seed is in `secret_seed` alone, which no page, export or event contains; the draw moves
    it to `seed`. A draw without commitment has a chosen seed, or was planned by an earlier version.
    """

    seed = models.CharField("随机种子", max_length=120, blank=True)
    secret_seed = models.CharField(max_length=120, blank=True)
    commitment = models.CharField("种子哈希", max_length=64, blank=True)
    seed_chosen = models.BooleanField("种子由人指定", default=False)

    class Meta:
        abstract = True

    @property
    def seed_origin(self) -> SeedOrigin:
        if self.seed_chosen:
            return SeedOrigin.CHOSEN
        return SeedOrigin.COMMITTED if self.commitment else SeedOrigin.UNCOMMITTED


SEED_REVEALED = (Q(secret_seed="") | Q(status="planned")) & (
    Q(status__in=("planned", "cancelled")) | ~Q(seed="")
)
SEED_CHOSEN = Q(seed_chosen=False) | Q(commitment="", secret_seed="")


class Audit(Seeded):
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
        help_text="When the window overlaps an earlier draw; the head's, when that one was judged.",
    )
    repeat_by = models.ForeignKey(_USER, models.PROTECT, null=True, blank=True, related_name="+")
    edition = models.CharField("标准版本", max_length=40)
    readers = models.PositiveSmallIntegerField("每例评审人数", default=1)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.PLANNED)
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
    rulings: int  # added by AuditQuerySet.overlapping()

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
            models.CheckConstraint(condition=SEED_REVEALED, name="audit_seed_revealed_at_draw"),
            models.CheckConstraint(condition=SEED_CHOSEN, name="audit_chosen_seed_not_committed"),
        )

    def __str__(self) -> str:
        return self.label


class FrozenCase(Protocol):
    """A report at the revision that is judged: a case of a quarter or of a month."""

    @property
    def report(self) -> Report: ...

    @property
    def revision(self) -> Revision: ...


class Case(models.Model):
    """每例: a drawn report at its frozen revision. `position` 1…10; also of a replaced case."""

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
        """The audit's department, used by trail events and `visible_to`."""
        return self.audit.department_id
