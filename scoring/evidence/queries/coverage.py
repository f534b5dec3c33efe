"""覆盖情况: which kinds of evidence cover which quarter of a year, and what is missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from reports.domain.quarters import quarter_around
from scoring.evidence.domain.facts import Facts, calendar_months
from scoring.evidence.domain.suggestions import Suggestion, suggest
from scoring.evidence.domain.validity import coverage
from scoring.evidence.queries.suggestions import facts_between
from staff.departments.models import Department
from standards.edition import Edition
from standards.evidence import DocumentKind, RecordKind
from standards.loader import current_edition

_WORDS = {"whole": ("pass", "全季有效"), "part": ("due", "部分有效"), "none": ("fail", "缺")}
_STATES = {"met": "pass", "incomplete": "due", "absent": "fail"}


@dataclass(frozen=True)
class Cell:
    """One kind in one quarter: a tag's kind and word, a note below it, and the rows behind it.

    `title` says the word in full.
    """

    kind: str
    word: str
    note: str = ""
    url: str = ""
    title: str = ""


@dataclass(frozen=True)
class Line:
    """A kind of document or record, and its cells; `weight_zh` says what hangs on it."""

    name: str
    hint: str
    weight_zh: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class RowBlock:
    """A row of Table B.1: the suggestion of each quarter, and the lines under it."""

    row: str
    title: str
    suggested: tuple[Cell, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Coverage:
    """The matrix of a year. `missing`: (quarter, sentence) up to the quarter that runs now."""

    year: int
    quarters: tuple[str, ...]
    blocks: tuple[RowBlock, ...]
    missing: tuple[tuple[str, str], ...]


def coverage_of(department: Department, year: int) -> Coverage:
    """The year's four calendar quarters; as many queries as one sheet's suggestions need."""
    today, edition = timezone.localdate(), current_edition()
    whole = facts_between(
        department,
        date(year, 1, 1),
        date(year, 12, 31),
        level=department.institution.level,  # type: ignore[arg-type]  # the column's choices are the same
        on=today,
    )
    spans = [quarter_around(date(year, month, 1)) for month in (1, 4, 7, 10)]
    quarters = [whole.within(*span) for span in spans]
    suggested = [suggest(facts, edition) for facts in quarters]
    return Coverage(
        year,
        tuple(f"第{n}季度" for n in (1, 2, 3, 4)),
        tuple(
            RowBlock(
                found.row,
                edition.sheet.rows_by_id[found.row].content_zh,
                tuple(
                    _suggested(facts, made[found.row], today, edition)
                    for facts, made in zip(quarters, suggested, strict=True)
                ),
                (
                    *(_document_line(kind, quarters, today) for kind in found.documents),
                    *(_record_line(kind, quarters, today) for kind in found.records),
                ),
            )
            for found in edition.evidence
        ),
        tuple(_missing(quarters, suggested, today)),
    )


def _missing(
    quarters: list[Facts], suggested: list[Mapping[str, Suggestion]], today: date
) -> Iterator[tuple[str, str]]:
    for number, (facts, made) in enumerate(zip(quarters, suggested, strict=True), start=1):
        if facts.first > today:
            return
        for row, found in made.items():
            for sentence in found.missing:
                yield f"第{number}季度", f"{row}　{sentence}"


def _suggested(facts: Facts, found: Suggestion, today: date, edition: Edition) -> Cell:
    if facts.first > today:
        return Cell("", "—")
    row = edition.sheet.rows_by_id[found.row]
    state = row.state(found.state)
    loses = not state.only_levels or facts.level in state.only_levels
    points = state.points if loses else row.points
    kind = _STATES[found.state] if loses else "pass"
    title = state.state_zh if loses else f"{state.state_zh}，不扣分"
    note = "" if facts.last < today else "季度未结束"
    return Cell(kind, f"建议{points}分", note, title=title)


def _document_line(kind: DocumentKind, quarters: list[Facts], today: date) -> Line:
    weights = {"decides": "必备", "asked": "应提供", "optional": "可选"}
    cells = tuple(_document_cell(kind, facts, today) for facts in quarters)
    return Line(kind.name_zh, kind.hint_zh, weights[kind.weight], cells)


def _document_cell(kind: DocumentKind, facts: Facts, today: date) -> Cell:
    held = tuple(found.validity for found in facts.documents if kind.code in found.kinds and found.has_file)
    if kind.dated:
        count = sum(v.first is not None and facts.first <= v.first <= facts.last for v in held)
        return Cell("info", f"{count}份", url=_documents_url(kind)) if count else Cell("", "—")
    found = coverage(held, facts.first, facts.last)
    if found == "none" and (kind.weight == "optional" or facts.first > today):
        return Cell("", "—")
    tag, word = _WORDS[found]
    touching = [v for v in held if v.touches(facts.first, facts.last)]
    ends = {v.last for v in touching if v.last and v.last <= facts.last}
    note = f"至 {max(ends)}" if found == "part" and ends else ""
    tag = "due" if found == "none" and kind.weight == "asked" else tag
    return Cell(tag, word, note, _documents_url(kind) if found != "none" else "")


def _documents_url(kind: DocumentKind) -> str:
    return f"{reverse('scoring:documents')}?{urlencode({'kind': kind.code})}"


def _record_line(kind: RecordKind, quarters: list[Facts], today: date) -> Line:
    cells = tuple(_record_cell(kind, facts, today) for facts in quarters)
    return Line(kind.name_zh, kind.asks_zh, "系统记录", cells)


def _record_cell(kind: RecordKind, facts: Facts, today: date) -> Cell:
    if facts.first > today:
        return Cell("", "—")
    days = urlencode({"since": str(facts.first), "until": str(facts.last)})
    if kind.source == "months":
        url = f"{reverse('audits:monthly')}?{urlencode({'year': facts.first.year})}"
        return replace(_months_cell(facts), url=url)
    if kind.source == "follow_ups":
        return replace(_follow_ups_cell(facts), url=f"{reverse('audits:follow_ups')}?{days}")
    if kind.source == "conferences":
        count = sum(found.cases > 0 for found in facts.conferences)
        cell = Cell("pass", f"{count}次") if count else Cell("fail", "无记录")
        return replace(cell, url=f"{reverse('audits:conferences')}?{days}")
    manned = sum(bool(group.members_between(facts.first, facts.last)) for group in facts.groups)
    needed = facts.level == "tertiary"
    tag, word = ("pass", f"{manned}个组") if manned else ("fail" if needed else "", "未设")
    return Cell(tag, word, "按当季成员", reverse("register:groups"))


def _follow_ups_cell(facts: Facts) -> Cell:
    taken = sum(found.is_taken for found in facts.follow_ups)
    due = [found for found in facts.follow_ups if found.is_due]
    covered = f"随访{sum(found.is_taken for found in due)}例／应随访{len(due)}例"
    if not taken:
        return Cell("fail", "无记录", covered if due else "")
    lacking = sum(found.state == "incomplete" for found in facts.follow_ups)
    note = f"{covered}，不完整{lacking}例" if lacking else covered
    return Cell("due" if lacking else "pass", f"{taken}例", note)


def _months_cell(facts: Facts) -> Cell:
    wanted = len(tuple(calendar_months(facts.first, facts.last)))
    done = sum(found.is_done for found in facts.months)
    bare = sum(len(found.without_measure) for found in facts.months)
    kind = "pass" if done == wanted and not bare else "fail" if not done else "due"
    return Cell(kind, f"{done}/{wanted}个月", f"{bare}个问题无措施" if bare else "")
