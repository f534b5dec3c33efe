"""Tables of 当日资质: one report per row, with all its exceptions."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django_tables2.utils import A

from exporting.columns import MinuteColumn, tag
from reports.archive.models import Report
from reports.qualified.queries.periods import ROLE_WORDS, QualificationException, QualifiedPeriod
from reports.qualified.queries.signatures import FIELDS, SignedPeriod
from staff.register.models import Member

COLUMNS = (
    *("id", "accession_number", "department_id", "modality", "operator", "examined_at", "examination_name"),
    *FIELDS,
)

CODES = (
    "4.3a/training-missing",
    "4.3a/training-expired",
    "4.3b/equipment-training",
    "4.4/licence-missing",
    "4.4/residency-stage-one",
)

_WORDS = {
    "4.3a/training-missing": "4.3 a) 无放射防护培训",
    "4.3a/training-expired": "4.3 a) 放射防护培训过期",
    "4.3b/equipment-training": "4.3 b) 无设备操作培训",
    "4.4/licence-missing": "4.4 医师资格与执业",
    "4.4/residency-stage-one": "4.4 第一阶段规培",
    "4.5/not-signed": "4.5 未签名",
    "4.5/signer-not-last-editor": "4.5 非末次修改者署名",
    "4.5/signed-before-last-edit": "4.5 修改后未重新签名",
}


def code_words(code: str) -> str:
    """Label of a code on the page."""
    return _WORDS.get(code, code)


@dataclass(frozen=True)
class Asked:
    """The filter of the page: a period, and optionally a role, code or member."""

    since: date
    until: date
    role: str = ""
    code: str = ""
    member: Member | None = None
    signature: bool = False

    @property
    def query(self) -> str:
        """The period as a query string, for links within the page."""
        return urlencode({"since": self.since, "until": self.until})

    def shown(self, period: QualifiedPeriod, report: Report) -> list[QualificationException]:
        """The exceptions of a report that match the filter."""
        return [
            found
            for found in period.of([report])
            if self.role in ("", found.role)
            and self.code in ("", *found.answer.codes)
            and (self.member is None or self.member.pk in found.member_ids)
        ]


class QualifiedTable(tables.Table):
    accession_number = tables.Column(verbose_name="检查号", linkify=("reports:detail", {"pk": A("pk")}))
    reported_at = MinuteColumn(verbose_name="报告时间")
    examination_name = tables.Column(verbose_name="检查名称", orderable=False)
    found = tables.Column(verbose_name="签发、操作当日不能证明有资质", empty_values=(), orderable=False)

    class Meta:
        model = Report
        fields = ()
        order_by = ("-reported_at", "-id")
        empty_text = "没有例外。"
        attrs = {"class": "list exceptions", "aria_label": "当日资质例外"}

    def __init__(self, *args: Any, period: QualifiedPeriod, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._period, self._asked, self._names = period, asked, dict(period.register.names)

    def render_found(self, record: Report) -> Any:
        lines = (_line(found, self._names) for found in self._asked.shown(self._period, record))
        return format_html_join("", '<div class="exception">{}</div>', ((line,) for line in lines))


def _line(found: QualificationException, names: dict[int, str]) -> Any:
    """签发医师 周测衡(D002) 2025-07-02 不合资质: why, by clause."""
    sure = found.answer.qualified is False
    kind, word = ("fail", "不合资质") if sure else ("due", "无法确认")
    if found.answer.advisory:
        kind, word = "info", "参照执行"
    reasons = format_html_join(
        " ", "<span>{} {}</span>", ((reason.clause, reason.sentence) for reason in found.answer.reasons)
    )
    head = format_html(
        "<span>{} {} {}</span>", ROLE_WORDS[found.role], _person(found, names), found.on.isoformat()
    )
    return format_html("{} {} {}", tag(kind, word), head, reasons)


def _person(found: QualificationException, names: dict[int, str]) -> Any:
    """Link to the person in the register; to the list where the name is not identified."""
    if len(found.member_ids) == 1:
        pk = found.member_ids[0]
        return format_html(
            '<a href="{}">{}</a>', reverse("register:member", args=[pk]), names.get(pk, found.person)
        )
    url = f"{reverse('register:members')}?{urlencode({'q': found.person.name})}"
    return format_html('<a href="{}">{}</a>', url, found.person)


class SignedTable(tables.Table):
    accession_number = tables.Column(verbose_name="检查号", linkify=("reports:detail", {"pk": A("pk")}))
    reported_at = MinuteColumn(verbose_name="报告时间")
    signed_by = tables.Column(verbose_name="签发医师")
    last_modified_by = tables.Column(verbose_name="末次修改")
    found = tables.Column(verbose_name="4.5 的例外", empty_values=(), orderable=False)

    class Meta:
        model = Report
        fields = ()
        order_by = ("-reported_at", "-id")
        empty_text = "没有例外。"
        attrs = {"class": "list exceptions", "aria_label": "签名例外"}

    def __init__(self, *args: Any, period: SignedPeriod, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._period = period

    def render_found(self, record: Report) -> Any:
        lines = ((tag("fail", code_words(f.code)), f.sentence) for f in self._period.of([record]))
        return format_html_join("", '<div class="exception">{} <span>{}</span></div>', lines)
