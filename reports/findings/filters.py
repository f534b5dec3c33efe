"""Filters of text findings, shared by the list, its counts, its workbook and the queue."""

from collections.abc import Mapping
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q
from django.http import QueryDict

from exporting.days import day_end, day_start
from reports.fields import Modality
from reports.findings.models import Finding, RuleStanding
from reports.findings.querysets import FindingQuerySet
from reports.findings.rule_texts import rule_cards
from staff.searching.query import linked_values

_DATE = forms.DateInput(attrs={"type": "date"})
BINDING = ("violation", "suspect")
STATES = (
    ("open", "待核对"),
    ("confirmed", "已确认"),
    ("dismissed", "已驳回"),
    ("all", "全部"),
    ("judged", "已核对（计入准确率）"),
)


def _codes() -> list[tuple[str, str]]:
    return [(code, f"{card.clause.number} {card.title}") for code, card in rule_cards().items()]


class FindingFilter(filters.FilterSet):
    """Without a state: current findings that were not dismissed."""

    code = filters.ChoiceFilter(choices=_codes, label="规则", empty_label="全部规则")
    clause = filters.CharFilter(method="by_clause", label="条款", max_length=20)
    severity = filters.ChoiceFilter(
        method="by_severity",
        label="程度",
        choices=(("binding", "不符合和疑似"), *Finding.Severity.choices),
        empty_label="全部程度",
    )
    state = filters.ChoiceFilter(method="by_state", label="核对", choices=STATES, empty_label="未驳回")
    physician = filters.CharFilter(method="by_physician", label="报告医师", max_length=50)
    modality = filters.ChoiceFilter(
        field_name="report__modality", choices=Modality, label="检查种类", empty_label="全部种类"
    )
    since = filters.DateFilter(method="from_day", label="报告时间从", widget=_DATE)
    until = filters.DateFilter(method="to_day", label="至", widget=_DATE)

    class Meta:
        model = Finding
        fields = ()

    def filter_queryset(self, queryset: FindingQuerySet[Finding]) -> FindingQuerySet[Finding]:
        rows: FindingQuerySet[Finding] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("state"):
            return rows
        return rows.filter(is_current=True).exclude(state="dismissed")

    def by_clause(self, rows: FindingQuerySet[Finding], name: str, value: str) -> FindingQuerySet[Finding]:
        # Filtered by the codes of the clause: `code` is indexed, and 6.4 includes everything below it.
        asked = value.strip()
        codes = [code for code, card in rule_cards().items() if is_under(card.clause.number, asked)]
        return rows.filter(code__in=codes) if asked else rows

    def by_severity(self, rows: FindingQuerySet[Finding], name: str, value: str) -> FindingQuerySet[Finding]:
        return rows.filter(severity__in=BINDING) if value == "binding" else rows.filter(severity=value)

    def by_state(self, rows: FindingQuerySet[Finding], name: str, value: str) -> FindingQuerySet[Finding]:
        if value == "judged":
            return rows.ruled().exclude(_before_restoration())
        rows = rows.filter(is_current=True)
        return rows if value == "all" else rows.filter(state=value)

    def by_physician(self, rows: FindingQuerySet[Finding], name: str, value: str) -> FindingQuerySet[Finding]:
        return rows.filter(reporting_physician=value.strip()) if value.strip() else rows

    def from_day(self, rows: FindingQuerySet[Finding], name: str, value: Any) -> FindingQuerySet[Finding]:
        return rows.filter(reported_at__gte=day_start(value))

    def to_day(self, rows: FindingQuerySet[Finding], name: str, value: Any) -> FindingQuerySet[Finding]:
        return rows.filter(reported_at__lt=day_end(value))


def is_under(number: str, asked: str) -> bool:
    """Is clause `number` equal to `asked` or below it? 6.4.1.2d is below 6.4.1, but 6.10 is not below 6.1."""
    rest = number[len(asked) :]
    return number.startswith(asked) and not rest[:1].isdigit()


def _before_restoration() -> Q:
    """Rulings made before their rule was restored, which no longer count (queries.precision)."""
    asked = Q(pk__in=())
    restored = RuleStanding.objects.filter(restored_at__isnull=False)
    for department, code, at in restored.values_list("department_id", "code", "restored_at"):
        asked |= Q(department=department, code=code, ruled_at__lte=at)
    return asked


def filter_query(query: Mapping[str, str], **changes: str) -> str:
    """The query string of the filter alone, with changes; an empty value leaves a name out."""
    found = QueryDict(mutable=True)
    found.update(dict(filter_pairs(query, **changes)))
    return found.urlencode()


def filter_pairs(query: Mapping[str, str], **changes: str) -> list[tuple[str, str]]:
    """The same as (name, value), for the hidden fields of a form."""
    values = linked_values(query, tuple(FindingFilter.base_filters)) | changes
    return [(name, value) for name, value in values.items() if value]


class RuleFilterForm(forms.Form):
    """Filter of the list of rules."""

    SHOWN = (
        ("off", "有停用"),
        ("demoted", "已降为提示"),
        ("unjudged", "尚无核对"),
        ("low", "准确率低于80%"),
    )

    q = forms.CharField(label="检索", required=False, max_length=60)
    force = forms.ChoiceField(
        label="强度", required=False, choices=(("", "全部"), ("must", "应"), ("should", "宜"))
    )
    severity = forms.ChoiceField(
        label="现在的程度", required=False, choices=(("", "全部"), *Finding.Severity.choices)
    )
    shown = forms.ChoiceField(label="状态", required=False, choices=(("", "全部"), *SHOWN))

    def asked(self) -> dict[str, str]:
        """The valid values; invalid ones are ignored."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
