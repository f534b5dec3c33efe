"""Filter of the list of outcomes."""

import django_filters as filters
from django import forms
from django.db.models import Q

from reports.outcomes.models import Outcome
from reports.outcomes.querysets import OutcomeQuerySet

_DATE = forms.DateInput(attrs={"type": "date"})


class OutcomeFilter(filters.FilterSet):
    """Outcomes by state, kind and date."""

    STATES = (("pending", "待核对"), ("matched", "已匹配"), ("dismissed", "不采用"))

    state = filters.ChoiceFilter(method="by_state", label="状态", choices=STATES, empty_label="全部")
    kind = filters.ChoiceFilter(choices=Outcome.Kind, label="结局来源", empty_label="全部来源")
    since = filters.DateFilter("observed_on", "gte", label="结局日期从", widget=_DATE)
    until = filters.DateFilter("observed_on", "lte", label="至", widget=_DATE)
    q = filters.CharFilter(method="search", label="检索", max_length=100)

    class Meta:
        model = Outcome
        fields = ()

    def by_state(self, rows: OutcomeQuerySet[Outcome], name: str, value: str) -> OutcomeQuerySet[Outcome]:
        if value == "dismissed":
            return rows.filter(match=Outcome.Match.DISMISSED)
        return rows.pending() if value == "pending" else rows.matched()

    def search(self, rows: OutcomeQuerySet[Outcome], name: str, value: str) -> OutcomeQuerySet[Outcome]:
        term = value.strip()
        if not term:
            return rows
        numbers = Q(given_accession=term) | Q(given_patient_id=term) | Q(report__accession_number=term)
        return rows.filter(numbers | Q(text__contains=term))
