"""Filters of the list pages, declared once."""

import django_filters as filters
from django.db.models import Q, QuerySet

from audits.judging.models import Review
from audits.sampling.models import Audit


class AuditFilter(filters.FilterSet):
    """Narrow the quarters by state and by year of the window's last day."""

    status = filters.ChoiceFilter(choices=Audit.Status, label="状态", empty_label="全部状态")
    year = filters.NumberFilter(field_name="window_end__year", label="年份", min_value=1990, max_value=2200)

    class Meta:
        model = Audit
        fields = ()


class ReviewFilter(filters.FilterSet):
    """Narrow one's own reviews to what is open, or done."""

    state = filters.ChoiceFilter(
        method="by_state", label="状态", choices=(("open", "待评"), ("done", "已评")), empty_label="全部"
    )

    class Meta:
        model = Review
        fields = ()

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        done = Q(description_at__isnull=False, conclusion_at__isnull=False)
        return rows.filter(done) if value == "done" else rows.exclude(done)
