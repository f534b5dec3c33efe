"""Tables of batches of packets and of downloads."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django_tables2.utils import A

from exporting.columns import NUMBER, MinuteColumn, SecondColumn, tag
from scoring.jobs import PacketJob
from trail.models import Event
from trail.words import action_words

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


class DownloadTable(tables.Table):
    """Who took what and when, from the trail."""

    at = SecondColumn(verbose_name="时间", order_by="seq")
    actor_name = tables.Column(verbose_name="下载人", orderable=False)
    ip = tables.Column(verbose_name="来自", orderable=False, default="本机")
    action = tables.Column(verbose_name="方式", orderable=False)
    kind = tables.Column(verbose_name="格式", accessor="detail", orderable=False)
    file = tables.Column(verbose_name="文件", accessor="detail", orderable=False)

    class Meta:
        model = Event
        fields = ()
        order_by = ("-at",)
        empty_text = "还没有人下载过这份迎检包。"
        attrs = {"class": "list", "aria_label": "下载记录"}

    def render_actor_name(self, value: str, record: Event) -> Any:
        return format_html("{} <small>{}</small>", value, record.actor_roles)

    def render_action(self, value: str) -> str:
        return action_words(value)

    def render_kind(self, value: dict[str, Any]) -> str:
        kinds = [value["kind"]] if "kind" in value else list(value.get("files") or ())
        words = "、".join(_KINDS.get(kind, kind) for kind in kinds) or "—"
        return f"{words}（草稿）" if value.get("draft") else words

    def render_file(self, value: dict[str, Any]) -> Any:
        name, sha256 = value.get("file", "—"), value.get("sha256", "")
        return format_html('{} <small class="hash">{}</small>', name, sha256)
