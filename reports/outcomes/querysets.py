"""Querysets of outcomes."""

from typing import Any, Self

from django.db.models import Q

from staff.access.querysets import DepartmentScoped, Row


class OutcomeQuerySet(DepartmentScoped[Row]):
    report_path = opened_path = "report"

    def _withheld(self, user: Any) -> Q:
        """Include outcomes of the same patient: one operation is often recorded for several examinations."""
        from reports.archive.models import Report

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

    def for_list(self) -> Self:
        """With the report's number and identity; its texts are not shown, so they are not read."""
        texts = ("findings", "impression", "technique", "extra")
        return self.select_related("report").defer(*(f"report__{name}" for name in texts))

    def with_report(self) -> Self:
        """With department and report, as the page of one outcome needs them."""
        return self.select_related("department", "report")

    def matched(self) -> Self:
        """Outcomes that count: matched by number, by patient and date, or by a person."""
        model: Any = self.model
        return self.filter(match__in=model.MATCHED)

    def pending(self) -> Self:
        """Outcomes that a person must match."""
        model: Any = self.model
        return self.filter(match__in=model.PENDING)
