"""Runs the rules over a report. A rule speaks only where what it reads is known and its gate is open."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reports.domain.textcheck.clauses import signs
from reports.domain.textcheck.finding import Finding, Hit, Severity, milder, severity_of
from reports.domain.textcheck.report import TEXT_FIELDS, CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.words import rarest
from standards.edition import Edition

FIELD_ORDER: Final = ("examination_name", "technique", "findings", "impression")
Find = Callable[[CheckedReport], Iterable[Hit]]
Ask = Callable[[CheckedReport], object]


@dataclass(frozen=True, slots=True)
class Rule:
    """One check of one clause: the function, what it needs, and what must hold for it to speak at all.

    `reads`: every one of these fields must be known (not None). `gate`: unless one of these literals stands
    in a text among `gate_in` (of `reads`, when not given), the function is not called; () is an open gate.
    `when`: a question that rules
    of one family share (is it a CT? was anything measured?); it is asked once, and unless the answer is
    true none of them is called. Gate and `when` must never change the findings, only save the calls:
    `check(..., gates=False)` gives the same.
    """

    code: str
    find: Find
    reads: tuple[str, ...] = ("findings",)
    gate: tuple[str, ...] = ()
    gate_in: tuple[str, ...] = ()
    when: Ask | None = None


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule tied to its clause and severity in one edition."""

    rule: Rule
    clause: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Family:
    """Rules with the same needs: what holds one back holds back all of them."""

    rules: tuple[BoundRule, ...]
    needs: int  # what they read: the bits of BoundRules.fields
    # Literals by the bit of their rarest character, and all these bits: mostly none of them stands there.
    gate: tuple[tuple[int, tuple[str, ...]], ...]
    signs: int
    gate_in: tuple[str, ...]
    when: Ask | None


class BoundRules:
    """Bound rules and, worked out once, their families in the order of what these read."""

    def __init__(self, rules: Iterable[BoundRule]) -> None:
        self.rules = tuple(rules)
        alike: dict[tuple[object, ...], list[BoundRule]] = {}
        for bound in self.rules:
            rule = bound.rule
            alike.setdefault((rule.reads, rule.gate, rule.gate_in, rule.when), []).append(bound)
        self.fields = tuple({field: None for bound in self.rules for field in bound.rule.reads})
        self.families = tuple([self._family(given) for given in alike.values()])

    def __iter__(self) -> Iterator[BoundRule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def _family(self, rules: Sequence[BoundRule]) -> Family:
        rule = rules[0].rule
        needs = sum(1 << self.fields.index(field) for field in set(rule.reads))
        gate: dict[str, list[str]] = {}
        for literal in rule.gate:
            gate.setdefault(rarest(literal), []).append(literal)
        literals = tuple([(signs(rare), tuple(given)) for rare, given in gate.items()])
        gate_in = tuple([field for field in rule.gate_in or rule.reads if field in TEXT_FIELDS])
        return Family(tuple(rules), needs, literals, signs("".join(gate)), gate_in, rule.when)

    def unknown(self, report: CheckedReport) -> int:
        """The bits of the fields that are not known of a report."""
        found, bit = 0, 1
        for field in self.fields:
            if getattr(report, field) is None:
                found |= bit
            bit <<= 1
        return found


def bind(rules: Sequence[Rule], edition: Edition) -> BoundRules:
    """Tie rules to the edition's checks; ValueError for a code it does not have or one given twice."""
    clauses = {
        check.code: clause.number
        for clause in reversed(edition.clauses)
        for check in clause.how.checks
        if check.code not in edition.checks_by_code or check.code.startswith(f"{clause.number}/")
    }
    codes = [rule.code for rule in rules]
    unknown = sorted(set(codes) - set(clauses))
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if unknown or twice:
        raise ValueError(f"text checks: unknown codes {unknown}, given twice {twice}")
    return BoundRules(BoundRule(rule, clauses[rule.code], _severity(rule.code, edition)) for rule in rules)


def _severity(code: str, edition: Edition) -> Severity:
    words = edition.rules.get(code)
    softened = words.at_most if words and words.at_most else None
    return milder(severity_of(edition.checks_by_code[code]), softened)


def check(
    report: CheckedReport,
    rules: BoundRules | Sequence[BoundRule],
    *,
    off: Collection[str] = (),
    gates: bool = True,
) -> tuple[Finding, ...]:
    """Every finding of `rules` on `report`, ordered by place, without repeats. `off`: codes switched off."""
    if not isinstance(rules, BoundRules):
        rules = BoundRules(rules)
    found: dict[tuple[str, str, int, int], Finding] = {}
    unknown = rules.unknown(report)
    for family in rules.families:
        if family.needs & unknown or (gates and not may_speak(family, report)):
            continue
        for bound in family.rules:
            if off and bound.rule.code in off:
                continue
            for hit in bound.rule.find(report):
                finding = _finding(bound, hit, report)
                found.setdefault((finding.code, finding.field, finding.start, finding.end), finding)
    if len(found) < 2:
        return tuple(found.values())
    return tuple(sorted(found.values(), key=_place_of))


def may_speak(family: Family, report: CheckedReport) -> bool:
    """Does one of the literals stand there, and do these rules apply at all?"""
    if family.gate and not _is_open(family, report.texts):
        return False
    return family.when is None or bool(family.when(report))


def _is_open(family: Family, texts: Mapping[str, Text]) -> bool:
    for field in family.gate_in:
        text = texts[field]
        found = text.signs & family.signs
        if found:
            for sign, literals in family.gate:
                if found & sign:
                    for literal in literals:
                        if literal in text.plain:
                            return True
    return False


def _finding(bound: BoundRule, hit: Hit, report: CheckedReport) -> Finding:
    value = report.value(hit.field) or ""
    if not 0 <= hit.start <= hit.end <= len(value):
        raise ValueError(f"{bound.rule.code}: {hit.start}-{hit.end} lies outside {hit.field} ({len(value)})")
    excerpt = value[hit.start : hit.end]
    severity = milder(bound.severity, hit.severity)
    return Finding(
        bound.rule.code, bound.clause, hit.field, hit.start, hit.end, excerpt, severity, hit.message
    )


def _place_of(finding: Finding) -> tuple[int, int, int, str]:
    return place_of(finding.field, finding.start, finding.end, finding.code)


def place_of(field: str, start: int, end: int, code: str) -> tuple[int, int, int, str]:
    """The order of findings: the report's head, then its texts from top to bottom."""
    order = FIELD_ORDER.index(field) if field in FIELD_ORDER else -1
    return order, start, end, code
