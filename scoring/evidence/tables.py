"""The list of the evidence register: columns, filters, and a document's state on a day."""

from datetime import date, timedelta
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django_tables2.utils import A

from exporting.columns import DayColumn, tag
from scoring.evidence.forms import kind_choices
from scoring.evidence.models import EvidenceDocument, EvidenceQuerySet
from standards.loader import current_edition

SOON = timedelta(days=60)
STATES = (
    ("valid", "现行有效"),
    ("review", "待复审"),
    ("ending", "60天内到期"),
    ("ended", "已到期或被替代"),
    ("withdrawn", "已撤回"),
)


def validity_tag(document: EvidenceDocument, day: date) -> tuple[str, str]:
    """Kind and word of the tag for a document's state on the day."""
    if document.withdrawn_at is not None:
        return "open", "已撤回"
    known = current_edition().document_kinds
    if any(kind in known and known[kind].dated for kind in document.kinds):
        return "info", "记录"
    validity, newer = document.validity, document.successor
    if document.valid_from > day:
        return "info", "未生效"
    if not validity.on(day):
        return ("open", "已被新版替代") if newer else ("fail", "已到期")
    if document.review_due_on and document.review_due_on < day and newer is None:
        return "fail", "复审逾期"
    if validity.last and validity.last - day <= SOON:
        return "due", "将到期" if newer is None else "将被替代"
    return "pass", "有效"


def kinds_zh(document: EvidenceDocument) -> str:
    """1.1 报告书写规范、1.1 报告审核制度: what it serves as, under the rows of Table B.1."""
    rows = {kind.code: found.row for found in current_edition().evidence for kind in found.documents}
    known = current_edition().document_kinds
    ordered = [code for code in known if code in document.kinds]
    return "、".join(f"{rows[code]} {known[code].name_zh}" for code in ordered)


class DocumentFilter(filters.FilterSet):
    """Filter by title or version, kind, and today's state."""

    q = filters.CharFilter(method="search")
    kind = filters.ChoiceFilter(
        choices=kind_choices, field_name="uses__kind", label="资料类别", empty_label="全部类别"
    )
    state = filters.ChoiceFilter(choices=STATES, method="by_state", label="状态", empty_label="未撤回的")

    class Meta:
        model = EvidenceDocument
        fields = ()

    def search(
        self, rows: EvidenceQuerySet[EvidenceDocument], name: str, value: str
    ) -> EvidenceQuerySet[EvidenceDocument]:
        return rows.filter(Q(title__icontains=value) | Q(version_label__icontains=value))

    def by_state(
        self, rows: EvidenceQuerySet[EvidenceDocument], name: str, value: str
    ) -> EvidenceQuerySet[EvidenceDocument]:
        today = timezone.localdate()
        if value == "withdrawn":
            return rows.filter(withdrawn_at__isnull=False)
        if value == "valid":
            return rows.valid_on(today)
        if value == "review":
            return rows.to_review(today)
        if value == "ending":
            return rows.newest().filter(valid_until__gte=today, valid_until__lte=today + SOON)
        return (
            rows.not_withdrawn()
            .filter(valid_from__lte=today)
            .exclude(pk__in=rows.valid_on(today).values("pk"))
        )

    @property
    def qs(self) -> EvidenceQuerySet[EvidenceDocument]:
        rows: EvidenceQuerySet[EvidenceDocument] = super().qs
        return rows if self.form.is_valid() and self.form.cleaned_data.get("state") else rows.not_withdrawn()


class DocumentTable(tables.Table):
    title = tables.Column(
        verbose_name="资料",
        linkify=("scoring:document", {"pk": A("pk")}),
        order_by=("title", "version_label"),
    )
    kinds = tables.Column(verbose_name="用于", empty_values=(), orderable=False)
    valid_from = DayColumn(verbose_name="生效")
    valid_until = tables.Column(verbose_name="有效期至", empty_values=())
    state = tables.Column(verbose_name="状态", empty_values=(), orderable=False)
    owner = tables.Column(
        verbose_name="负责人", accessor="owner_zh", order_by="owner__staff_number", default="—"
    )
    review_due_on = DayColumn(verbose_name="复审", default="—")
    file = tables.Column(verbose_name="文件", empty_values=(), orderable=False)

    class Meta:
        model = EvidenceDocument
        fields = ()
        order_by = ("-valid_from",)
        empty_text = "没有符合条件的资料。"
        attrs = {"class": "list", "aria_label": "佐证材料"}

    def render_title(self, record: EvidenceDocument) -> str:
        return str(record)

    def render_kinds(self, record: EvidenceDocument) -> str:
        return kinds_zh(record)

    def render_state(self, record: EvidenceDocument) -> Any:
        return tag(*validity_tag(record, timezone.localdate()))

    def render_file(self, record: EvidenceDocument) -> Any:
        # No template of its own: one would be given the whole page's context anew for each row.
        if not record.file:
            return "—"
        url = reverse("scoring:document_file", args=[record.pk])
        return format_html('<a href="{}" download aria-label="下载 {}">下载</a>', url, record)

    def value_file(self, record: EvidenceDocument) -> str:
        return record.file_name

    def render_valid_until(self, record: EvidenceDocument) -> str:
        last = record.validity.last
        return str(last) if last else "长期"
