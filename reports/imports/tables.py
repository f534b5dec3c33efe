"""Lists of import batches and of sources."""

from typing import Any

import django_tables2 as tables
from django_tables2.utils import A

from exporting.columns import MinuteColumn
from reports.imports.models import ImportBatch, ImportSource
from reports.imports.page.sources import summary


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
            ("corrected", "更正"),
            ("unchanged", "无变化"),
            ("refused", "拒收"),
            ("pending", "待核对"),
        )
        return "，".join(f"{word}{value[key]}" for key, word in words if value.get(key)) or "—"


class SourceTable(tables.Table):
    name = tables.Column(verbose_name="来源", linkify=("reports:source_edit", {"pk": A("pk")}))
    kind = tables.Column(verbose_name="内容")
    department = tables.Column(verbose_name="科室")
    mapping = tables.Column(verbose_name="已记住的对应", orderable=False)
    mapping_version = tables.Column(verbose_name="版本")
    updated_at = MinuteColumn(verbose_name="更新时间")

    class Meta:
        model = ImportSource
        fields = ()
        order_by = ("name",)
        empty_text = "还没有导入来源：首次导入文件时自动建立。"
        attrs = {"class": "list"}

    def render_mapping(self, value: dict[str, Any]) -> str:
        return summary(value)
