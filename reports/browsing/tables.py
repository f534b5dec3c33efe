"""Tables of the list pages. Names and ids are masked here, on the server (docs/quality.md A3)."""

import django_tables2 as tables
from django_tables2.utils import A

from exporting.columns import NUMBER, MinuteColumn
from exporting.masking import mask_name
from reports.archive.models import Report
from reports.outcomes.models import Outcome


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
