"""Tables of the read audit: readings, and the lists and files that were exported."""

from typing import Any

import django_tables2 as tables

from exporting.columns import NUMBER, SecondColumn
from reports.readings.filters import through_label
from reports.readings.models import Reading
from trail.labels import action_label
from trail.models import Event


class ReadingTable(tables.Table):
    at = SecondColumn(verbose_name="首次打开", order_by="id")
    user = tables.Column(verbose_name="人员", orderable=False)
    accession_number = tables.Column(verbose_name="检查号", orderable=False)
    through = tables.Column(verbose_name="途径", orderable=False)
    department = tables.Column(verbose_name="科室", orderable=False)

    class Meta:
        model = Reading
        fields = ()
        order_by = ("-at",)
        empty_text = "没有符合条件的读取记录。"
        attrs = {"class": "list"}

    def render_through(self, value: str) -> str:
        return through_label(value)


class ExportedTable(tables.Table):
    at = SecondColumn(verbose_name="时间", order_by="seq")
    actor_name = tables.Column(verbose_name="人员", orderable=False)
    action = tables.Column(verbose_name="操作", orderable=False)
    file = tables.Column(verbose_name="文件", accessor="detail__file", orderable=False, default="—")
    rows = tables.Column(
        verbose_name="行数", accessor="detail__rows", orderable=False, default="—", attrs=NUMBER
    )
    purpose = tables.Column(verbose_name="用途", accessor="detail__purpose", orderable=False, default="—")

    class Meta:
        model = Event
        fields = ()
        order_by = ("-at",)
        empty_text = "没有导出记录。"
        attrs = {"class": "list"}

    def render_action(self, value: Any) -> str:
        return action_label(value)
