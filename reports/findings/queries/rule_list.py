"""The rules on the page 文本规则: texts, precision, and where they are switched off."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from exporting.listing import CAP
from reports.domain.precision import Precision, is_too_low
from reports.domain.textcheck.finding import milder
from reports.findings.models import Finding, RuleSetting, RuleStanding
from reports.findings.queries.precision import precisions
from reports.findings.queries.switches import shown_switch
from reports.findings.rule_texts import TAG_OF, RuleCard, rule_cards
from reports.imports.models import ImportSource
from staff.conflicts.versions import fingerprint
from staff.departments.models import Department
from standards.wording import FORCES, Word

RECENT_DAYS = 30
_MUST, _SHOULD, _MAY, _ = FORCES
FORCE_OF = {
    "must": _MUST,
    "must_not": replace(_MUST, label="不应"),
    "should": _SHOULD,
    "should_not": replace(_SHOULD, label="不宜"),
    "may": _MAY,
    "advisory": Word("advisory", "提示", "—", "条文未直接要求，供参考"),
}


@dataclass(frozen=True)
class Switch:
    """One place where a rule may be off: the department (`source` None) or one of its import sources."""

    source: ImportSource | None
    enabled: bool
    setting: RuleSetting | None

    @property
    def name(self) -> str:
        return f"来源“{self.source.name}”" if self.source else "全科"

    @property
    def version(self) -> str:
        """The version in the form of this switch."""
        return fingerprint(shown_switch(self.setting))


@dataclass(frozen=True)
class RuleRow:
    """A rule in a department."""

    card: RuleCard
    precision: Precision
    demotion: RuleStanding | None
    switches: tuple[Switch, ...]
    recent: int

    @property
    def is_demoted(self) -> bool:
        return self.demotion is not None and self.demotion.demoted_to_note

    @property
    def severity(self) -> str:
        """The severity at present, after a demotion."""
        return milder(self.card.severity, "note" if self.is_demoted else None)  # type: ignore[arg-type]

    @property
    def severity_zh(self) -> str:
        return str(Finding.Severity(self.severity).label)

    @property
    def said_zh(self) -> str:
        return str(Finding.Severity(self.card.severity).label)

    @property
    def tag(self) -> str:
        return TAG_OF[self.severity]

    @property
    def force(self) -> Word:
        """The tag 应, 宜 … of the check itself: a clause may hold both."""
        return FORCE_OF[self.card.check.level]

    @property
    def off(self) -> tuple[Switch, ...]:
        return tuple(switch for switch in self.switches if not switch.enabled)

    @property
    def state(self) -> tuple[str, str]:
        """(tag, label)."""
        if not self.switches[0].enabled:
            on = [switch for switch in self.switches[1:] if switch.enabled and switch.setting]
            return ("open", f"停用（{len(on)}个来源启用）") if on else ("open", "停用")
        if self.off:
            return "due", f"{len(self.off)}个来源停用"
        return ("due", "已降为提示") if self.is_demoted else ("pass", "启用")


def rule_rows(department: Department, codes: Sequence[str] | None = None) -> tuple[RuleRow, ...]:
    """Every rule (or those of `codes`) in the order of the clauses; six queries."""
    cards = [card for code, card in rule_cards().items() if codes is None or code in codes]
    measured = precisions(department)
    restored = RuleStanding.objects.filter(department=department).select_related("restored_by")
    demotions = {row.code: row for row in restored}
    sources = list(ImportSource.objects.filter(department=department, kind="reports").order_by("name"))
    settings = {
        (row.code, row.source_id): row
        for row in RuleSetting.objects.filter(department=department).select_related("set_by")
    }
    recent = _recent(department)
    return tuple(
        RuleRow(
            card,
            measured.get(card.code, Precision()),
            demotions.get(card.code),
            _switches(card.code, sources, settings),
            recent[card.code],
        )
        for card in cards
    )


def _switches(
    code: str, sources: Iterable[ImportSource], settings: Mapping[Any, RuleSetting]
) -> tuple[Switch, ...]:
    """The switches of a rule; a source without its own setting follows the department."""
    whole = settings.get((code, None))
    found = [Switch(None, whole.enabled if whole else True, whole)]
    for source in sources:
        own = settings.get((code, source.pk))
        found.append(Switch(source, own.enabled if own else found[0].enabled, own))
    return tuple(found)


def _recent(department: Department) -> Counter[str]:
    """Counts of findings by code in the last days, over a limited number of rows."""
    rows = Finding.objects.filter(department=department).current()
    rows = rows.filter(reported_at__gte=timezone.now() - timedelta(days=RECENT_DAYS))
    return Counter(rows.order_by("-reported_at", "-id").values_list("code", flat=True)[:CAP])


def recent_since() -> str:
    """First day of the period that `RuleRow.recent` counts, as a filter value."""
    return (timezone.localtime() - timedelta(days=RECENT_DAYS)).strftime("%Y-%m-%d")


def narrowed(rows: Iterable[RuleRow], asked: Mapping[str, str]) -> list[RuleRow]:
    """The rules that match the filter; `asked` has the fields of RuleFilterForm."""
    words = asked["q"].strip().casefold()
    found = []
    for row in rows:
        card = row.card
        text = f"{card.code} {card.clause.number} {card.title} {card.words.looks_at_zh}".casefold()
        if words not in text or asked["force"] not in ("", row.force.code):
            continue
        if asked["severity"] in ("", row.severity) and _is_shown(row, asked["shown"]):
            found.append(row)
    return found


def _is_shown(row: RuleRow, shown: str) -> bool:
    return {
        "": True,
        "off": bool(row.off),
        "demoted": row.is_demoted,
        "unjudged": row.precision.judged == 0,
        "low": is_too_low(row.precision, enough=1),
    }[shown]
