"""Querysets of audits and cases."""

from datetime import date
from typing import Any, Self

from django.db.models import Count, Q

from staff.querysets import DepartmentScoped


class AuditQuerySet(DepartmentScoped):
    def running(self) -> Self:
        """Audits that were not cancelled."""
        return self.exclude(status="cancelled")

    def overlapping(self, department: Any, start: date, end: date, kind: str = "quarterly") -> Self:
        """Audits whose window shares a day with these, each with the number of `rulings` made in it."""
        rows = self.filter(department=department, kind=kind, window_start__lte=end, window_end__gte=start)
        ruled = Q(cases__reviews__description_at__isnull=False)
        return rows.annotate(rulings=Count("cases__reviews", filter=ruled)).order_by("pk")


class CaseQuerySet(DepartmentScoped):
    department_path = "audit__department"

    def active(self) -> Self:
        """Cases that count: drawn and not replaced."""
        return self.filter(state="active")
