"""Querysets of audits and cases."""

from datetime import date
from typing import Self

from django.db.models import Count, Q

from staff.access.querysets import DepartmentScoped, Row
from staff.departments.models import Department

_DEFERRED = ("pool_list", "ledger", "draw")  # frozen at the draw: large, and needed on few pages


class AuditQuerySet(DepartmentScoped[Row]):
    def for_page(self) -> Self:
        """With the department and the people that an audit's page names."""
        return self.select_related("department__institution", "drawn_by", "created_by")

    def without_draw(self) -> Self:
        """Without the frozen list, the ledger and the draw document."""
        return self.defer(*_DEFERRED)

    def with_progress(self) -> Self:
        """For the list: with the number of active cases, and of their readers' reviews, all and done."""
        active = Q(cases__state="active")
        read = active & Q(cases__reviews__reader__in=(1, 2))
        done = read & Q(cases__reviews__conclusion_at__isnull=False)
        rows = self.without_draw().select_related("department__institution")
        return rows.annotate(
            cases_active=Count("cases", filter=active, distinct=True),
            reviews_all=Count("cases__reviews", filter=read, distinct=True),
            reviews_done=Count("cases__reviews", filter=done, distinct=True),
        )

    def running(self) -> Self:
        """Audits that were not cancelled."""
        return self.exclude(status="cancelled")

    def overlapping(
        self, department: Department | int, start: date, end: date, kind: str = "quarterly"
    ) -> Self:
        """Audits whose window shares a day with these, each with the number of `rulings` made in it."""
        rows = self.filter(department=department, kind=kind, window_start__lte=end, window_end__gte=start)
        ruled = Q(cases__reviews__description_at__isnull=False)
        return rows.annotate(rulings=Count("cases__reviews", filter=ruled)).order_by("pk")


class CaseQuerySet(DepartmentScoped[Row]):
    department_path = "audit__department"
    opened_path = "report"

    def for_page(self) -> Self:
        """With the audit, the report and its frozen revision."""
        related = ("audit__department__institution", "report", "revision", "replaced_by")
        return self.without_draw().select_related(*related)

    def without_draw(self) -> Self:
        """Without the frozen list, the ledger and the draw document of the audit."""
        return self.defer(*(f"audit__{name}" for name in _DEFERRED))

    def active(self) -> Self:
        """Cases that count: drawn and not replaced."""
        return self.filter(state="active")
