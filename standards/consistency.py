"""Consistency checks between the files of an edition, as sentences about each violation."""

from collections import Counter
from collections.abc import Iterable, Iterator

from standards.edition import Edition
from standards.scoresheet import SheetRow


def inconsistencies(edition: Edition) -> tuple[str, ...]:
    """Every inconsistency of the edition's data; empty when the edition may be used."""
    return (
        *_twice("clause", (clause.number for clause in edition.clauses)),
        *_twice("decision", (decision.id for decision in edition.decisions)),
        *_twice("row", (row.id for row in edition.sheet.rows)),
        *_sums(edition),
        *_rows(edition),
        *_evidence(edition),
        *_citations(edition),
        *_checks(edition),
        *_template(edition),
        *_terms(edition),
        *_anatomy(edition),
    )


def _twice(word: str, names: Iterable[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{word} {name} is given {count} times"


def _sums(edition: Edition) -> Iterator[str]:
    sheet = edition.sheet
    total = sum(row.points for row in sheet.rows)
    if total != sheet.total_points:
        yield f"rows sum to {total}, not {sheet.total_points}"
    for section in sheet.sections:
        points = sum(row.points for row in sheet.section_rows(section.id))
        if points != section.points:
            yield f"section {section.id} sums to {points}, not {section.points}"
    if not 0 < sheet.pass_line <= sheet.total_points:
        yield f"pass line {sheet.pass_line} lies outside 1..{sheet.total_points}"


def _rows(edition: Edition) -> Iterator[str]:
    section_ids = {section.id for section in edition.sheet.sections}
    for row in edition.sheet.rows:
        if row.section not in section_ids:
            yield f"row {row.id}: section {row.section} does not exist"
        if bool(row.states) == bool(row.sample) or bool(row.sample) != bool(row.case):
            yield f"row {row.id}: needs either states, or a sample with a case deduction"
        yield from _twice(f"row {row.id}: state", (state.state for state in row.states))
        yield from _states(row)
        yield from _quotations(row)


def _evidence(edition: Edition) -> Iterator[str]:
    rated = [row.id for row in edition.sheet.rows if row.states]
    if [found.row for found in edition.evidence] != rated:
        yield f"evidence is given for rows {[found.row for found in edition.evidence]}, not {rated}"
    kinds = [kind for found in edition.evidence for kind in found.documents]
    yield from _twice("evidence kind", (kind.code for kind in kinds))
    for kind in kinds:
        if kind.dated and kind.weight == "decides":
            yield f"evidence kind {kind.code}: a record of one day cannot decide a row by itself"
        if kind.counts_as and not kind.dated:
            yield f"evidence kind {kind.code}: only a dated record counts beside other records"
    decisions = {decision.id for decision in edition.decisions}
    for found in edition.evidence:
        for cited in found.decisions:
            if cited not in decisions:
                yield f"evidence of row {found.row}: decision {cited} does not exist"


def _states(row: SheetRow) -> Iterator[str]:
    for state in row.states:
        if not 0 <= state.points <= row.points:
            yield f"row {row.id}: state {state.state} gives {state.points} of {row.points}"
        if state.points < row.points and not state.rule_zh:
            yield f"row {row.id}: state {state.state} deducts without a printed rule"
    if row.states and max(state.points for state in row.states) != row.points:
        yield f"row {row.id}: no state gives the full {row.points}"


def _quotations(row: SheetRow) -> Iterator[str]:
    quoted = [state.rule_zh for state in row.states]
    quoted += [part.rule_zh for part in (row.case, row.rate) if part]
    for rule in quoted:
        if rule not in row.method_zh:
            yield f"row {row.id}: 「{rule}」 is not printed in its 考评方法"


def _citations(edition: Edition) -> Iterator[str]:
    sheet = edition.sheet
    clauses = {clause.number for clause in edition.clauses}
    rows = {*sheet.rows_by_id, "total"}
    cited = [("scoresheet", sheet.clause), *((f"row {row.id}", row.clause) for row in sheet.rows)]
    for where, number in cited:
        if number not in clauses:
            yield f"{where}: clause {number} does not exist"
    for decision in edition.decisions:
        yield from (f"{decision.id}: clause {n} does not exist" for n in decision.clauses if n not in clauses)
        yield from (f"{decision.id}: row {row} does not exist" for row in decision.rows if row not in rows)
    for where, ids in _cited_decisions(edition):
        yield from (f"{where}: {d} does not exist" for d in ids if d not in edition.decisions_by_id)
    for row in sheet.rows:
        bites = {decision.id for decision in edition.decisions if row.id in decision.rows}
        if bites != set(row.decisions):
            yield f"row {row.id}: readings {sorted(bites ^ set(row.decisions))} are named on one side only"
    for where, flag in _cited_flags(edition):
        if flag not in sheet.flags_by_code:
            yield f"{where}: flag {flag} does not exist"


def _cited_decisions(edition: Edition) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "scoresheet", edition.sheet.verdict_decisions
    for flag in edition.sheet.flags:
        yield f"flag {flag.code}", flag.decisions
    for row in edition.sheet.rows:
        yield f"row {row.id}", row.decisions
        for part in (*row.states, row.case, row.rate):
            if part:
                yield f"row {row.id}", part.decisions


def _cited_flags(edition: Edition) -> Iterator[tuple[str, str]]:
    yield "scoresheet", edition.sheet.sample_short_flag
    for row in edition.sheet.rows:
        flags = [state.otherwise_flag for state in row.states if state.only_levels]
        if row.contradicted_by_samples:
            flags.append(row.contradicted_by_samples.flag)
        if row.rate:
            flags += [row.rate.below_flag, row.rate.exact_flag]
        yield from ((f"row {row.id}", flag) for flag in flags)


def _checks(edition: Edition) -> Iterator[str]:
    chapters = {chapter.number for chapter in edition.chapters}
    codes: set[str] = set()
    for clause in edition.clauses:
        if clause.chapter not in chapters:
            yield f"clause {clause.number}: chapter {clause.chapter} does not exist"
        yield from _twice(f"clause {clause.number}: check", (check.code for check in clause.how.checks))
        for check in clause.how.checks:
            codes.add(check.code)
            # 6.1.1/component-missing is cited by all of Table A.1: the number before "/" owns the code.
            if check.code.split("/")[0] not in edition.clauses_by_number:
                yield f"check {check.code}: its clause does not exist"
    if codes != set(edition.gists_zh):
        yield f"gists do not match the checks: {sorted(codes ^ set(edition.gists_zh))}"


def _template(edition: Edition) -> Iterator[str]:
    elements = [element.clause for element in edition.template.elements]
    yield from (
        f"template: clause {number} does not exist"
        for number in elements
        if number not in edition.clauses_by_number
    )
    if [number for line in edition.template.layout for number in line] != elements:
        yield "template: the layout does not place every element once and in order"


def _terms(edition: Edition) -> Iterator[str]:
    terms = edition.terms
    systems = {system.code for system in terms.systems}
    yield from (f"terms: system {code} does not exist" for code in terms.body_parts if code not in systems)
    yield from _twice("terms: system", (system.code for system in terms.systems))
    yield from _twice("terms: outcome kind", (kind.code for kind in terms.outcome_kinds))
    yield from _twice("terms: body part", (word for words in terms.body_parts.values() for word in words))
    if {level.code for level in terms.hospital_levels} != set(edition.sheet.hospital_levels):
        yield "terms: hospital levels differ from those of the score sheet"


def _anatomy(edition: Edition) -> Iterator[str]:
    tree = edition.anatomy
    for name, structure in tree.items():
        if structure.of and structure.of not in tree:
            yield f"anatomy: {name} is part of {structure.of}, which does not exist"
        for other in structure.near:
            if other not in tree:
                yield f"anatomy: {name} is near {other}, which does not exist"
    yield from _twice("anatomy: word", (word for each in tree.values() for word, _ in each.named()))
