"""Lists of the measures, and their filter."""

from datetime import date

import django_filters as filters
import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html
from django_tables2.utils import A

from audits.measures.models import Measure, MeasureQuerySet
from exporting.columns import DayColumn, tag

WHOLE = {"td": {"class": "nowrap"}}
EFFECT_KIND = {"": "open", "effective": "pass", "unclear": "due", "ineffective": "fail"}


def measure_tag(measure: Measure) -> str:
    """The tag of the measure's state."""
    return tag(*measure.state_tag)


class MeasureTable(tables.Table):
    problem = tables.Column(verbose_name="问题", linkify=("audits:measure", {"pk": A("pk")}))
    source = tables.Column(
        verbose_name="来自",
        empty_values=(),
        order_by=("audit__month", "quarter__window_end"),
        attrs=WHOLE,
    )
    clauses = tables.Column(verbose_name="条款", orderable=False)
    owner = tables.Column(
        verbose_name="责任人",
        empty_values=(),
        order_by=("owner__full_name", "owner_user__full_name"),
        attrs=WHOLE,
    )
    due_on = DayColumn(verbose_name="期限", attrs=WHOLE)
    status = tables.Column(verbose_name="状态")
    effect = tables.Column(verbose_name="效果", empty_values=())

    class Meta:
        model = Measure
        fields = ()
        order_by = ("due_on",)
        empty_text = "没有符合条件的改进措施。"
        attrs = {"class": "list"}

    def render_problem(self, value: str) -> str:
        return value if len(value) <= 60 else f"{value[:60]}…"

    def render_source(self, record: Measure) -> str:
        return str(record.audit or record.quarter)

    def render_clauses(self, value: list[str]) -> str:
        return "、".join(value)

    def render_owner(self, record: Measure) -> str:
        return record.owner_name

    def render_status(self, record: Measure) -> str:
        return measure_tag(record)

    def render_effect(self, record: Measure) -> str:
        if record.status in (Measure.Status.OPEN, Measure.Status.CANCELLED):
            return format_html("{}", "—")
        return tag(EFFECT_KIND[record.effect], record.get_effect_display())


class MeasureFilter(filters.FilterSet):
    """Narrow the measures by state (also overdue), clause, month and owner."""

    state = filters.ChoiceFilter(
        method="by_state",
        label="状态",
        empty_label="全部状态",
        choices=(
            ("running", "未结束"),
            ("overdue", "逾期"),
            *((code, word) for code, word in Measure.Status.choices),
        ),
    )
    clause = filters.CharFilter(method="by_clause", label="条款")
    month = filters.CharFilter(method="by_month", label="月份")
    mine = filters.ChoiceFilter(
        method="by_owner", label="责任人", empty_label="全部责任人", choices=(("me", "本人"),)
    )

    class Meta:
        model = Measure
        fields = ()

    def by_state(self, rows: MeasureQuerySet[Measure], name: str, value: str) -> MeasureQuerySet[Measure]:
        if value == "running":
            return rows.running()
        return rows.overdue(timezone.localdate()) if value == "overdue" else rows.filter(status=value)

    def by_clause(self, rows: MeasureQuerySet[Measure], name: str, value: str) -> MeasureQuerySet[Measure]:
        # The clauses are a JSON list of texts, which the two databases query in different ways.
        return rows.filter(clauses__icontains=f'"{value.strip()}"') if value.strip() else rows

    def by_month(self, rows: MeasureQuerySet[Measure], name: str, value: str) -> MeasureQuerySet[Measure]:
        try:
            return rows.filter(audit__month=date.fromisoformat(f"{value.strip()}-01"))
        except ValueError:
            return rows.none()

    def by_owner(self, rows: MeasureQuerySet[Measure], name: str, value: str) -> MeasureQuerySet[Measure]:
        return rows.filter(owner_user=self.request.user) if value == "me" and self.request else rows
