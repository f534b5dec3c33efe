"""Forms of batches of packets and of the comparison: only what there is to download is offered."""

from typing import Any, cast

from django import forms
from django.db.models import Count, QuerySet

from scoring.batches.domain.packet_period import PacketPeriod, parse_period, quarter_of_day
from scoring.sheets.models import Sheet
from staff.departments.models import Department


class BatchForm(forms.Form):
    """A quarter or a year, and one department or all within reach."""

    period = forms.ChoiceField(
        label="期间",
        error_messages={"required": "请选择期间。", "invalid_choice": "所选期间没有您可以下载的迎检包。"},
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label="科室",
        required=False,
        empty_label="全部科室",
        error_messages={"invalid_choice": "所选科室没有您可以下载的迎检包。"},
    )

    def __init__(self, *args: Any, packets: QuerySet[Sheet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["period"]).choices = [("", "请选择"), *_periods(packets)]
        cast("forms.ModelChoiceField[Department]", self.fields["department"]).queryset = departments_with(
            packets
        )

    def clean_period(self) -> PacketPeriod:
        return parse_period(self.cleaned_data["period"])


def departments_with(packets: QuerySet[Sheet]) -> QuerySet[Department]:
    """The departments of these packets, and no other's name."""
    ids = packets.order_by().values("audit__department")
    return Department.objects.filter(pk__in=ids).select_related("institution").order_by("code")


def _periods(packets: QuerySet[Sheet]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Years and quarters in which a window of these packets ends, newest first."""
    days = packets.order_by().values_list("audit__window_end").annotate(n=Count("audit", distinct=True))
    counts: dict[PacketPeriod, int] = {}
    for day, number in days:
        quarter = quarter_of_day(day)
        for period in (quarter, PacketPeriod(quarter.year)):
            counts[period] = counts.get(period, 0) + number
    years = sorted((p for p in counts if not p.quarter), reverse=True)
    quarters = sorted((p for p in counts if p.quarter), key=lambda p: (p.year, p.quarter), reverse=True)
    return [
        (name, [(p.code, f"{p.label}（{counts[p]}份）") for p in periods])
        for name, periods in (("年度", years), ("季度", quarters))
        if periods
    ]
