"""The list of conferences: filter and columns."""

import django_filters as filters
import django_tables2 as tables
from django import forms
from django_tables2.utils import A

from audits.conferences.models import Conference
from audits.conferences.querysets import ConferenceQuerySet
from exporting.columns import NUMBER, DayColumn, tag

_DATE = forms.DateInput(attrs={"type": "date"})


class ConferenceFilter(filters.FilterSet):
    """Conferences by kind, days and whether the signed minutes are there."""

    kind = filters.ChoiceFilter(choices=Conference.Kind, label="类别", empty_label="全部类别")
    since = filters.DateFilter("held_on", "gte", label="日期从", widget=_DATE)
    until = filters.DateFilter("held_on", "lte", label="至", widget=_DATE)
    state = filters.ChoiceFilter(
        method="by_state",
        label="状态",
        choices=(("filed", "已附签字记录"), ("unfiled", "未附签字记录"), ("cancelled", "已作废")),
        empty_label="全部",
    )

    class Meta:
        model = Conference
        fields = ()

    def by_state(
        self, rows: ConferenceQuerySet[Conference], name: str, value: str
    ) -> ConferenceQuerySet[Conference]:
        if value == "cancelled":
            return rows.exclude(cancelled_at=None)
        return rows.filter(cancelled_at=None, files__isnull=value == "unfiled").distinct()


class ConferenceTable(tables.Table):
    held_on = DayColumn(verbose_name="日期", linkify=("audits:conference", {"pk": A("pk")}))
    kind = tables.Column(verbose_name="类别")
    title = tables.Column(verbose_name="议题", linkify=("audits:conference", {"pk": A("pk")}))
    cases = tables.Column(
        verbose_name="病例", accessor="case_count", order_by="case_count", attrs=NUMBER, empty_values=()
    )
    people = tables.Column(
        verbose_name="参加", accessor="people_count", order_by="people_count", attrs=NUMBER, empty_values=()
    )
    chair = tables.Column(verbose_name="主持人")
    recorder = tables.Column(verbose_name="记录人")
    state = tables.Column(verbose_name="签字记录", empty_values=(), orderable=False)

    class Meta:
        model = Conference
        fields = ()
        order_by = ("-held_on",)
        empty_text = "没有符合条件的会议记录。"
        attrs = {"class": "list"}

    def render_title(self, value: str, record: Conference) -> str:
        for case in record.cases.all():
            value = case.report.masked(value)
        return value

    def render_state(self, record: Conference) -> str:
        if record.cancelled_at:
            return tag("open", "已作废")
        return tag("pass", "已附") if record.files.all() else tag("due", "未附")
