"""Querysets of conferences."""

from datetime import date
from typing import Self

from django.apps import apps
from django.db.models import Count, Prefetch

from staff.access.querysets import DepartmentScoped, Row
from staff.accounts.models import User


class ConferenceQuerySet(DepartmentScoped[Row]):
    report_path = "cases__report"
    tells_outcomes = True

    def for_page(self) -> Self:
        """With the department and the people who entered and cancelled it."""
        return self.select_related("department__institution", "created_by", "cancelled_by")

    def for_list(self) -> Self:
        """With the cases and their reports, the files, and the numbers of cases and participants."""
        rows = self.annotate(
            case_count=Count("cases", distinct=True), people_count=Count("participants", distinct=True)
        )
        model = apps.get_model("audits.ConferenceCase")  # its module imports this one
        cases = model.objects.select_related("report")  # one query where cases__report needs two
        return rows.prefetch_related(Prefetch("cases", cases), "files")

    def visible_to(self, user: User, code: str = "audits.view_conferences") -> Self:
        return super().visible_to(user, code)

    def held(self) -> Self:
        """Conferences that were not cancelled."""
        return self.filter(cancelled_at__isnull=True)

    def held_between(self, first: date, last: date) -> Self:
        """Records of the days from `first` to `last`, both included."""
        return self.held().filter(held_on__gte=first, held_on__lte=last)
