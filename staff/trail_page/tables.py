"""Table of the trail."""

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from exporting.columns import NUMBER, SecondColumn, tag
from staff.access.permissions import policy
from staff.access.withholding import HIDDEN, hidden_in
from trail.labels import RESULTS, action_label, detail_labels, labels
from trail.models import Event

# The pages of objects, and the permissions of which one opens them.
_OPENS = {
    "staff.user": ("staff:account_edit", ("staff.manage_accounts", "staff.grant_roles")),
    "staff.department": ("staff:department_edit", ("staff.manage_departments",)),
}


_LINE = {"td": {"class": "text-nowrap"}}  # an opened detail must not squeeze the others


class TrailTable(tables.Table):
    seq = tables.Column(verbose_name="序号", attrs=NUMBER)
    at = SecondColumn(verbose_name="时间", order_by="seq", attrs=_LINE)
    actor_name = tables.Column(verbose_name="操作人", orderable=False, attrs=_LINE)
    ip = tables.Column(verbose_name="来自", orderable=False, default="本机", attrs=_LINE)
    action = tables.Column(verbose_name="操作", orderable=False, attrs=_LINE)
    target_type = tables.Column(verbose_name="对象", orderable=False, empty_values=(), attrs=_LINE)
    detail = tables.Column(verbose_name="内容", orderable=False, empty_values=())
    result = tables.Column(verbose_name="结果", orderable=False, attrs=_LINE)

    class Meta:
        model = Event
        fields = ()
        order_by = ("-seq",)
        empty_text = "没有符合条件的留痕记录。"
        attrs = {"class": "list trail"}

    def __init__(
        self,
        *args: Any,
        hidden: frozenset[str] = frozenset(),
        withheld: frozenset[tuple[str, str]] = frozenset(),
        viewer: Any = None,
        **kwargs: Any,
    ) -> None:
        """`hidden`: words of reports still to be judged by the viewer; `withheld`: targets revealing them.

        `viewer`: whose permissions decide which objects are links; None: none of them.
        """
        super().__init__(*args, **kwargs)
        self._opens = {
            kind: name
            for kind, (name, codes) in _OPENS.items()
            if viewer is not None and any(viewer.may(code) for code in codes)
        }
        self._hidden = hidden
        self._withheld = withheld

    def render_actor_name(self, value: str, record: Event) -> Any:
        return format_html("{} <small>{}</small>", value, record.actor_roles)

    def render_action(self, value: str) -> str:
        return action_label(value)

    def render_target_type(self, value: str, record: Event) -> Any:
        if not value:
            return "—"
        words = f"{labels().targets.get(value, value)} {record.target_id}"
        try:
            url = reverse(self._opens[value], args=[record.target_id])
        except (KeyError, NoReverseMatch):
            return words
        return format_html('<a href="{}">{}</a>', url, words)

    def render_detail(self, value: dict[str, Any], record: Event) -> Any:
        if (record.target_type, record.target_id) in self._withheld:
            return HIDDEN
        pairs = [
            (label, hidden_in(text, self._hidden)) for label, text in detail_labels(value, policy().codes)
        ]
        if not pairs:
            return "—"
        first = "，".join(f"{label} {Truncator(text).chars(24)}" for label, text in pairs[:2])
        summary = first + "，…" if len(pairs) > 2 else first
        return render_to_string("staff/_detail.html", {"summary": summary, "pairs": pairs, "event": record})

    def render_result(self, value: str) -> Any:
        return RESULTS["done"] if value == "done" else tag("due", RESULTS.get(value, value))
