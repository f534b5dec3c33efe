"""Filter of the list of packets."""

import django_filters as filters

from scoring.sheets.filters import SheetFilter
from scoring.sheets.models import Sheet


class PacketFilter(filters.FilterSet):
    """Narrow packets by the quarter's end and what came of it."""

    verdict = SheetFilter.base_filters["verdict"]
    since = SheetFilter.base_filters["since"]
    until = SheetFilter.base_filters["until"]

    class Meta:
        model = Sheet
        fields = ()
