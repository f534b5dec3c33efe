"""Tables of the list pages."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django_tables2.utils import A

from exporting.columns import NUMBER, MinuteColumn, tag
from scoring.domain.verdict import VERDICT_ZH
from scoring.models import Sheet
from scoring.signed_records import columns_differ

_VERDICT_TAGS = {"pass": "pass", "fail": "fail", "insufficient_sample": "due"}
_STATUS_TAGS = {"draft": "open", "submitted": "due", "signed": "pass", "superseded": "info"}


def verdict_tag(verdict: str) -> Any:
    """合格, 不合格 or why there is none, as a tag."""
    words = VERDICT_ZH.get(verdict, verdict)  # type: ignore[call-overload]  # codes as stored
    return tag(_VERDICT_TAGS.get(verdict, "open"), words)


class SheetTable(tables.Table):
    audit = tables.Column(
        verbose_name="期间",
        linkify=("scoring:detail", {"pk": A("pk")}),
        accessor="audit__label",
        order_by="audit__window_end",
    )
    number = tables.Column(verbose_name="版次", attrs=NUMBER)
    department = tables.Column(verbose_name="科室", accessor="audit__department", orderable=False)
    status = tables.Column(verbose_name="状态")
    total = tables.Column(verbose_name="合计得分", attrs=NUMBER, default="—")
    verdict = tables.Column(verbose_name="附录B评分", default="—")
    signed_by = tables.Column(verbose_name="签发人", accessor="signed_by__full_name", default="—")
    signed_at = MinuteColumn(verbose_name="签发时间", default="—")

    class Meta:
        model = Sheet
        fields = ()
        order_by = ("-audit", "-number")
        empty_text = "没有符合条件的评分表。"
        attrs = {"class": "list"}

    def render_number(self, value: int) -> str:
        return f"第{value}版"

    def render_status(self, value: str, record: Sheet) -> Any:
        return tag(_STATUS_TAGS[record.status], value)

    def render_total(self, value: int, record: Sheet) -> Any:
        return "—" if columns_differ(record) else value

    def render_verdict(self, value: str, record: Sheet) -> Any:
        return tag("fail", "与签发时不符") if columns_differ(record) else verdict_tag(value)


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

    def render_number(self, value: int, record: Sheet) -> Any:
        if record.status == Sheet.Status.SUPERSEDED:
            return format_html('第{}版 <span class="tag due">已被更正</span>', value)
        return f"第{value}版"

    def render_total(self, value: int, record: Sheet) -> Any:
        return "—" if columns_differ(record) else value

    def render_verdict(self, value: str, record: Sheet) -> Any:
        return tag("fail", "与签发时不符") if columns_differ(record) else verdict_tag(value)
