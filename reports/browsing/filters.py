"""Filters of the list pages, declared once."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q

from exporting.days import day_end, day_start
from reports.archive.models import Report
from reports.archive.querysets import ReportQuerySet
from reports.fields import Modality, System
from reports.outcomes.models import Outcome

_DATE = forms.DateInput(attrs={"type": "date"})


class ReportFilter(filters.FilterSet):
    """Search and filter the report list. Numbers and ids are matched exactly before texts are searched."""

    q = filters.CharFilter(method="search", label="检索", max_length=100)
    modality = filters.ChoiceFilter(choices=Modality, label="检查种类", empty_label="全部种类")
    system = filters.ChoiceFilter(choices=System, label="系统", empty_label="全部系统")
    since = filters.DateFilter(method="from_day", label="报告时间从", widget=_DATE)
    until = filters.DateFilter(method="to_day", label="至", widget=_DATE)
    outcome = filters.ChoiceFilter(
        method="by_outcome", label="结局", choices=(("yes", "有结局"), ("no", "无结局")), empty_label="不限"
    )
    state = filters.ChoiceFilter(
        method="by_state",
        label="状态",
        choices=(("unsigned", "未签发"), ("amended", "有修订"), ("no_time", "无报告时间")),
        empty_label="不限",
    )
    physician = filters.CharFilter(method="by_person", label="医师/技师", max_length=50)

    class Meta:
        model = Report
        fields = ()

    def search(self, rows: ReportQuerySet[Report], name: str, value: str) -> ReportQuerySet[Report]:
        term = value.strip()
        exact = Q(accession_number=term) | Q(patient_id=term) | Q(patient_name=term)
        if not term or rows.filter(exact).exists():
            return rows.filter(exact) if term else rows
        inside = Q(accession_number__startswith=term) | Q(examination_name__contains=term)
        return rows.filter(inside | Q(findings__contains=term) | Q(impression__contains=term))

    def from_day(self, rows: ReportQuerySet[Report], name: str, value: Any) -> ReportQuerySet[Report]:
        return rows.filter(reported_at__gte=day_start(value))

    def to_day(self, rows: ReportQuerySet[Report], name: str, value: Any) -> ReportQuerySet[Report]:
        return rows.filter(reported_at__lt=day_end(value))

    def by_outcome(self, rows: ReportQuerySet[Report], name: str, value: str) -> ReportQuerySet[Report]:
        found = Exists(Outcome.objects.matched().filter(report=OuterRef("pk")))
        return rows.filter(found if value == "yes" else ~found)

    def by_state(self, rows: ReportQuerySet[Report], name: str, value: str) -> ReportQuerySet[Report]:
        asked = {
            "unsigned": Q(is_signed=False),
            "amended": Q(revision_number__gt=1),
            "no_time": Q(reported_at__isnull=True),
        }
        return rows.filter(asked[value])

    def by_person(self, rows: ReportQuerySet[Report], name: str, value: str) -> ReportQuerySet[Report]:
        return rows.of_person([value.strip()]) if value.strip() else rows
