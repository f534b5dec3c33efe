"""Querysets of conferences."""

from datetime import date
from typing import Any, Self

from staff.querysets import DepartmentScoped


class ConferenceQuerySet(DepartmentScoped):
    report_path = "cases__report"

    def visible_to(self, user: Any, code: str = "audits.view_conferences") -> Self:
        return super().visible_to(user, code)

    def held(self) -> Self:
        """Conferences that stand as records: not struck."""
        return self.filter(cancelled_at__isnull=True)

    def held_between(self, first: date, last: date) -> Self:
        """Records of the days from `first` to `last`, both included."""
        return self.held().filter(held_on__gte=first, held_on__lte=last)
