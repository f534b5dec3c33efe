"""The worklist of follow-ups and the list of one's own feedback: filters and columns, declared once."""

from datetime import timedelta

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django_tables2.utils import A

from audits.follow_up.domain.follow_up import State
from audits.follow_up.models import Feedback, FollowUp
from audits.follow_up.queries import outcomes_of, status_of
from audits.follow_up.querysets import FollowUpQuerySet
from audits.follow_up.rules import follow_up_rules
from exporting.columns import NUMBER, DayColumn, MinuteColumn, tag
from reports.fields import System

TAGS = {State.COMPLETE: "pass", State.RUNNING: "due", State.INCOMPLETE: "fail"}
# The stages of the work in order, with their labels.
STAGES = (
    ("candidate", "候选待确认"),
    ("outcome", "待结局"),
    ("judgement", "待评价"),
    ("feedback", "待反馈"),
    ("receipt", "待签收"),
    ("overdue", "已逾期"),
    ("complete", "完整"),
    ("excluded", "不纳入"),
)
_DATE = forms.DateInput(attrs={"type": "date"})
_DAYS = ((30, "30天以上"), (60, "60天以上"), (90, "90天以上"))


def staged(rows: FollowUpQuerySet[FollowUp], stage: str) -> FollowUpQuerySet[FollowUp]:
    """Rows of one stage of the work; all rows for an unknown stage."""
    rules = follow_up_rules()
    if stage == "candidate":
        return rows.candidates()
    if stage == "excluded":
        return rows.filter(state=FollowUp.State.EXCLUDED)
    if stage == "complete":
        return rows.complete(rules)
    if stage == "overdue":
        return rows.overdue(rules, timezone.localdate())
    return rows.lacking(stage, rules) if stage in rules.by_code else rows


class FollowUpFilter(filters.FilterSet):
    """Narrow the worklist by stage, kind, days since the examination, system and physician."""

    q = filters.CharFilter(method="search", label="检查号", max_length=64)
    stage = filters.ChoiceFilter(method="by_stage", label="环节", choices=STAGES, empty_label="全部环节")
    kind = filters.ChoiceFilter(
        method="by_kind",
        label="类别",
        choices=(("operated", "手术病例"), ("difficult", "疑难病例"), ("other", "其他随访")),
        empty_label="全部类别",
    )
    days = filters.ChoiceFilter(method="by_days", label="检查距今", choices=_DAYS, empty_label="不限")
    system = filters.ChoiceFilter(
        "report__system", label="系统", choices=System.choices, empty_label="全部系统"
    )
    physician = filters.CharFilter(method="by_physician", label="报告医师", max_length=50)
    since = filters.DateFilter("examined_on", "gte", label="检查日期从", widget=_DATE)
    until = filters.DateFilter("examined_on", "lte", label="至", widget=_DATE)

    class Meta:
        model = FollowUp
        fields = ()

    def search(self, rows: FollowUpQuerySet[FollowUp], name: str, value: str) -> FollowUpQuerySet[FollowUp]:
        term = value.strip()
        return rows.filter(report__accession_number__startswith=term) if term else rows

    def by_stage(self, rows: FollowUpQuerySet[FollowUp], name: str, value: str) -> FollowUpQuerySet[FollowUp]:
        return staged(rows, value)

    def by_kind(self, rows: FollowUpQuerySet[FollowUp], name: str, value: str) -> FollowUpQuerySet[FollowUp]:
        asked = {
            "operated": Q(is_operated=True),
            "difficult": Q(is_difficult=True),
            "other": Q(is_operated=False, is_difficult=False),
        }
        return rows.filter(asked[value])

    def by_days(self, rows: FollowUpQuerySet[FollowUp], name: str, value: str) -> FollowUpQuerySet[FollowUp]:
        return rows.filter(examined_on__lte=timezone.localdate() - timedelta(days=int(value)))

    def by_physician(
        self, rows: FollowUpQuerySet[FollowUp], name: str, value: str
    ) -> FollowUpQuerySet[FollowUp]:
        term = value.strip()
        return rows.filter(report__reporting_physician__startswith=term) if term else rows


class FollowUpTable(tables.Table):
    chosen = tables.Column(empty_values=(), verbose_name="", orderable=False)
    accession_number = tables.Column(
        verbose_name="检查号",
        accessor="report__accession_number",
        linkify=("audits:follow_up", {"pk": A("pk")}),
    )
    examined_on = DayColumn(verbose_name="检查日期")
    days = tables.Column(verbose_name="距今（天）", empty_values=(), order_by="-examined_on", attrs=NUMBER)
    kind = tables.Column(verbose_name="类别", accessor="kind_zh", orderable=False)
    examination = tables.Column(verbose_name="检查名称", accessor="report__examination_name", orderable=False)
    system = tables.Column(
        verbose_name="系统", accessor="report__get_system_display", order_by="report__system"
    )
    physician = tables.Column(
        verbose_name="报告医师",
        accessor="report__reporting_physician",
        order_by="report__reporting_physician",
    )
    outcome = tables.Column(verbose_name="结局", empty_values=(), orderable=False)
    judgement = tables.Column(verbose_name="评价", empty_values=())
    completeness = tables.Column(verbose_name="记录", empty_values=(), orderable=False)

    class Meta:
        model = FollowUp
        fields = ()
        order_by = ("-examined_on",)
        empty_text = "没有符合条件的随访病例。"
        attrs = {"class": "list"}

    def render_chosen(self, record: FollowUp) -> str:
        if record.state != FollowUp.State.CANDIDATE:
            return ""
        return format_html(
            '<input type="checkbox" name="chosen" value="{}" form="take-many" aria-label="选择 {}">',
            record.pk,
            record.report.accession_number,
        )

    def render_days(self, record: FollowUp) -> str:
        return str((timezone.localdate() - record.examined_on).days) if record.examined_on else "—"

    def render_outcome(self, record: FollowUp) -> str:
        found = outcomes_of(record.report)
        return f"有 {len(found)} 条" if found else "—"

    def render_judgement(self, record: FollowUp) -> str:
        return record.get_judgement_display() if record.judgement else "—"

    def render_completeness(self, record: FollowUp) -> str:
        if record.state != FollowUp.State.OPEN:
            return tag("open", record.get_state_display())
        found = status_of(record, timezone.localdate())
        words = f"缺{found.next_part.name_zh}" if found.next_part else found.state.zh
        return tag(TAGS[found.state], words if found.state is not State.INCOMPLETE else f"逾期：{words}")


class FeedbackTable(tables.Table):
    """The user's own feedback, with its report and receipt."""

    sent_at = MinuteColumn(verbose_name="反馈时间")
    accession_number = tables.Column(
        verbose_name="检查号",
        accessor="follow_up__report__accession_number",
        order_by="follow_up__report__accession_number",
        linkify=("audits:my_feedback_one", {"pk": A("pk")}),
    )
    examination = tables.Column(
        verbose_name="检查名称", accessor="follow_up__report__examination_name", orderable=False
    )
    judgement = tables.Column(
        verbose_name="符合性评价",
        accessor="follow_up__get_judgement_display",
        order_by="follow_up__judgement",
    )
    message = tables.Column(verbose_name="反馈内容", orderable=False, attrs={"td": {"class": "clamp"}})
    read_at = tables.Column(verbose_name="签收", empty_values=())

    class Meta:
        model = Feedback
        fields = ()
        order_by = ("-sent_at",)
        empty_text = "没有符合条件的反馈。"
        attrs = {"class": "list"}

    def render_message(self, value: str, record: Feedback) -> str:
        return record.follow_up.report.masked(value)

    def render_read_at(self, record: Feedback) -> str:
        if record.read_at is None:
            return tag("due", "待签收")
        return tag("pass", f"已签收 {timezone.localtime(record.read_at):%Y-%m-%d}")
