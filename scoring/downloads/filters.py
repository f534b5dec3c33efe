"""Filter of the list of packets."""

import django_filters as filters

from scoring.sheets.filters import SheetFilter
from scoring.sheets.models import Sheet


class PacketFilter(filters.FilterSet):
    """Filter packets by the quarter's end and the verdict."""

    verdict = SheetFilter.base_filters["verdict"]
    since = SheetFilter.base_filters["since"]
    until = SheetFilter.base_filters["until"]

    class Meta:
        model = Sheet
        fields = ()
