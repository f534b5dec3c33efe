"""Querysets of reports."""

from datetime import date
from typing import Any, Self

from django.db.models import Q

from exporting.days import day_end, day_start
from staff.access.querysets import DepartmentScoped, Row


class ReportQuerySet(DepartmentScoped[Row]):
    report_path = opened_path = "pk"

    def visible_to(self, user: Any, code: str = "reports.view") -> Self:
        """Reports of the user's departments; with only `reports.view_own`, those the user took part in."""
        rows = super().visible_to(user, code)
        if code != "reports.view" or not user.may("reports.view_own"):
            return rows
        return rows | super().visible_to(user, "reports.view_own").of_person(user.report_names)

    def for_page(self) -> Self:
        """With the related rows that a report's own page shows."""
        return self.select_related("department", "source", "system_set_by")

    def of_person(self, names: list[str]) -> Self:
        """Reports written, reviewed, signed, last modified or operated under one of `names`."""
        people = ("reporting_physician", "reviewing_physician", "signed_by", "last_modified_by", "operator")
        asked = Q()
        for field in people:
            asked |= Q(**{f"{field}__in": names})
        return self.filter(asked) if names else self.none()

    def reported_between(self, first: date, last: date) -> Self:
        """Reports completed from `first` to `last`, both days included, Beijing time."""
        return self.filter(reported_at__gte=day_start(first), reported_at__lt=day_end(last))

    def with_outcome(self) -> Self:
        """Reports that have at least one matched outcome."""
        return self.filter(outcomes__match__in=("accession", "patient_and_date", "person")).distinct()
