"""Filter of the read audit."""

from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from exporting.days import day_end, day_start
from reports.archive.models import Report
from reports.readings.models import Reading
from staff.accounts.models import User
from trail.labels import labels

# What a report is opened through; a test opens each of them.
THROUGH = (
    *("reports.report", "reports.outcome", "reports.finding", "audits.case", "audits.review"),
    *("audits.monthlycase", "audits.followup", "audits.feedback", "audits.appeal", "audits.conference"),
    "scoring.sheet",
)
_DATE = forms.DateInput(attrs={"type": "date"})


def through_label(code: str) -> str:
    """The Chinese name of what a report was opened through."""
    return labels().targets.get(code, code)


class ReadingFilter(filters.FilterSet):
    """Readings by person, report number or patient number (both exact), by what they went through, by day."""

    who = filters.CharFilter(method="by_person", label="人员", max_length=50)
    q = filters.CharFilter(method="by_number", label="检查号或受检者ID", max_length=100)
    through = filters.ChoiceFilter(
        choices=tuple((code, through_label(code)) for code in THROUGH), label="途径", empty_label="全部途径"
    )
    since = filters.DateFilter(method="from_day", label="时间从", widget=_DATE)
    until = filters.DateFilter(method="to_day", label="至", widget=_DATE)

    class Meta:
        model = Reading
        fields = ()

    def by_person(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        term = value.strip()
        named = Q(full_name__contains=term) | Q(username=term) | Q(staff_number=term)
        return rows.filter(user__in=User.objects.filter(named).values("pk")) if term else rows

    def by_number(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        term = value.strip()
        # Resolved first: an OR over two tables would read every row of a large one.
        patients = list(Report.objects.filter(patient_id=term).values_list("pk", flat=True)[:1000])
        if not term:
            return rows
        return rows.filter(report_id__in=patients) if patients else rows.filter(accession_number=term)

    def from_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(hour__gte=day_start(value))

    def to_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(hour__lt=day_end(value))
