"""Tables of the list pages."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django_tables2.utils import A

from audits.quarter.queries.state import state_of
from audits.sampling.models import Audit
from exporting.columns import NUMBER, tag


class AuditTable(tables.Table):
    label = tables.Column(verbose_name="期间", linkify=("audits:detail", {"pk": A("pk")}))
    department = tables.Column(verbose_name="科室", order_by="department__code")
    window_start = tables.Column(verbose_name="窗口", order_by=("window_end", "pk"))
    pool_size = tables.Column(verbose_name="合格报告", attrs=NUMBER)
    progress = tables.Column(verbose_name="评审进度", empty_values=(), orderable=False)
    seed_chosen = tables.Column(verbose_name="随机种子", orderable=False)
    status = tables.Column(verbose_name="状态")

    class Meta:
        model = Audit
        fields = ()
        order_by = ("-window_start",)
        empty_text = "没有符合条件的抽样。"
        attrs = {"class": "list"}

    def render_window_start(self, record: Audit) -> str:
        return f"{record.window_start:%Y-%m-%d} 至 {record.window_end:%Y-%m-%d}"

    def render_pool_size(self, value: int, record: Audit) -> str:
        return str(value) if record.drawn_at else "—"

    def render_progress(self, record: Any) -> str:
        if not record.drawn_at:
            return "—"
        if not record.reviews_all:
            return f"待分配（{record.cases_active} 份）"
        return f"已评 {record.reviews_done}/{record.reviews_all}（{record.cases_active} 份）"

    def render_seed_chosen(self, value: bool) -> str:
        return tag("due", "人为指定") if value else "服务器生成"

    def render_status(self, value: str, record: Audit) -> str:
        return tag(*state_of(record).tag)


class LedgerTable(tables.Table):
    """Rows are dictionaries of the stored ledger, with `report` the report's id or None."""

    accession_number = tables.Column(
        verbose_name="检查号",
        orderable=False,
        linkify=lambda record: _report_url(record["report"]),
    )
    system = tables.Column(verbose_name="系统", orderable=False)
    modality = tables.Column(verbose_name="种类", orderable=False)
    zh = tables.Column(verbose_name="未列入名单的原因", orderable=False)

    class Meta:
        empty_text = "没有符合条件的报告。"
        attrs = {"class": "list"}


def _report_url(pk: int | None) -> str | None:
    return reverse("reports:detail", args=[pk]) if pk else None
