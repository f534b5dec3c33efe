"""Tables of batches of packets and of downloads."""

from typing import Any

import django_tables2 as tables
from django_tables2.utils import A

from exporting.columns import NUMBER, MinuteColumn, tag
from scoring.batches.models import PacketJob

_JOB_TAGS = {"queued": "open", "running": "info", "done": "pass", "failed": "fail"}
_KINDS = {"pdf": "PDF", "xlsx": "Excel", "json": "JSON", "zip": "ZIP（批量）"}


class PacketJobTable(tables.Table):
    period = tables.Column(
        verbose_name="期间",
        linkify=("scoring:packet_job", {"pk": A("pk")}),
        accessor="period__label",
        order_by=("year", "quarter"),
    )
    place = tables.Column(verbose_name="科室", accessor="place", orderable=False)
    status = tables.Column(verbose_name="状态")
    done = tables.Column(verbose_name="进度", accessor="progress_done", orderable=False, attrs=NUMBER)
    created_at = MinuteColumn(verbose_name="发起时间")
    keep_until = MinuteColumn(verbose_name="保留至", default="—")

    class Meta:
        model = PacketJob
        fields = ()
        order_by = ("-created_at",)
        empty_text = "还没有批量任务。"
        attrs = {"class": "list", "aria_label": "批量迎检包"}

    def render_status(self, value: str, record: PacketJob) -> Any:
        return tag(_JOB_TAGS.get(record.status, "open"), value)

    def render_done(self, value: int, record: PacketJob) -> str:
        return f"{value}/{record.progress_total}"
