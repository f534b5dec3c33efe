"""The words in which audits, cases and reviews are asked for."""

from typing import Any, Self

from django.db.models import Q

from staff.querysets import DepartmentScoped


class AuditQuerySet(DepartmentScoped):
    def running(self) -> Self:
        """Audits that were not cancelled."""
        return self.exclude(status="cancelled")

    def given_up_for(self, audit: Any) -> Self:
        """Draws over (part of) the same window, cancelled before `audit` was made: the signer sees them."""
        overlapping = self.filter(window_start__lte=audit.window_end, window_end__gte=audit.window_start)
        return overlapping.filter(
            department=audit.department_id,
            kind=audit.kind,
            status="cancelled",
            drawn_at__isnull=False,
            pk__lt=audit.pk,
        ).order_by("pk")


class CaseQuerySet(DepartmentScoped):
    department_path = "audit__department"

    def active(self) -> Self:
        """Cases that count: drawn and not replaced."""
        return self.filter(state="active")


class ReviewQuerySet(DepartmentScoped):
    department_path = "case__audit__department"

    def visible_to(self, user: Any, code: str = "audits.judge") -> Self:
        """A reviewer's own reviews only: nobody judges, or looks over the shoulder, under another name."""
        return super().visible_to(user, code).filter(assessor=user)

    def unfinished(self) -> Self:
        """Readers' reviews in which something is still to be judged; arbitration is counted apart."""
        open_part = Q(description_at__isnull=True) | Q(conclusion_at__isnull=True)
        return self.filter(open_part, reader__in=(1, 2), case__state="active", case__audit__status="drawn")
