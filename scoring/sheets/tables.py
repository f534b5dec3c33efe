"""Tables of the list pages."""

from typing import Any

import django_tables2 as tables
from django_tables2.utils import A

from exporting.columns import NUMBER, MinuteColumn, tag
from scoring.sheets.domain.verdict import VERDICT_ZH
from scoring.sheets.models import Sheet
from scoring.sheets.queries.signed_records import columns_differ

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
