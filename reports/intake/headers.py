"""Find the head of a table and say what each column means: by the words of the header, never by its place."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reports.intake import exam_record_synonyms as paper_synonyms
from reports.intake import synonyms
from reports.intake.labels import EXPECTED, LABELS_OF, NEEDED
from spreadsheets import Cell, FileRefused, Row, Sheet

FIELDS_OF = {
    "reports": synonyms.REPORTS,
    "outcomes": synonyms.OUTCOMES,
    "requests": paper_synonyms.REQUESTS,
    "alerts": paper_synonyms.ALERTS,
}
LOOK_AT = 60
_BRACKETS = re.compile(r"[(\[{【〔<《「].*?[)\]}】〕>》」]")
_NOISE = re.compile(r"[\s_\-—.:;,，。、/\\|*#'\"`~·?!&+№@$%^=]+")
_PARTS = re.compile(r"[/、|\\,，;；+&]|及|和|与")
_FINE_DATES = (
    *("examined_at", "reported_at", "signed_at", "last_modified_at", "examined_on", "observed_on"),
    *("requested_at", "found_at", "notified_at"),
)
# These under names that are not equally plain: 病理诊断 beside 手术所见, 检查部位 beside 申请项目, each
# says something.
_ALL_RANKS = ("accession_number", "text", "requested_examination")
# Two columns of these may stand side by side: a day and its time, or a number under two names.
_TOGETHER = (*_FINE_DATES, *_ALL_RANKS)
_LATIN_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_TWIN = re.compile(r"（第\d+列）$")
_UNIT = re.compile(r"年龄[（(\[]?(岁|月|天|周)")


@dataclass(frozen=True)
class Head:
    """The head of a table: unique header texts, what each means (combined ones joined by +), what is open."""

    kind: str
    sheet: Sheet
    row: int
    labels: tuple[str, ...]
    mapping: dict[str, str]
    ambiguous: tuple[str, ...]
    twins: tuple[tuple[str, str], ...]
    units: dict[str, str]

    def columns(self, field: str) -> list[int]:
        """Places of the columns that carry `field`, the preferred first."""
        given = [i for i, label in enumerate(self.labels) if field in self.mapping.get(label, "").split("+")]
        return sorted(given, key=lambda i: rank(self.labels[i], field, self.kind))

    @property
    def fields(self) -> set[str]:
        return {name for value in self.mapping.values() for name in value.split("+")}

    @property
    def width(self) -> int:
        """Columns up to the last one with a header."""
        return max((i + 1 for i, label in enumerate(self.labels) if label), default=0)


def normal(text: str) -> str:
    """A header without spaces, line breaks, bracketed units, punctuation and capitals, all half-width."""
    plain = unicodedata.normalize("NFKC", text).lower()
    bare = _NOISE.sub("", _BRACKETS.sub("", plain))
    return bare or _NOISE.sub("", re.sub(r"[()\[\]{}【】]", "", plain))


@lru_cache(maxsize=len(FIELDS_OF))
def _patterns(kind: str) -> dict[str, tuple[re.Pattern[str], ...]]:
    table = FIELDS_OF[kind]
    return {name: tuple(re.compile(f"(?:{p})") for p in given) for name, given in table.items()}


@lru_cache(maxsize=4096)
def meaning(text: str, kind: str) -> str:
    """The field a header names ("sex+age" for a combined one), or an empty text."""
    key = normal(text)
    if not key or len(key) > 40 or is_unwanted(text) or is_counter(text):
        return ""
    found = _meaning_of(key, kind)
    if found:
        return found
    parts = [normal(p) for p in _PARTS.split(unicodedata.normalize("NFKC", text)) if normal(p)]
    fields = [_meaning_of(p, kind) for p in parts]
    if len(parts) > 1 and all(fields) and len(set(fields)) == len(fields):
        return "+".join(fields)
    return next(filter(None, (_meaning_of(short, kind) for short in _shortened(text, key))), "")


def _shortened(text: str, key: str) -> Iterable[str]:
    """The header without words that only say whose table it is (影像检查流水号, RPT_FINDINGS), longest first.

    What is left must still say something: a bare 编号 or NAME could be anybody's.
    """
    found: dict[str, None] = {}
    waiting = [key]
    while waiting:
        longer = waiting.pop(0)
        shorter = [longer.removeprefix(head) for head in synonyms.NEUTRAL_HEADS if longer.startswith(head)]
        shorter += [longer.removesuffix(tail) for tail in synonyms.NEUTRAL_TAILS if longer.endswith(tail)]
        waiting += [s for s in shorter if s not in found]
        found.update(dict.fromkeys(shorter))
    words = _LATIN_WORDS.findall(text)
    if len(words) > 1 and normal("".join(words)) == key:
        found.update(dict.fromkeys(normal("".join(words[place:])) for place in range(1, len(words))))
    long_enough = (s for s in found if len(s) >= 3 or s in synonyms.TELLING)
    return sorted((s for s in long_enough if s not in synonyms.GENERIC), key=len, reverse=True)


def is_counter(text: str) -> bool:
    """A column that only numbers the rows."""
    return re.fullmatch(synonyms.COUNTER, normal(text)) is not None


def is_unwanted(text: str) -> bool:
    """A column of identity or money that no clause asks for: not kept."""
    return re.fullmatch(synonyms.UNWANTED, normal(text)) is not None


def _meaning_of(key: str, kind: str) -> str:
    ranked = [(i, name) for name, ps in _patterns(kind).items() for i, p in enumerate(ps) if p.fullmatch(key)]
    return min(ranked, key=lambda r: r[0])[1] if ranked else ""


def rank(text: str, field: str, kind: str) -> int:
    """How near a header is to its field: 0 is the plainest name."""
    key, patterns = normal(text), _patterns(kind).get(field, ())
    return next((place for place, pattern in enumerate(patterns) if pattern.fullmatch(key)), 9)


def find_head(sheets: Iterable[Sheet], kind: str, mapping: Mapping[str, str] | None) -> Head:
    """The row of the file that names the most columns. Raises FileRefused when none does."""
    known = dict(mapping or {})
    best: tuple[int, Sheet, Row, list[str]] | None = None
    # Two names known among many that are not: still a head, whose columns a person can point out.
    least = 2
    sheets = list(sheets)
    for sheet in sheets:
        for place, row in enumerate(sheet.rows[:LOOK_AT]):
            for texts in _readings(sheet.rows, place, kind):
                score = _score(texts, kind, known)
                enough = score > least or (score == least and sum(map(bool, texts)) >= 4)
                if enough and (best is None or score > best[0]):
                    best = (score, sheet, row, texts)
    if best is None:
        raise FileRefused(_no_head(sheets, kind))
    _, sheet, head, texts = best
    if head.problem:
        raise FileRefused(f"表头所在的第{head.number}行无法确定：{head.problem}")
    labels = tuple(_unique(texts))
    return _assign(sheet, head.number, labels, kind, known)


def _readings(rows: Sequence[Row], place: int, kind: str) -> Iterable[list[str]]:
    """A row's texts as headers: alone, and joined to a row of group names above it."""
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
            # A group's word decides what a bare 时间 or 类型 below it speaks of; 检查信息 says 检查.
            named = (whole, re.sub(r"(基本)?(信息|资料|情况|内容)$", "", group) + text)
            joined.append(next((n for n in named if meaning(n, kind)), text))
    return joined


def _score(texts: list[str], kind: str, known: Mapping[str, str]) -> int:
    given = _given([t for t in texts if t], known)
    fields = [given.get(t) or meaning(t, kind) for t in texts if t]
    named = len({f for f in fields if f})
    return named if any("accession_number" in f or "patient_id" in f for f in fields) else min(named, 2)


def _text(cell: Cell) -> str:
    return re.sub(r"\s+", " ", cell).strip() if isinstance(cell, str) else ""


def _unique(texts: Iterable[str]) -> Iterable[str]:
    seen: Counter[str] = Counter()
    for place, text in enumerate(texts, 1):
        label = text.strip().strip("'\ufeff")
        seen[label] += 1
        yield f"{label}（第{place}列）" if label and seen[label] > 1 else label


def _assign(sheet: Sheet, number: int, labels: tuple[str, ...], kind: str, known: Mapping[str, str]) -> Head:
    units = {label: m[1] for label in labels if (m := _UNIT.match(label))}
    given = _given(labels, known)
    twins = tuple(_twins(labels))
    if given and _enough(given.values(), kind):
        # A person chose the columns of this very layout: what they left out stays out.
        return Head(kind, sheet, number, labels, given, (), (), units)
    taken = {name for value in given.values() for name in value.split("+")}
    guessed = _guess([label for label in labels if label not in given], kind, taken)
    return Head(kind, sheet, number, labels, given | guessed, tuple(b for _, b in twins), twins, units)


def _given(labels: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """What a person said these headers mean: to the letter or nearly so; a twin only to the letter."""
    given = {label: known[label] for label in labels if label in known}
    settled = {normal(label) for label in given}
    loose = {normal(label): field for label, field in known.items() if not _TWIN.search(label)}
    for label in labels:
        key = normal(label)
        if label and key in loose and key not in settled and not _TWIN.search(label):
            given[label] = loose[key]
    return given


def _twins(labels: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Columns whose header is written the same: which of them is meant cannot be told from the head."""
    for place, label in enumerate(labels, 1):
        plain = label.removesuffix(f"（第{place}列）")
        if plain != label:
            yield plain, label


def _guess(labels: Sequence[str], kind: str, taken: set[str]) -> dict[str, str]:
    by_field: dict[str, list[str]] = {}
    combined: dict[str, str] = {}
    for label in labels:
        field = meaning(label, kind)
        if "+" in field:
            combined[label] = field
        elif field and field not in taken:
            by_field.setdefault(field, []).append(label)
    guessed: dict[str, str] = {}
    for field, named in by_field.items():
        nearest = min(rank(label, field, kind) for label in named)
        for label in named:
            if rank(label, field, kind) == nearest or field in _ALL_RANKS:
                guessed[label] = field
                if field not in _TOGETHER:
                    break
    covered = taken | set(guessed.values())
    return guessed | {k: v for k, v in combined.items() if not set(v.split("+")) <= covered}


def _enough(fields: Iterable[str], kind: str) -> bool:
    have = {name for value in fields for name in value.split("+")}
    return all(have & set(group) for group in NEEDED[kind])


def missing(fields: Iterable[str], kind: str) -> list[str]:
    """Labels of the needed columns that `fields` do not cover."""
    labels = LABELS_OF[kind]
    have = {name for value in fields for name in value.split("+")}
    groups = [g for g in NEEDED[kind] if not have & set(g)]
    return ["或".join(labels[n] for n in group if n != "report_text") for group in groups]


def require_needed(head: Head, kind: str) -> None:
    """Raises FileRefused naming each needed column that is missing and the headers that were found."""
    lacking = missing(head.mapping.values(), kind)
    if lacking:
        shown = "、".join(label for label in head.labels if label)
        raise FileRefused(
            f"缺少必需的列：{'、'.join(lacking)}。第{head.row}行的表头为：{shown}。"
            "请在导入页面为这份文件指定对应的列，或让RIS导出包含这些列后重新导入。"
        )


def _no_head(sheets: Sequence[Sheet], kind: str) -> str:
    first = next((row for sheet in sheets for row in sheet.rows if not row.is_blank), None)
    shown = "、".join(t for c in (first.cells if first else ()) if (t := _text(c)))[:80] or "（空白）"
    return (
        f"未找到表头：前{LOOK_AT}行中没有一行写有{EXPECTED[kind]}等列名；找到的第一行是“{shown}”。"
        "请确认选择了正确的文件和内容，并保留导出时的表头行。"
    )
