"""Tables of the list pages. Names and ids are masked here, on the server (QUALITY A3)."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django_tables2.utils import A

from exporting.columns import NUMBER, DayColumn, MinuteColumn
from exporting.masking import mask_name
from reports.models import ImportBatch, ImportSource, Outcome, Report


class ReportTable(tables.Table):
    accession_number = tables.Column(verbose_name="检查号", linkify=("reports:detail", {"pk": A("pk")}))
    reported_at = MinuteColumn(verbose_name="报告时间")
    patient_name = tables.Column(verbose_name="姓名", orderable=False)
    sex = tables.Column(verbose_name="性别", orderable=False)
    age = tables.Column(verbose_name="年龄", order_by="age_days")
    examination_name = tables.Column(verbose_name="检查名称")
    modality = tables.Column(verbose_name="种类")
    system = tables.Column(verbose_name="系统")
    reporting_physician = tables.Column(verbose_name="报告医师")
    signed_by = tables.Column(verbose_name="签发医师")
    outcome_count = tables.Column(verbose_name="结局", accessor="matched_outcomes", orderable=False)
    revision_number = tables.Column(verbose_name="版次", attrs=NUMBER)

    class Meta:
        model = Report
        fields = ()
        order_by = ("-reported_at", "-id")
        empty_text = "没有符合条件的报告。"
        attrs = {"class": "list"}

    def render_patient_name(self, value: str) -> str:
        return mask_name(value)

    def render_outcome_count(self, value: list[Outcome]) -> str:
        return f"有 {len(value)} 条" if value else "—"

    def render_signed_by(self, value: str, record: Report) -> str:
        return value if record.is_signed else f"{value}（未签名）"


class OutcomeTable(tables.Table):
    observed_on = DayColumn(verbose_name="结局日期")
    kind = tables.Column(verbose_name="结局来源")
    text = tables.Column(verbose_name="结局内容", orderable=False, attrs={"td": {"class": "clamp"}})
    given_accession = tables.Column(verbose_name="登记的检查号", orderable=False)
    report = tables.Column(
        verbose_name="归入报告",
        linkify=lambda record: _report_url(record),
        accessor="report__accession_number",
    )
    match = tables.Column(verbose_name="匹配")
    action = tables.Column(empty_values=(), verbose_name="", orderable=False)

    class Meta:
        model = Outcome
        fields = ()
        order_by = ("-observed_on", "-id")
        empty_text = "没有符合条件的结局。"
        attrs = {"class": "list"}

    def render_text(self, value: str, record: Outcome) -> str:
        return record.masked(value)

    def render_action(self, record: Outcome) -> Any:
        if record.match not in Outcome.PENDING:
            return ""
        return format_html('<a href="{}">核对</a>', reverse("reports:outcome_match", args=[record.pk]))


def _report_url(record: Outcome) -> str | None:
    return reverse("reports:detail", args=[record.report_id]) if record.report_id else None


class BatchTable(tables.Table):
    file_name = tables.Column(verbose_name="文件", linkify=("reports:batch", {"pk": A("pk")}))
    kind = tables.Column(verbose_name="内容")
    source = tables.Column(verbose_name="来源")
    created_at = MinuteColumn(verbose_name="上传时间")
    created_by = tables.Column(verbose_name="上传人", accessor="created_by__full_name", default="命令行")
    counts = tables.Column(verbose_name="结果", orderable=False)
    status = tables.Column(verbose_name="状态")

    class Meta:
        model = ImportBatch
        fields = ()
        order_by = ("-created_at",)
        empty_text = "还没有导入记录。"
        attrs = {"class": "list"}

    def render_counts(self, value: dict[str, int]) -> str:
        words = (
            ("created", "新增"),
            ("updated", "修订"),
            ("completed", "补全"),
            ("unchanged", "无变化"),
            ("refused", "拒收"),
            ("pending", "待核对"),
        )
        return "，".join(f"{word}{value[key]}" for key, word in words if value.get(key)) or "—"


class SourceTable(tables.Table):
    name = tables.Column(verbose_name="来源", linkify=("reports:source_edit", {"pk": A("pk")}))
    kind = tables.Column(verbose_name="内容")
    department = tables.Column(verbose_name="科室")
    mapping = tables.Column(verbose_name="已记住的列", orderable=False)
    updated_at = MinuteColumn(verbose_name="更新时间")

    class Meta:
        model = ImportSource
        fields = ()
        order_by = ("name",)
        empty_text = "还没有导入来源：首次导入文件时自动建立。"
        attrs = {"class": "list"}

    def render_mapping(self, value: dict[str, str]) -> str:
        return f"{len(value)} 列" if value else "按表头自动识别"
