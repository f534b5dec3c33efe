"""The words in which reports and outcomes are asked for."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db.models import Q

from exporting.days import day_end, day_start
from staff.querysets import DepartmentScoped


class ReportQuerySet(DepartmentScoped):
    report_path = "pk"

    def visible_to(self, user: Any, code: str = "reports.view") -> Self:
        """Reports of the user's departments; with only `reports.view_own`, those the user took part in."""
        rows = super().visible_to(user, code)
        if code != "reports.view" or not user.may("reports.view_own"):
            return rows
        return rows | super().visible_to(user, "reports.view_own").of_person(user.report_names)

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


class OutcomeQuerySet(DepartmentScoped):
    report_path = "report"

    def _withheld(self, user: Any) -> Q:
        """Outcomes of the same patient too: one operation is often recorded under several examinations."""
        from reports.models import Report

        reports = Report.objects.withheld_from(user)
        keys = reports.exclude(patient_key="").values("patient_key")
        named = reports.exclude(patient_name__isnull=True).exclude(patient_name="")
        numbered = reports.exclude(patient_id__isnull=True).exclude(patient_id="")
        return (
            super()._withheld(user)
            | Q(report__in=Report.objects.filter(patient_key__in=keys))
            | Q(given_accession__in=reports.values("accession_number"))
            | Q(given_patient_id__in=numbered.values("patient_id"))
            | Q(given_patient_name__in=named.values("patient_name"))
        )

    def matched(self) -> Self:
        """Outcomes that count: tied to a report by number, by patient and date, or by a person."""
        return self.filter(match__in=self.model.MATCHED)

    def pending(self) -> Self:
        """Outcomes that wait for a person."""
        return self.filter(match__in=self.model.PENDING)


class PaperQuerySet(DepartmentScoped):
    def for_accessions(self, department: Any, numbers: Iterable[str]) -> Self:
        """What belongs to the examinations of these numbers: one query for a chunk of reports."""
        return self.filter(department=department, accession_number__in=set(numbers) - {""})


class FindingQuerySet(DepartmentScoped):
    report_path = "report"

    def visible_to(self, user: Any, code: str = "reports.view") -> Self:
        """Findings of the user's departments; with only `reports.view_own`, on reports they wrote.

        Own are the reports written, reviewed or signed: what a report says is not the operator's.
        """
        rows = super().visible_to(user, code)
        if code != "reports.view" or not user.may("reports.view_own"):
            return rows
        names = user.report_names
        own = Q()
        for field in ("reporting_physician", "reviewing_physician", "signed_by"):
            own |= Q(**{f"report__{field}__in": names})
        return rows | super().visible_to(user, "reports.view_own").filter(own) if names else rows

    def current(self) -> Self:
        """What the present rules say of the present versions, dismissed ones left out."""
        return self.filter(is_current=True).exclude(state="dismissed")

    def ruled(self) -> Self:
        """Those a person confirmed or dismissed, current or not: what precision is measured on."""
        return self.exclude(state="open")

    def reported_between(self, first: date, last: date) -> Self:
        """On reports completed from `first` to `last`, both days included, Beijing time."""
        return self.filter(reported_at__gte=day_start(first), reported_at__lt=day_end(last))
