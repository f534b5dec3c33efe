"""Filter of the trail."""

from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from exporting.days import day_end, day_start
from trail.labels import RESULTS, labels
from trail.models import Event

_ACTIONS, _TARGETS = tuple(labels().actions.items()), tuple(labels().targets.items())


_DATE = forms.DateInput(attrs={"type": "date"})


class TrailFilter(filters.FilterSet):
    """Events by who, what, on which object, with what result, from day to day."""

    who = filters.CharFilter("actor_name", "contains", label="操作人", max_length=50)
    action = filters.ChoiceFilter(choices=_ACTIONS, label="操作", empty_label="全部操作")
    target_type = filters.ChoiceFilter(choices=_TARGETS, label="对象", empty_label="全部对象")
    target_id = filters.CharFilter("target_id", "exact", label="对象编号", max_length=20)
    result = filters.ChoiceFilter(choices=tuple(RESULTS.items()), label="结果", empty_label="全部")
    since = filters.DateFilter(method="from_day", label="时间从", widget=_DATE)
    until = filters.DateFilter(method="to_day", label="至", widget=_DATE)

    class Meta:
        model = Event
        fields = ()

    def from_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(at__gte=day_start(value))

    def to_day(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        return rows.filter(at__lt=day_end(value))
