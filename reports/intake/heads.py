"""Find the header row of a table: one row of names, or names below a row of group names."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reports.intake.cells import Unreadable, line
from reports.intake.headers import meaning, normal, possible, rank
from reports.intake.labels import EXPECTED
from spreadsheets import Cell, CellError, FileRefused, Row, Sheet

LOOK_AT = 60
# With fewer headers of this form, letters may be any abbreviation instead of pinyin initials.
LEAST_INITIALS = 4
_TWIN = re.compile(r"（第\d+列）$")
_UNIT = re.compile(r"年龄[（(\[]?(岁|月|天|周)")


@dataclass(frozen=True)
class Head:
    """Header of a table: unique texts, the field of each (combined ones joined by +), and open questions.

    `translations` and `unknown` are keyed by column index: raw value → value (None: the row is not imported),
    and raw values without an explanation. `constants` apply to rows without such a value.
    """

    kind: str
    sheet: Sheet
    row: int
    labels: tuple[str, ...]
    mapping: Mapping[str, str] = field(default_factory=dict)
    twins: tuple[tuple[str, str], ...] = ()
    evidence: Mapping[str, str] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)
    translations: Mapping[int, Mapping[str, str | None]] = field(default_factory=dict)
    unknown: Mapping[int, frozenset[str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    def columns(self, name: str) -> list[int]:
        """Indexes of the field's columns, preferred first."""
        given = [i for i, label in enumerate(self.labels) if name in self.mapping.get(label, "").split("+")]
        return sorted(given, key=lambda i: rank(self.labels[i], name, self.kind))

    def cell(self, row: Row, place: int) -> Cell:
        """Cell translated by its column's legend; empty where the record is shorter than the header."""
        cell = row.cells[place] if place < len(row.cells) else ""
        return self.translated(place, cell) if self.translations else cell

    def translated(self, place: int, cell: Cell) -> Cell:
        """Cell value translated by its column's legend; empty where a person's mapping excludes it."""
        said = self.translations.get(place)
        return (said.get(writing(cell), cell) or "") if said else cell

    def excludes(self, row: Row) -> bool:
        """True if a person's mapping of values excludes this row."""
        return bool(self.translations) and any(
            place < len(row.cells) and said.get(writing(row.cells[place]), "") is None
            for place, said in self.translations.items()
        )

    @property
    def ambiguous(self) -> tuple[str, ...]:
        return tuple(label for _, label in self.twins)

    @property
    def units(self) -> dict[str, str]:
        """Header → age unit given in the header itself: 年龄（岁）."""
        return {label: found[1] for label in self.labels if (found := _UNIT.match(label))}

    @property
    def fields(self) -> set[str]:
        return {name for value in self.mapping.values() for name in value.split("+")}

    @property
    def width(self) -> int:
        """Number of columns up to the last one with a header."""
        return max((i + 1 for i, label in enumerate(self.labels) if label), default=0)


def writing(cell: Cell) -> str:
    """Raw text of a cell, the key used by legends and mappings of values."""
    if isinstance(cell, CellError):
        return str(cell)
    try:
        return line(cell)
    except Unreadable:
        return str(cell)


def find_head(sheets: Iterable[Sheet], kind: str, known: Mapping[str, str | None]) -> Head:
    """Header of the file: the row that names the most columns. Raises FileRefused when none does."""
    best: tuple[tuple[int, int], Sheet, Row, list[str]] | None = None
    # Two known names among unknown ones are enough: a person can map the other columns.
    least = 2
    sheets = list(sheets)
    for sheet in sheets:
        for place, row in enumerate(sheet.rows[:LOOK_AT]):
            for texts in _readings(sheet.rows, place, kind):
                score = _score(texts, kind, known)
                enough = score[0] > least or (score[0] == least and sum(map(bool, texts)) >= 4)
                if enough and (best is None or score > best[0]):
                    best = (score, sheet, row, texts)
    if best is None:
        raise FileRefused(_no_head(sheets, kind))
    _, sheet, head, texts = best
    if head.problem:
        raise FileRefused(f"表头所在的第{head.number}行无法确定：{head.problem}")
    labels = tuple(_unique(_over_their_cells(texts, [row for row in sheet.rows if row.number > head.number])))
    return Head(kind, sheet, head.number, labels, twins=tuple(_twins(labels)))


def given_columns(labels: Sequence[str], known: Mapping[str, str | None]) -> dict[str, str | None]:
    """Fields that a person assigned to these headers.

    A header is matched exactly or in its normalised form; a duplicate header only exactly.
    """
    given = {label: known[label] for label in labels if label in known}
    settled = {normal(label) for label in given}
    loose = {normal(label): name for label, name in known.items() if not _TWIN.search(label)}
    for label in labels:
        key = normal(label)
        if label and key in loose and key not in settled and not _TWIN.search(label):
            given[label] = loose[key]
    return given


def _readings(rows: Sequence[Row], place: int, kind: str) -> Iterable[list[str]]:
    """Candidate headers of a row: its own texts, and its texts combined with a group row above."""
    texts = [_text(cell) for cell in rows[place].cells]
    yield texts
    above = rows[place - 1].cells if place else ()
    if sum(bool(_text(c)) for c in above) > 1:
        yield _joined(above, texts, kind)


def _joined(above: Sequence[Cell], texts: list[str], kind: str) -> list[str]:
    group, joined = "", []
    for i, text in enumerate(texts):
        group = (_text(above[i]) if i < len(above) else "") or (group if text else "")
        whole = group + text if group != text else text
        if not text:
            joined.append(group if meaning(group, kind) else "")
        else:
            # The group name defines a bare 时间 or 类型 below it; 检查信息 is shortened to 检查.
            named = (whole, re.sub(r"(基本)?(信息|资料|情况|内容)$", "", group) + text)
            joined.append(next((n for n in named if meaning(n, kind)), text))
    return joined


def _over_their_cells(texts: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """The headers, one merged over several columns moved to the only one of them that holds cells."""
    width = max((len(row.cells) for row in rows[:LOOK_AT]), default=0)
    moved = [*texts, *[""] * (width - len(texts))]
    starts = [place for place, text in enumerate(moved) if text]
    for place, end in zip(starts, [*starts[1:], len(moved)], strict=True):
        if end > place + 1 and not _is_filled(rows, place):
            filled = [i for i in range(place + 1, end) if _is_filled(rows, i)]
            if len(filled) == 1:
                moved[place], moved[filled[0]] = "", moved[place]
    return moved


def _is_filled(rows: Iterable[Row], place: int) -> bool:
    cells = (row.cells[place] for row in rows if place < len(row.cells))
    return any(not isinstance(cell, str) or cell.strip() for cell in cells)


def _score(texts: list[str], kind: str, known: Mapping[str, str | None]) -> tuple[int, int]:
    """(number of fields named, at most two without an identifier column; the same number uncapped)."""
    given = given_columns([t for t in texts if t], known)
    fields = [given.get(t) or meaning(t, kind) for t in texts if t]
    initials = [possible(t, kind) for t in texts if t]
    if sum(map(bool, initials)) >= LEAST_INITIALS:
        fields += [found[0] for found in initials if found]
    named = len({f for f in fields if f})
    identifies = any("accession_number" in f or "patient_id" in f for f in fields)
    return named if identifies else min(named, 2), named


def _text(cell: Cell) -> str:
    return re.sub(r"\s+", " ", cell).strip() if isinstance(cell, str) else ""


def _unique(texts: Iterable[str]) -> Iterable[str]:
    seen: Counter[str] = Counter()
    for place, text in enumerate(texts, 1):
        label = text.strip().strip("'\ufeff")
        seen[label] += 1
        yield f"{label}（第{place}列）" if label and seen[label] > 1 else label


def _twins(labels: Sequence[str]) -> Iterable[tuple[str, str]]:
    """(header, duplicate header) of columns with the same text, which the header alone cannot tell apart."""
    for place, label in enumerate(labels, 1):
        plain = label.removesuffix(f"（第{place}列）")
        if plain != label:
            yield plain, label


def _no_head(sheets: Sequence[Sheet], kind: str) -> str:
    first = next((row for sheet in sheets for row in sheet.rows if not row.is_blank), None)
    shown = "、".join(t for c in (first.cells if first else ()) if (t := _text(c)))[:80] or "（空白）"
    return (
        f"未找到表头：前{LOOK_AT}行中没有一行写有{EXPECTED[kind]}等列名；找到的第一行是“{shown}”。"
        "请确认选择了正确的文件和内容，并保留导出时的表头行。"
    )
