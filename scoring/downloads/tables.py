"""Tables of packets and of their downloads."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html

from exporting.columns import NUMBER, MinuteColumn, SecondColumn, tag
from scoring.sheets.models import Sheet
from scoring.sheets.queries.signed_records import columns_differ
from scoring.sheets.tables import verdict_tag
from trail.labels import action_label
from trail.models import Event


class PacketTable(tables.Table):
    """`giver`: the viewer grants packets; `inside`: sees sheets too; `viewer`: the id of who looks."""

    audit = tables.Column(verbose_name="期间", accessor="audit__label", order_by="audit__window_end")
    number = tables.Column(verbose_name="版次", attrs=NUMBER)
    department = tables.Column(verbose_name="科室", accessor="audit__department", orderable=False)
    total = tables.Column(verbose_name="合计得分", attrs=NUMBER, default="—")
    verdict = tables.Column(verbose_name="附录B评分", default="—")
    signed_at = MinuteColumn(verbose_name="签发时间")
    files = tables.TemplateColumn(
        template_name="scoring/_packet_links.html", verbose_name="下载", orderable=False
    )
    grants = tables.TemplateColumn(
        template_name="scoring/_packet_grants.html", verbose_name="授权", orderable=False
    )

    class Meta:
        model = Sheet
        fields = ()
        order_by = ("-audit", "-number")
        empty_text = "没有可下载的迎检包。"
        attrs = {"class": "list", "aria_label": "迎检包"}

    def __init__(
        self, *args: Any, giver: bool = False, inside: bool = False, viewer: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.giver, self.inside, self.viewer = giver, inside, viewer

    def render_number(self, value: int, record: Any) -> Any:
        if record.being_corrected:
            return format_html('第{}版 <span class="tag due">正在更正</span>', value)
        if record.status == Sheet.Status.SUPERSEDED:
            return format_html('第{}版 <span class="tag due">已被更正</span>', value)
        if record.corrects_id:
            return format_html("第{}版 <small>第{}版已被更正</small>", value, value - 1)
        return f"第{value}版"

    def render_total(self, value: int, record: Sheet) -> Any:
        return "—" if columns_differ(record) else value

    def render_verdict(self, value: str, record: Sheet) -> Any:
        return tag("fail", "与签发时不符") if columns_differ(record) else verdict_tag(value)


_KINDS = {"pdf": "PDF", "xlsx": "Excel", "json": "JSON", "zip": "ZIP（批量）"}


class DownloadTable(tables.Table):
    """Who downloaded which file and when, from the trail."""

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
        return action_label(value)

    def render_kind(self, value: dict[str, Any]) -> str:
        kinds = [value["kind"]] if "kind" in value else list(value.get("files") or ())
        words = "、".join(_KINDS.get(kind, kind) for kind in kinds) or "—"
        return f"{words}（草稿）" if value.get("draft") else words

    def render_file(self, value: dict[str, Any]) -> Any:
        name, sha256 = value.get("file", "—"), value.get("sha256", "")
        return format_html('{} <small class="hash">{}</small>', name, sha256)
