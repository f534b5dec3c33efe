"""Run the rules on a report. A rule is applied only where the fields it reads are known."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from reports.domain.textcheck.finding import Finding, Hit, Severity, milder, severity_of
from reports.domain.textcheck.report import CheckedReport
from standards.edition import Edition

FIELD_ORDER: Final = ("examination_name", "technique", "findings", "impression")
Find = Callable[[CheckedReport], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One check of one clause, applied where every field that it `reads` is known (not None)."""

    code: str
    find: Find
    reads: tuple[str, ...] = ("findings",)


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule bound to its clause and severity in one edition."""

    rule: Rule
    clause: str
    severity: Severity


def bind(rules: Sequence[Rule], edition: Edition) -> tuple[BoundRule, ...]:
    """Bind rules to the checks of an edition; ValueError for unknown or duplicate codes."""
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
    return tuple(BoundRule(rule, clauses[rule.code], _severity(rule.code, edition)) for rule in rules)


def _severity(code: str, edition: Edition) -> Severity:
    words = edition.rules.get(code)
    softened = words.at_most if words and words.at_most else None
    return milder(severity_of(edition.checks_by_code[code]), softened)


def check(
    report: CheckedReport, rules: Sequence[BoundRule], *, off: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Every finding of `rules` on `report`, in order, without duplicates. `off`: codes switched off."""
    return check_while(report, rules, lambda: True, off=off)[0]


def check_while(
    report: CheckedReport,
    rules: Sequence[BoundRule],
    has_time: Callable[[], bool],
    *,
    off: Collection[str] = (),
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The same, and the codes of the rules that were not applied because `has_time` became false."""
    found: dict[tuple[str, str, int, int], Finding] = {}
    unchecked: list[str] = []
    for bound in rules:
        rule = bound.rule
        if rule.code in off or None in [getattr(report, field) for field in rule.reads]:
            continue
        if unchecked or not has_time():
            unchecked.append(rule.code)
            continue
        for hit in rule.find(report):
            finding = _finding(bound, hit, report)
            found.setdefault((finding.code, finding.field, finding.start, finding.end), finding)
    return tuple(sorted(found.values(), key=_place_of)), tuple(unchecked)


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
    """Sort key of findings: header fields, then the texts from top to bottom."""
    order = FIELD_ORDER.index(field) if field in FIELD_ORDER else -1
    return order, start, end, code
