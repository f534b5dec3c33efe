"""The draw of a month: n of all its final reports, repeatable by anyone from the seed and the frozen list.

Rank: as in the quarter, by SHA-256("{seed}:{accession number}"). Then

1. every modality of the list gets at least one place (in the order DR, CT, MRI while there are places), the
   others in proportion to its reports: largest remainder, ties in that order;
2. within a modality the first-ranked reports, of patients not yet in the sample;
3. places left are filled in rank order: first reports of new patients, then of patients drawn already.

The sample is numbered by modality, by rank within it. The document is the quarter's with `month` and without
replacements (schema qcportal.monthly_draw): a month checks reports as they are, none is unfit for it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from audits.sampling.domain.document import NAMES_ZH, UnfitDocumentError, digest_of, parse_draw_document
from audits.sampling.domain.document import SCHEMA as QUARTERLY
from audits.sampling.domain.document import VERSION as QUARTERLY_VERSION
from audits.sampling.domain.draw import check_seed, rank
from audits.sampling.domain.frozen_list import Entry, freeze, list_hash, list_problems
from audits.sampling.domain.strata import MODALITIES
from audits.sampling.domain.verify import (
    Verification,
    digest_problems,
    drawn_problems,
    seed_problems,
    stored_list_problems,
)

SCHEMA = "qcportal.monthly_draw"
VERSION = 1
SAMPLE_SIZE = 10
MOST = 100
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True)
class MonthlyDraw:
    """`drawn` in case order. Fewer reports than asked for give a smaller sample, never an error."""

    seed: str
    size: int
    list_hash: str
    entries: tuple[Entry, ...]
    drawn: tuple[Entry, ...]


def first_of_month(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def previous_month(month: date) -> date:
    """The first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def last_of_month(month: date) -> date:
    """The last day of the month."""
    return next_month(month) - timedelta(days=1)


def months_back(month: date, count: int) -> tuple[date, ...]:
    """`count` months ending with `month`, oldest first."""
    found = [month.replace(day=1)]
    while len(found) < count:
        found.append(previous_month(found[-1]))
    return tuple(reversed(found))


def monthly_draw(entries: Iterable[Entry], seed: str, size: int = SAMPLE_SIZE) -> MonthlyDraw:
    """Draw `size` reports. ValueError for an unfit seed or size, UnfitListError for an unfit list."""
    check_seed(seed)
    if isinstance(size, bool) or not 1 <= size <= MOST:
        raise ValueError(f"抽查份数应为1至{MOST}的整数，收到“{size}”。")
    listed = freeze(entries)
    ranked = rank(listed, seed)
    chosen = _fill(ranked, _by_modality(ranked, places(ranked, size)), size)
    order = {entry.accession_number: place for place, entry in enumerate(ranked)}
    drawn = sorted(chosen, key=lambda e: (MODALITIES.index(e.modality), order[e.accession_number]))
    return MonthlyDraw(seed, size, list_hash(listed), listed, tuple(drawn))


def places(entries: Sequence[Entry], size: int) -> dict[str, int]:
    """The number of reports drawn from each modality."""
    counts = Counter(entry.modality for entry in entries)
    present = [modality for modality in MODALITIES if counts[modality]]
    given = dict.fromkeys(present[:size], 1)
    left = min(size, len(entries)) - len(given)
    if left <= 0:
        return given
    spare = {modality: counts[modality] - 1 for modality in given}
    total = sum(spare.values())
    for modality in given:
        given[modality] += left * spare[modality] // total
    remaining = min(size, len(entries)) - sum(given.values())
    by_remainder = sorted(given, key=lambda m: (-(left * spare[m] % total), MODALITIES.index(m)))
    for modality in by_remainder[:remaining]:
        given[modality] += 1
    return given


def _by_modality(ranked: Sequence[Entry], wanted: dict[str, int]) -> list[Entry]:
    chosen: list[Entry] = []
    patients: set[str] = set()
    for modality, count in wanted.items():
        left = count
        for entry in ranked:
            if left and entry.modality == modality and entry.patient_key not in patients:
                chosen.append(entry)
                patients.add(entry.patient_key)
                left -= 1
    return chosen


def _fill(ranked: Sequence[Entry], chosen: list[Entry], size: int) -> list[Entry]:
    """Fill the places left: new patients first, then the others, in rank order."""
    patients = {entry.patient_key for entry in chosen}
    taken = {entry.accession_number for entry in chosen}
    for again in (False, True):
        for entry in ranked:
            if len(chosen) >= size:
                return chosen
            if entry.accession_number in taken or (not again and entry.patient_key in patients):
                continue
            chosen.append(entry)
            taken.add(entry.accession_number)
            patients.add(entry.patient_key)
    return chosen


def monthly_document(drawn: MonthlyDraw, month: date) -> dict[str, Any]:
    """The document of a month's draw; names nobody: patients and physicians are tokens."""
    body = {
        "schema": SCHEMA,
        "version": VERSION,
        "month": f"{month:%Y-%m}",
        "seed": drawn.seed,
        "size": drawn.size,
        "list": [entry._asdict() for entry in drawn.entries],
        "list_sha256": drawn.list_hash,
        "drawn": [entry.accession_number for entry in drawn.drawn],
    }
    return {**body, "digest": digest_of(body)}


def verify_monthly_draw(document: object) -> Verification:
    """Re-draw from parsed JSON and compare. Never raises for any JSON value."""
    unfit = _head_problems(document)
    if unfit:
        return Verification(False, unfit, ())
    assert isinstance(document, dict)
    as_quarterly = {key: value for key, value in document.items() if key != "month"}
    as_quarterly |= {"schema": QUARTERLY, "version": QUARTERLY_VERSION, "replacements": []}
    try:
        parsed = parse_draw_document(as_quarterly)
    except UnfitDocumentError as refused:
        return Verification(False, refused.problems, ())
    problems = digest_problems(document, parsed) + stored_list_problems(parsed)
    unusable = (*list_problems(parsed.entries), *seed_problems(parsed.seed), *_size_problems(parsed.size))
    facts: list[tuple[str, str]] = []
    if not unusable:
        redrawn = monthly_draw(parsed.entries, parsed.seed, parsed.size)
        problems += drawn_problems(parsed, tuple(entry.accession_number for entry in redrawn.drawn))
        facts = _facts(document["month"], redrawn)
    problems += unusable
    return Verification(not problems, tuple(problems), tuple(facts))


def _head_problems(document: object) -> tuple[str, ...]:
    if not isinstance(document, dict):
        return ("不是月度抽样文件：其中应有月份、种子、名单等各项。",)
    if document.get("schema") != SCHEMA:
        return (f"不是月度抽样文件：所标的格式应为“{SCHEMA}”。",)
    if document.get("version") != VERSION or isinstance(document.get("version"), bool | float):
        return (f"月度抽样文件版本应为{VERSION}；请用对应版本的程序核对。",)
    if "replacements" in document:
        return (f"月度抽样文件中有不应有的项：{NAMES_ZH['replacements']}。",)
    month = document.get("month")
    if not isinstance(month, str) or not _MONTH.fullmatch(month):
        return ("月份应写作四位年、两位月，例如 2026-09。",)
    return ()


def _size_problems(size: int) -> tuple[str, ...]:
    return () if size <= MOST else (f"抽查份数应为1至{MOST}的整数。",)


def _facts(month: str, redrawn: MonthlyDraw) -> list[tuple[str, str]]:
    return [
        ("月份", month),
        ("种子", redrawn.seed),
        ("名单份数", str(len(redrawn.entries))),
        ("名单校验值（重算）", redrawn.list_hash),
        ("应抽份数", str(redrawn.size)),
        ("重抽结果", "、".join(entry.accession_number for entry in redrawn.drawn) or "无"),
    ]
