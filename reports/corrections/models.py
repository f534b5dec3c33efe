"""Corrections of outcomes, each with its reason and the prior values."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.outcomes.models import Outcome

_USER = settings.AUTH_USER_MODEL


class OutcomeCorrection(models.Model):
    """An outcome edited, rematched or withdrawn; `before` holds the changed fields as they were."""

    class Kind(models.TextChoices):
        EDITED = "edited", "更正内容"
        REMATCHED = "rematched", "改归报告"
        WITHDRAWN = "withdrawn", "撤回"

    outcome = models.ForeignKey(Outcome, models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=10, choices=Kind)
    before = models.JSONField()
    reason = models.CharField("理由", max_length=300)
    corrected_by = models.ForeignKey(_USER, models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-corrected_at", "-id")
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="outcome_correction_has_reason"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.outcome_id}"
