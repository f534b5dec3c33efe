"""PacketGrant: an inspector may download a signed packet until a day."""

from django.conf import settings
from django.db import models

from scoring.downloads.querysets import PacketGrantQuerySet
from scoring.sheets.models import Sheet

_USER = settings.AUTH_USER_MODEL


class PacketGrant(models.Model):
    """授权: an inspector may download one signed packet until a day."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="grants")
    inspector = models.ForeignKey(
        _USER, models.CASCADE, related_name="packet_grants", verbose_name="检查专家"
    )
    until = models.DateField("授权至")
    granted_by = models.ForeignKey(_USER, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)

    objects = PacketGrantQuerySet.as_manager()

    class Meta:
        ordering = ("-granted_at", "-id")
        constraints = (models.UniqueConstraint(fields=("sheet", "inspector"), name="grant_once"),)

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.inspector_id}"
