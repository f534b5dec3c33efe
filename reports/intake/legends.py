"""Decode codes: by a legend in the file, a person's mapping of values, or accompanying signatures.

A code without an explanation is unknown: its rows are refused until a person maps it. HL7 letters and yes/no
flags count as known values.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from reports.intake import kinds
from reports.intake.cells import shown
from reports.intake.headers import normal
from reports.intake.heads import Head, writing
from reports.intake.mapping import FileMapping
from reports.intake.values import UnknownValue
from reports.intake.writings import Seen, seen_in, unknown_in
from spreadsheets import Row, Sheet

# Fields whose codes a legend explains.
CODED = ("report_status", "patient_class", "modality", "sex", "kind", "modification_kind", "signature_method")
_CODE = re.compile(r"\d{1,4}|[A-Za-z]{1,3}\d{1,3}|[A-Za-z]")
_FLAGS = frozenset(["0", "1", "Y", "N", "F", "P", "C", "A", "R", "S", "I", "O", "X", "D", "T", "U"])
_FLAG_HEAD = re.compile(r"是否|标志|flag|^is", re.I)
_IN_TEXT = re.compile(r"(?P<code>\d{1,4}|[A-Za-z]{1,4})\s*[=＝:：\-—–]\s*(?P<said>[\u4e00-\u9fff]{2,12})")
_CODE_TAIL = re.compile(r"(代码|编码|码|code)$")
_CODE_HEAD = re.compile(r"(代码|编码|码值|取值|值|code|value)")
_LEGEND_ROWS, _FOOT_ROWS = 200, 10
RECOGNISED: dict[str, Callable[[str], bool]] = {
    "kind": lambda text: kinds.outcome_kind(text) is not None,
    "modality": lambda text: kinds.kind_of(text) is not None or kinds.is_foreign(text),
    "sex": kinds.is_sex,
}
# (column index, text) of the filled cells of a row.
Filled = list[tuple[int, str]]
# Share of all rows in which a code, always with complete signatures, is accepted as that of finished reports.
_MOST = 0.8


def with_legends(
    head: Head, sheets: Sequence[Sheet], mapping: FileMapping
) -> tuple[Head, tuple[UnknownValue, ...]]:
    """Head with the translations of its columns, and the values that remain unknown."""
    translations: dict[int, Mapping[str, str | None]] = {}
    for name in sorted({*CODED, *mapping.values} & head.fields):
        said = {writing(given): value for given, value in mapping.values.get(name, {}).items()}
        for place in head.columns(name):
            legend = legend_of(head.labels[place], sheets, head) if name in CODED else {}
            if legend or said:
                translations[place] = legend | said
    head = replace(head, translations=translations)
    found = tuple(_unknown_states(head))
    unknown: dict[int, set[str]] = {}
    for value in found:
        unknown.setdefault(head.labels.index(value.label), set()).add(value.value)
    head = replace(head, unknown={i: frozenset(v) for i, v in unknown.items()})
    return head, found


def unrecognised(head: Head, rows: Sequence[Row]) -> Iterable[UnknownValue]:
    """Values in `rows` that are not a known kind of outcome, modality or sex.

    The readers refuse or store them row by row.
    """
    for name, is_known in RECOGNISED.items():
        for place in [i for i in head.columns(name) if head.mapping[head.labels[i]] == name]:
            known = partial(_is_recognised, is_known)
            for seen in unknown_in(head, place, seen_in(rows, place), known):
                yield UnknownValue(name, head.labels[place], seen.text, seen.count, seen.rows)


def _is_recognised(is_known: Callable[[str], bool], said: str, _: Seen) -> bool:
    return is_known(said)


def legend_of(label: str, sheets: Iterable[Sheet], head: Head) -> dict[str, str]:
    """Code → meaning for a column, from other sheets or from notes around the table.

    A sheet explains codes in a table of two columns under the same header, or under 代码 where its name or
    title names the column; in lines of column, code and meaning; or in a note 状态：1=登记 2=已审.
    """
    key = normal(label)
    bare = _CODE_TAIL.sub("", key)
    found: dict[str, str] = {}
    for sheet in sheets:
        own = sheet is head.sheet
        context = normal(sheet.name)
        rows = (*sheet.rows[: head.row - 1], *sheet.rows[-_FOOT_ROWS:]) if own else sheet.rows[:_LEGEND_ROWS]
        for place, row in enumerate(rows):
            filled = [(i, text) for i, cell in enumerate(row.cells) if (text := writing(cell))]
            if len(filled) == 1:
                context += normal(filled[0][1])
            if not own:
                found |= _in_table(sheet, place, filled, key, len(bare) > 1 and bare in context)
                found |= _in_lines(filled, {key, bare})
            found |= _in_note(filled, bare)
    return found


def _in_table(sheet: Sheet, place: int, filled: Filled, key: str, is_named: bool) -> dict[str, str]:
    for (code, header), (said, _) in pairwise(filled if len(filled) < 5 else []):
        if normal(header) == key or (is_named and _CODE_HEAD.fullmatch(normal(header))):
            return _table(sheet.rows[place + 1 : place + _LEGEND_ROWS], code, said)
    return {}


def _in_lines(filled: Filled, names: set[str]) -> dict[str, str]:
    texts = [text for _, text in filled]
    named = len(texts) == 3 and normal(texts[0]) in names and _CODE.fullmatch(texts[1])
    return {texts[1]: texts[2]} if named else {}


def _in_note(filled: Filled, bare: str) -> dict[str, str]:
    texts = [unicodedata.normalize("NFKC", text) for _, text in filled] if len(filled) < 5 else []
    if len(bare) < 2 or not any(bare in normal(text[:40]) for text in texts):
        return {}
    pairs = [found for text in texts for found in _IN_TEXT.finditer(text)]
    return {pair["code"]: pair["said"] for pair in pairs} if len(pairs) > 1 else {}


def _table(rows: Iterable[Row], code: int, said: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        texts = [writing(row.cells[i]) if i < len(row.cells) else "" for i in (code, said)]
        if not all(texts):
            break
        found[texts[0]] = texts[1]
    return found


def _unknown_states(head: Head) -> Iterable[UnknownValue]:
    """Report status codes that neither a legend nor complete signatures explain."""
    for place in head.columns("report_status"):
        label = head.labels[place]
        rows = [row for row in head.sheet.rows if row.number > head.row and place < len(row.cells)]
        cells = Counter(row.cells[place] for row in rows)  # few distinct values, even in many rows
        states = {cell: writing(head.translated(place, cell)) for cell in cells}
        total = sum(count for cell, count in cells.items() if states[cell])
        codes = {state for state in states.values() if _CODE.fullmatch(state) and not _is_word(state, label)}
        for code in sorted(codes):
            where = [row for row in rows if states[row.cells[place]] == code]
            if len(where) < _MOST * total or not all(_is_signed(head, row) for row in where):
                yield UnknownValue(
                    "report_status", label, code, len(where), tuple(r.number for r in where[:3])
                )


def _is_word(text: str, label: str) -> bool:
    if text.upper() in ("0", "1"):
        return _FLAG_HEAD.search(label) is not None
    return text.upper() in _FLAGS


def _is_signed(head: Head, row: Row) -> bool:
    signers = [i for name in ("signed_by", "reviewing_physician") for i in head.columns(name)]
    days = head.columns("signed_at")
    return any(shown(head.cell(row, i)) for i in signers) and all(shown(head.cell(row, i)) for i in days)
