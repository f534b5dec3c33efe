"""Querysets of text findings."""

from datetime import date
from typing import Any, Self

from django.db.models import Q

from exporting.days import day_end, day_start
from staff.access.querysets import DepartmentScoped, Row


class CheckRunQuerySet(DepartmentScoped[Row]):
    def for_page(self) -> Self:
        """With the department and who asked for the run."""
        return self.select_related("department", "asked_by")


class FindingQuerySet(DepartmentScoped[Row]):
    report_path = opened_path = "report"

    def visible_to(self, user: Any, code: str = "reports.view") -> Self:
        """Findings of the user's departments; with only `reports.view_own`, on reports they wrote.

        Own reports are those written, reviewed or signed by the user, not those operated.
        """
        rows = super().visible_to(user, code)
        if code != "reports.view" or not user.may("reports.view_own"):
            return rows
        names = user.report_names
        own = Q()
        for field in ("reporting_physician", "reviewing_physician", "signed_by"):
            own |= Q(**{f"report__{field}__in": names})
        return rows | super().visible_to(user, "reports.view_own").filter(own) if names else rows

    def with_ruling(self) -> Self:
        """With the report and who ruled, as a margin note shows them."""
        return self.select_related("report", "ruled_by")

    def current(self) -> Self:
        """Current findings, without dismissed ones."""
        return self.filter(is_current=True).exclude(state="dismissed")

    def ruled(self) -> Self:
        """Confirmed and dismissed findings, current or not: the basis of the precision."""
        return self.exclude(state="open")

    def reported_between(self, first: date, last: date) -> Self:
        """On reports completed from `first` to `last`, both days included, Beijing time."""
        return self.filter(reported_at__gte=day_start(first), reported_at__lt=day_end(last))
