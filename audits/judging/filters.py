"""Filter of one's own reviews."""

import django_filters as filters
from django.db.models import Q

from audits.judging.models import Review
from audits.judging.querysets import ReviewQuerySet


class ReviewFilter(filters.FilterSet):
    """Narrow one's own reviews to what is open, or done."""

    state = filters.ChoiceFilter(
        method="by_state", label="状态", choices=(("open", "待评"), ("done", "已评")), empty_label="全部"
    )

    class Meta:
        model = Review
        fields = ()

    def by_state(self, rows: ReviewQuerySet[Review], name: str, value: str) -> ReviewQuerySet[Review]:
        done = Q(description_at__isnull=False, conclusion_at__isnull=False)
        return rows.filter(done) if value == "done" else rows.exclude(done)
