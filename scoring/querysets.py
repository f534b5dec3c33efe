"""The words in which sheets and packets are asked for."""

from typing import Any, Self

from django.db import models
from django.utils import timezone

from staff.querysets import DepartmentScoped


class SheetQuerySet(DepartmentScoped):
    department_path = "audit__department"

    def signed(self) -> Self:
        """Sheets in force: signed and not corrected since."""
        return self.filter(status="signed")

    def downloadable_by(self, user: Any) -> Self:
        """Signed versions of the user's departments, and those granted to an inspector until a day."""
        rows = self.filter(status__in=("signed", "superseded"))
        inside = rows.visible_to(user, "scoring.view_sheet")
        if not user.may("scoring.download_packet"):
            return rows.none()
        today = timezone.localdate()
        return (inside | rows.filter(grants__inspector=user, grants__until__gte=today)).distinct()


class PacketGrantQuerySet(models.QuerySet[Any]):
    def in_force(self) -> Self:
        """Grants whose last day has not passed."""
        return self.filter(until__gte=timezone.localdate())
