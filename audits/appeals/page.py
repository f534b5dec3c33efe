"""A report with the rulings on it, for its physician and for the person who decides an appeal.

The faults are marked in the text, each with its clause, reason and advice. The patient is masked, no
assessor is named.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from audits.appeals.models import Appeal
from audits.judging.domain.appeals import Subject
from audits.judging.domain.places import FIELD_ZH
from audits.judging.page import OutcomeLine, outcome_lines, shown_content
from audits.judging.queries.results import CaseResult, case_results
from audits.monthly.models import MonthlyCase
from audits.sampling.models import Case
from reports.archive.page import shown_report
from reports.domain.segments import Place, Segment, cut
from reports.findings.models import Finding
from reports.findings.page import note_of
from reports.findings.queries.frozen import findings_of_version
from reports.findings.rule_texts import RuleCard, field_zh, rule_cards
from standards.edition import Edition
from standards.loader import current_edition, load_edition

MOST_ADVICE = 2


@dataclass(frozen=True)
class FaultCard:
    """One fault of the report. `advice`: how to write it right; `example`: a sentence that conforms.

    `struck`: an appeal removed it; None without a decision. `pk`: of the fault.
    """

    pk: int
    number: int
    clause: str
    title: str
    text: str
    field_zh: str
    excerpt: str
    reason: str
    advice: tuple[str, ...]
    example: str
    struck: bool | None = None
    appealed_pk: int = 0
    kind: str = "hard"

    @property
    def tag(self) -> tuple[str, str] | None:
        """Kind and words of what became of an appeal; None for a fault without one."""
        if self.struck is not None:
            return ("pass", "已撤销") if self.struck else ("fail", "维持")
        return ("info", "申诉中") if self.appealed_pk else None


@dataclass(frozen=True)
class RuledReport:
    """The report with its marks and faults, and the judgement of a conclusion, its reasons and outcomes."""

    report: SimpleNamespace
    marks: Mapping[str, tuple[Segment, ...]]
    faults: tuple[FaultCard, ...]
    judged: str = ""
    reasons: tuple[str, ...] = ()
    outcomes: tuple[OutcomeLine, ...] = ()


def ruled_report(subject: Subject, pk: int) -> RuledReport:
    """The report of an appeal or of a physician's page; the row must exist."""
    if subject is Subject.FINDING:
        return ruled_finding(Finding.objects.select_related("report__source", "ruled_by").get(pk=pk))
    if subject is Subject.MONTHLY:
        rows = MonthlyCase.objects.select_related("audit", "report__department", "revision")
        return ruled_month(rows.get(pk=pk))
    return ruled_case(case_results(Case.objects.filter(pk=pk))[0])


def ruled_case(result: CaseResult) -> RuledReport:
    """A quarterly case: the faults of the ruling, and the judgement of its conclusion."""
    case = result.case
    edition = load_edition(case.audit.edition)
    report, marks, cards = _marked(case, result.ruled_faults, edition)
    kinds = "、".join(kind.zh for kind in result.concordance.error_kinds)
    word = result.concordance.judgement.zh if result.concordance.judgement else ""
    return RuledReport(
        report,
        marks,
        cards,
        f"{word}（{kinds}）" if kinds else word,
        tuple(case.report.masked(reason) for reason in result.ruled_reasons),
        outcome_lines(case, result),
    )


def ruled_month(case: MonthlyCase) -> RuledReport:
    """A monthly case with every problem found in it."""
    return RuledReport(*_marked(case, case.faults.all(), load_edition(case.audit.edition)))


def ruled_finding(finding: Finding) -> RuledReport:
    """The report in its present version, marked where the text check points."""
    note = note_of(finding, 1)
    report = shown_report(finding.report)
    text = getattr(report, finding.field, None)
    marks = {}
    if isinstance(text, str) and not note.is_absent:
        title = f"{note.clause} {note.title}"
        marks[finding.field] = cut(text, [Place(note.start, note.end, note.kind, title, label="1")])
    clause = current_edition().clauses_by_number.get(note.clause)
    card = FaultCard(
        pk=finding.pk,
        number=1,
        clause=note.clause,
        title=note.title,
        text=clause.text_zh if clause else "",
        field_zh=field_zh(finding.field),
        excerpt=note.excerpt,
        reason=note.message,
        advice=(note.advice,) if note.advice else (),
        example=_example(rule_cards().get(finding.code)),
        kind=note.kind,
    )
    return RuledReport(report, marks, (card,))


def with_appeal(report: RuledReport, appeal: Appeal | None, *, appealed_only: bool = False) -> RuledReport:
    """The faults with the decision on each; `appealed_only`: without those not appealed against."""
    if appeal is None or appeal.subject == Subject.FINDING:
        return report
    rows = {row.fault_id or row.monthly_fault_id: row for row in appeal.faults.all()}
    cards = [
        replace(card, struck=rows[card.pk].struck, appealed_pk=rows[card.pk].pk) if card.pk in rows else card
        for card in report.faults
    ]
    return replace(report, faults=tuple(card for card in cards if card.appealed_pk or not appealed_only))


def _marked(
    case: Case | MonthlyCase, faults: Iterable[Any], edition: Edition
) -> tuple[SimpleNamespace, dict[str, tuple[Segment, ...]], tuple[FaultCard, ...]]:
    shown = shown_content(case, blind=False)
    faults = list(faults)
    advice_of = _advisor(case) if faults else None
    cards = []
    placed: dict[str, list[Place]] = {}
    for number, fault in enumerate(faults, start=1):
        card = _card(number, fault, case, edition, advice_of)
        cards.append(card)
        if fault.start is not None:
            title = f"{card.clause} {card.reason}"
            place = Place(fault.start, fault.end, "hard", title, label=str(number))
            placed.setdefault(fault.field, []).append(place)
    marks = {field: cut(shown.get(field) or "", places) for field, places in placed.items()}
    return SimpleNamespace(**shown), marks, tuple(cards)


def _card(
    number: int,
    fault: Any,
    case: Case | MonthlyCase,
    edition: Edition,
    advice_of: Callable[[Any], list[RuleCard]] | None,
) -> FaultCard:
    clause = edition.clauses_by_number.get(fault.clause)
    rules = advice_of(fault)[:MOST_ADVICE] if advice_of else []
    return FaultCard(
        pk=fault.pk,
        number=number,
        clause=fault.clause,
        title=clause.title_zh if clause else "",
        text=clause.text_zh if clause else "",
        field_zh=FIELD_ZH.get(fault.field, ""),
        excerpt=fault.excerpt,
        reason=case.report.masked(fault.reason),
        advice=tuple(dict.fromkeys(rule.words.advice_zh for rule in rules if rule.words.advice_zh)),
        example=next((words for rule in rules if (words := _example(rule))), ""),
    )


def _advisor(case: Case | MonthlyCase) -> Callable[[Any], list[RuleCard]]:
    """fault → the rules that advise on it: those of findings at its place, else those of its clause."""
    stored = findings_of_version(case.report, case.revision)

    def advise(fault: Any) -> list[RuleCard]:
        known = rule_cards()
        here = [
            known[finding.code]
            for finding in stored
            if finding.clause == fault.clause and finding.code in known and _meets(finding, fault)
        ]
        return here or [card for card in known.values() if card.clause.number == fault.clause]

    return advise


def _meets(finding: Finding, fault: Any) -> bool:
    if finding.field != fault.field or fault.start is None:
        return False
    return bool(finding.start <= fault.end and fault.start <= finding.end)


def _example(card: RuleCard | None) -> str:
    return card.check.example_conforming if card else ""
