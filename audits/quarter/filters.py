"""Filters of the list pages, declared once."""

import django_filters as filters

from audits.sampling.models import Audit


class AuditFilter(filters.FilterSet):
    """Narrow the quarters by state and by year of the window's last day."""

    status = filters.ChoiceFilter(choices=Audit.Status, label="状态", empty_label="全部状态")
    year = filters.NumberFilter(field_name="window_end__year", label="年份", min_value=1990, max_value=2200)

    class Meta:
        model = Audit
        fields = ()
