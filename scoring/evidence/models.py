"""佐证材料登记: documents a department shows for section 1 of Table B.1, each kind for the row it serves.

A document is never deleted: a new version takes its place from a day on, one that was entered in error is
withdrawn with its reason. Which kinds there are, and what hangs on them, is data of the edition
(standards/data/<edition>/evidence.yaml). Days that bound a validity are valid themselves.
"""

from datetime import date, timedelta
from pathlib import PurePath
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from scoring.evidence.domain.validity import Validity
from staff.access.querysets import DepartmentScoped, Row
from staff.departments.models import Department
from staff.register.models import Member

_USER = settings.AUTH_USER_MODEL


def document_path(_: models.Model, filename: str) -> str:
    """A random name: what the file was called must not place it anywhere."""
    ending = PurePath(filename).suffix.lower()
    return f"evidence/{uuid4().hex}{ending if ending in ('.pdf', '.jpg', '.png') else ''}"


class EvidenceQuerySet(DepartmentScoped[Row]):
    def visible_to(self, user: Any, code: str = "scoring.view_evidence") -> Self:
        """Documents of the departments whose register the user may look at."""
        return super().visible_to(user, code)

    def for_list(self) -> Self:
        """With what lists show of each document."""
        return self.select_related("owner").prefetch_related("uses", "successors")

    def for_page(self) -> Self:
        """With what the page of one document shows."""
        people = ("owner", "created_by", "withdrawn_by")
        rows = self.select_related("department__institution", "replaces", *people)
        return rows.prefetch_related("uses", "successors")

    def not_withdrawn(self) -> Self:
        """Documents that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def newest(self) -> Self:
        """The newest version of each document: no other version that was not withdrawn replaces it."""
        newer = self.model._default_manager.filter(replaces=OuterRef("pk"), withdrawn_at__isnull=True)
        return self.not_withdrawn().exclude(Exists(newer))

    def valid_on(self, day: date) -> Self:
        """Documents valid on the day: begun, not ended, not replaced by then (`validity` in SQL)."""
        begun = self.model._default_manager.filter(
            replaces=OuterRef("pk"), withdrawn_at__isnull=True, valid_from__lte=day
        )
        open_end = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
        return self.not_withdrawn().filter(open_end, valid_from__lte=day).exclude(Exists(begun))

    def to_review(self, until: date) -> Self:
        """Newest versions whose review is due by the day."""
        return self.newest().filter(review_due_on__lte=until)


class EvidenceDocument(models.Model):
    """一份佐证材料 at one version, valid from a day until a day (both included; no end: until replaced)."""

    class ConferencePeriod(models.TextChoices):
        WEEKLY = "weekly", "每周"
        MONTHLY = "monthly", "每月"
        QUARTERLY = "quarterly", "每季"

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="evidence_documents", verbose_name="科室"
    )
    title = models.CharField("资料名称", max_length=120)
    version_label = models.CharField("版本", max_length=40, blank=True)
    valid_from = models.DateField("生效日期")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    owner = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="负责人"
    )
    owner_name = models.CharField("负责人（不在登记表中的）", max_length=60, blank=True)
    review_due_on = models.DateField("复审日期", null=True, blank=True)
    conference_period = models.CharField("讨论会召开周期", max_length=9, choices=ConferencePeriod, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    file = models.FileField("文件", upload_to=document_path, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_size = models.PositiveBigIntegerField(default=0)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name="替代"
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField("撤回理由", max_length=200, blank=True)
    created_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ("-valid_from", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(title=""), name="evidence_has_title"),
            models.CheckConstraint(
                condition=Q(conference_period__in=("", "weekly", "monthly", "quarterly")),
                name="evidence_conference_period_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="evidence_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(file="", file_sha256="", file_size=0)
                | (~Q(file="") & ~Q(file_sha256="") & Q(file_size__gt=0)),
                name="evidence_file_has_hash",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="evidence_withdrawn_with_reason",
            ),
            models.UniqueConstraint(
                fields=("replaces",),
                condition=Q(withdrawn_at__isnull=True, replaces__isnull=False),
                name="evidence_replaced_once",
            ),
        )
        indexes = (models.Index(fields=("department", "review_due_on"), name="evidence_to_review"),)

    def __str__(self) -> str:
        return f"{self.title} {self.version_label}".strip()

    @property
    def successor(self) -> "EvidenceDocument | None":
        """The version that replaces it; prefetch `successors`."""
        return next((newer for newer in self.successors.all() if newer.withdrawn_at is None), None)

    @property
    def validity(self) -> Validity:
        """Its first and last valid day, considering its successor's first day.

        A withdrawn document is never valid.
        """
        if self.withdrawn_at is not None:
            return Validity(None, None)
        until, newer = self.valid_until, self.successor
        if newer is not None:
            day_before = newer.valid_from - timedelta(days=1)
            until = min(until, day_before) if until else day_before
        return Validity(self.valid_from, until)

    @property
    def owner_zh(self) -> str:
        """Who answers for it, "" for nobody."""
        return str(self.owner) if self.owner_id else self.owner_name

    @property
    def kinds(self) -> tuple[str, ...]:
        """Codes of the kinds it serves as, in the order they were ticked; `uses` is to be prefetched."""
        return tuple(use.kind for use in self.uses.all())


class EvidenceUse(models.Model):
    """What a document serves as: one may be 报告书写规范 and 报告审核制度 at once, or serve several rows."""

    document = models.ForeignKey(EvidenceDocument, models.CASCADE, related_name="uses")
    kind = models.CharField("资料类别", max_length=30)

    class Meta:
        ordering = ("document_id", "id")
        constraints = (
            models.UniqueConstraint(fields=("document", "kind"), name="evidence_use_once"),
            models.CheckConstraint(condition=~Q(kind=""), name="evidence_use_has_kind"),
        )

    def __str__(self) -> str:
        return self.kind
