"""未脱敏迎检包: who requested one, why, for whom; who approved or refused it, until when; its files.

A request is for one signed version and one receiver. The asker never decides: the action refuses it and the
database too. Rows stay after expiry; the files do not (scoring.unmasking.actions.files).
"""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from staff.access.querysets import DepartmentScoped, Row

_USER = settings.AUTH_USER_MODEL
FOLDER = "packets-unmasked"
LONGEST_REASON = 100  # printed in the header of every page
LONGEST_RECEIVER = 40
ASK, DECIDE, SEE = "scoring.ask_unmasked", "scoring.approve_unmasked", "scoring.download_packet"


class UnmaskRequestQuerySet(DepartmentScoped[Row]):
    department_path = "sheet__audit__department"
    report_path = "sheet__audit__cases__report"
    tells_outcomes = True

    def visible_to(self, user: Any, code: str = SEE) -> Self:
        """Those of departments whose sheets the user sees; to an inspector, what was approved for them."""
        rows = super().visible_to(user, code)
        if code != SEE or not getattr(user, "is_authenticated", False):
            return rows
        inside = super().visible_to(user, "scoring.view_sheet")
        theirs = Q(inspector=user, decided_at__isnull=False) & ~Q(status=UnmaskRequest.Status.REFUSED)
        return rows.filter(Q(pk__in=inside.values("pk")) | theirs)

    def for_page(self) -> Self:
        """With the people and the sheet that lists and pages show, without the large columns."""
        people = ("inspector", "asked_by", "decided_by", "withdrawn_by")
        return self.select_related("sheet__audit__department__institution", *people).defer(
            "sheet__content", "sheet__audit__pool_list", "sheet__audit__ledger", "sheet__audit__draw"
        )

    def in_force(self) -> Self:
        """Approved, its last day not passed, and its version not corrected since."""
        return self.filter(status="approved", until__gte=timezone.localdate(), sheet__status="signed")

    def expired_but_stored(self) -> Self:
        """Approvals no longer in force, whose files must be deleted."""
        return self.filter(decided_at__isnull=False).exclude(pk__in=self.in_force().values("pk"))

    def downloadable_by(self, user: Any) -> Self:
        """In force, for this inspector; or for the asker, who passes it on to an institution."""
        rows = self.visible_to(user).in_force()
        reach = Q(inspector=user) if user.may(SEE) else Q(pk__in=())
        if user.may(ASK):
            own = super().visible_to(user, ASK).filter(inspector__isnull=True, asked_by=user)
            reach |= Q(pk__in=own.values("pk"))
        return rows.filter(reach)


class UnmaskRequest(models.Model):
    """未脱敏申请: one signed version, one receiver (an inspector's account, or an institution by name)."""

    class Status(models.TextChoices):
        ASKED = "asked", "待批准"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"
        WITHDRAWN = "withdrawn", "已收回"

    sheet = models.ForeignKey("scoring.Sheet", models.PROTECT, related_name="unmask_requests")
    inspector = models.ForeignKey(
        _USER, models.PROTECT, null=True, blank=True, related_name="unmasked_packets", verbose_name="检查专家"
    )
    institution = models.CharField("接收机构", max_length=LONGEST_RECEIVER, blank=True)
    reason = models.CharField("用途与理由", max_length=LONGEST_REASON)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.ASKED)
    asked_by = models.ForeignKey(_USER, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("批准时间", null=True)
    decision_reason = models.CharField("批准意见", max_length=LONGEST_REASON, blank=True)
    until = models.DateField("有效期至", null=True)
    withdrawn_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("收回时间", null=True)
    withdrawn_reason = models.CharField("收回理由", max_length=LONGEST_REASON, blank=True)

    objects = UnmaskRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="unmask_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(inspector__isnull=True)
                | (
                    ~Q(inspector=F("asked_by")) & (Q(decided_by__isnull=True) | ~Q(decided_by=F("inspector")))
                ),
                name="unmask_receiver_is_another",
            ),
            models.CheckConstraint(
                condition=Q(inspector__isnull=False, institution="")
                | (Q(inspector__isnull=True) & ~Q(institution="")),
                name="unmask_has_one_receiver",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="unmask_has_reason"),
            models.CheckConstraint(
                condition=~Q(status__in=("approved", "refused"))
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision_reason="")),
                name="unmask_decision_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(until__isnull=False), name="unmask_approval_ends"
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn")
                | (Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="unmask_withdrawal_is_whole",
            ),
            models.UniqueConstraint(
                fields=("sheet", "inspector"),
                condition=Q(status="asked", inspector__isnull=False),
                name="unmask_asked_once_for_inspector",
            ),
            models.UniqueConstraint(
                fields=("sheet", "institution"),
                condition=Q(status="asked", inspector__isnull=True),
                name="unmask_asked_once_for_place",
            ),
        )

    def __str__(self) -> str:
        return f"第{self.pk}号"

    @property
    def department_id(self) -> int:
        """The sheet's department: what trail events and `visible_to` go by."""
        return self.sheet.audit.department_id

    @property
    def receiver(self) -> str:
        """检查甲（inspector）: names alone may be shared; an institution as it was typed."""
        return who(self.inspector) if self.inspector else self.institution

    @property
    def state(self) -> str:
        """The status, or why an approval is no longer in force: expired, corrected."""
        if self.status != self.Status.APPROVED:
            return self.status
        if self.sheet.status != "signed":
            return "corrected"
        return "expired" if self.until and self.until < timezone.localdate() else self.status

    @property
    def state_zh(self) -> str:
        ended = {"expired": "已到期", "corrected": "已随更正失效"}
        return ended.get(self.state) or str(self.Status(self.status).label)

    @property
    def state_tag(self) -> str:
        """The kind of tag the state is shown with."""
        return {"asked": "due", "approved": "pass", "refused": "fail"}.get(self.state, "open")

    @property
    def is_in_force(self) -> bool:
        return self.state == self.Status.APPROVED


class UnmaskedFile(models.Model):
    """未脱敏迎检包文件: built for one approval. `file` is "" once it was removed; the row stays."""

    request = models.ForeignKey(UnmaskRequest, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=4)
    file = models.FileField(upload_to=f"{FOLDER}/", blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    content_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("request_id", "kind")
        constraints = (
            models.UniqueConstraint(fields=("request", "kind"), name="unmasked_file_once"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(file=""), name="removed_unmasked_file_is_gone"
            ),
        )

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


def who(user: Any) -> str:
    """测一鸣（officer）: as documents outside this installation name a person for certain."""
    return f"{user.full_name or user.username}（{user.username}）"
