"""Find the tables of a register and the meaning of each column: by its header text, never by position.

A sheet is a table of physicians, technologists, radiation-protection training or equipment training; `wide`
is one of several trainings a row, `others` one of any records under a column that names their kind. The
sheet's name is used only where its columns are ambiguous.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from spreadsheets import Cell, FileRefused, Row, Sheet
from staff.intake.cells import Unreadable, text
from staff.intake.certificates import Subject, aspect, is_property_alone, subject
from staff.intake.mapping import NO_MAPPING, RegisterMapping
from staff.intake.synonyms import SYNONYMS
from staff.intake.words import modalities

_EPOCH_1904, _LAST_SERIAL = date(1904, 1, 1), 80_000
LOOK_AT = 30  # rows: a header may follow titles and remarks

_MEANING = {word: field for field, words in SYNONYMS.items() for word in words.split()}

LABELS = {
    "staff_number": "工号",
    "full_name": "姓名",
    "modalities": "设备类别",
    "trained_on": "培训日期",
    "person_kind": "人员类别",
    "residency": "第一阶段规培",
    "residency_on": "通过日期",
    "record_type": "资质类别",
}
_PHYSICIAN = {
    *("certificate_number", "licence_number", "practice_scope"),
    *("residency", "residency_on", "residency_number"),
}
_COURSE = {"result", "organiser", "course", "days", "course_name"}
_ONLY_OF_COURSES = (_COURSE - {"result"}) | {"trainer", "trained_on"}
_OF_ANY_CERTIFICATE = {"trained_on", "number", "result", "organiser", "issuer", "valid_until", "status"}
_DAYS = {"trained_on", "radiation_on", "ecology_on", "equipment_on"}
_PERSON = {"title", "group", "entered_on", "person_kind"}
_NAMES = (
    ("equipment", re.compile(r"设备|操作|上机|机型")),
    ("radiation", re.compile(r"防护|辐射|放射.*(培训|考核)")),
    ("physicians", re.compile(r"医师|医生|诊断")),
    ("technologists", re.compile(r"技师|技术|操作人员")),
)
_COUNTERS = frozenset(["序号", "行号", "编号", "No", "No.", "NO", "NO.", "#", "顺序号"])
_BRACKETS = re.compile(r"[(\[{【〔<《「].*?[)\]}】〕>》」]")
_NOISE = re.compile(r"[\s_\-—.:;,，。、/\\|*#'\"`~·?!&+№@$%^=]+")


@dataclass(frozen=True)
class Table:
    """One table of the register: its kind, its rows below the head, and which column carries what."""

    kind: str
    sheet: Sheet
    labels: tuple[str, ...]
    columns: dict[str, int]
    rows: tuple[Row, ...]
    # Of a sheet of one kind of certificates: what its name or title calls them.
    certificate: str = ""
    head: tuple[tuple[str, ...], ...] = ()
    mapping: RegisterMapping = NO_MAPPING

    def label(self, field: str) -> str:
        """The column's own header, or what it is usually called."""
        place = self.columns.get(field)
        return self.labels[place] if place is not None else LABELS.get(field, field)

    @property
    def unused(self) -> tuple[str, ...]:
        """Headers of columns that hold data and carry no field; row counters are excluded."""
        # Remarks say something of a certificate in its own row, and nothing that is read of a person.
        taken = {i for field, i in self.columns.items() if field != "remark" or self.kind == "others"}
        open_ = [
            i for i, label in enumerate(self.labels) if label and i not in taken and label not in _COUNTERS
        ]
        return tuple(self.labels[i] for i in open_ if any(_holds(row, i) for row in self.rows))

    def is_head(self, row: Row) -> bool:
        """A head printed again on the next page."""
        texts = tuple(shown(cell) for cell in row.cells)
        if texts in self.head:
            return True
        given = self.mapping.of_columns(texts, self.sheet.name)
        return bool(self.columns) and meanings(row.cells, given) == self.columns


def _holds(row: Row, place: int) -> bool:
    return not row.problem and place < len(row.cells) and bool(str(row.cells[place]).strip())


def table_of(sheet: Sheet, mapping: RegisterMapping = NO_MAPPING) -> Table | None:
    """The sheet's table; its header is the row, or pair of rows, that names the most columns."""
    head, labels, columns = max(heads_of(sheet, mapping), key=lambda found: _weight(found[2]))
    if not {"staff_number", "full_name"} & set(columns):
        return None
    last = head[-1]
    if last.problem:
        raise FileRefused(f"表头所在的第{last.number}行无法确定：{last.problem}")
    titles = [shown(cell) for row in sheet.rows if row.number < head[0].number for cell in row.cells]
    kind = kind_of(set(columns), sheet.name, " ".join(titles))
    kind, certificate = kind or kind_of({*columns, *mapping.constants}, sheet.name, " ".join(titles)), ""
    if not kind and {"number", "trained_on"} & set(columns):
        certificate = next((name for name in (sheet.name, *titles) if subject(name)), "")
        kind = "others" if certificate else ""
    if not kind:
        return None
    rows = tuple(row for row in sheet.rows if row.number > last.number)
    labels, columns = _over_their_cells(labels, columns, rows)
    rows = _days_since_1904(rows, columns) if sheet.is_1904 else rows
    columns = _without_counter(labels, columns, rows)
    texts = tuple(tuple(shown(cell) for cell in row.cells) for row in head)
    return Table(kind, sheet, labels, columns, rows, certificate, texts, mapping)


def _weight(columns: dict[str, int]) -> tuple[int, int]:
    """How much a head names; of two with as many columns, that which says what a day or number is of."""
    return len(columns), len(columns.keys() - _OF_ANY_CERTIFICATE)


def heads_of(
    sheet: Sheet, mapping: RegisterMapping = NO_MAPPING
) -> Iterator[tuple[tuple[Row, ...], tuple[str, ...], dict[str, int]]]:
    """(rows, labels, columns) of each row, and of each two rows read as one head."""
    above: Row | None = None
    for row in sheet.rows[:LOOK_AT]:
        labels = tuple(shown(cell) for cell in row.cells)
        yield (row,), labels, meanings(labels, mapping.of_columns(labels, sheet.name))
        if above is not None:
            both = _joined([shown(cell) for cell in above.cells], labels)
            yield (above, row), both, meanings(both, mapping.of_columns(both, sheet.name))
        above = row


def _joined(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """放射防护培训 over 日期 and 证号 as 放射防护培训日期 and 放射防护培训证号."""
    found, group = [], ""
    for place in range(max(len(upper), len(lower))):
        one = upper[place] if place < len(upper) else ""
        two = lower[place] if place < len(lower) else ""
        # A group reaches over columns that have nothing of their own above.
        group = one or (group if two else "")
        whole = two if group == two else f"{group}{two}"
        # 人员情况 over 工号 and 职称 groups columns that have a meaning of their own; 日期 has none.
        is_own = bool(meaning(two)) and not (is_property_alone(two) or meaning(whole) or subject(whole))
        found.append(two if is_own else whole)
    return tuple(found)


def _over_their_cells(
    labels: tuple[str, ...], columns: dict[str, int], rows: Sequence[Row]
) -> tuple[tuple[str, ...], dict[str, int]]:
    """Labels and columns; a header merged over several columns moved to the only one that holds cells."""
    moved = [*labels, *[""] * (max((len(row.cells) for row in rows), default=0) - len(labels))]
    starts = [place for place, label in enumerate(moved) if label]
    to: dict[int, int] = {}
    for place, end in zip(starts, [*starts[1:], len(moved)], strict=True):
        held = [i for i in range(place, end) if end > place + 1 and any(_holds(row, i) for row in rows)]
        if len(held) == 1 and held[0] != place:
            to[place] = held[0]
            moved[place], moved[held[0]] = "", moved[place]
    return (tuple(moved), {f: to.get(i, i) for f, i in columns.items()}) if to else (labels, columns)


def _days_since_1904(rows: Sequence[Row], columns: dict[str, int]) -> tuple[Row, ...]:
    """The rows with the numbers in columns of days as the days they count to."""
    places = {i for field, i in columns.items() if "_on" in field or field.endswith("until")}

    def read(place: int, cell: Cell) -> Cell:
        if place in places and isinstance(cell, float) and 0 < cell < _LAST_SERIAL:
            return _EPOCH_1904 + timedelta(days=int(cell))
        return cell

    return tuple(replace(row, cells=tuple(read(i, cell) for i, cell in enumerate(row.cells))) for row in rows)


def _without_counter(labels: Sequence[str], columns: dict[str, int], rows: Sequence[Row]) -> dict[str, int]:
    """The columns without a 编号 that only counts the rows: 1, 2, 3 … is not a staff number."""
    place = columns.get("staff_number")
    if place is None or labels[place] not in _COUNTERS:
        return columns
    given = [shown(row.cells[place]) for row in rows if place < len(row.cells)]
    numbers = [int(value) for value in given if value.isdecimal()]
    if not numbers or numbers != list(range(1, len(numbers) + 1)):
        return columns
    return {field: i for field, i in columns.items() if field != "staff_number"}


def meanings(cells: Sequence[Cell], given: Mapping[int, str | None] | None = None) -> dict[str, int]:
    """field → column; the first column that carries a field is taken, after those a person has `given`.

    A header that names a property alone (证号, 结业时间, 考核结果) has that of the certificate before it.
    """
    given = given or {}
    found = {field: place for place, field in reversed(list(given.items())) if field}
    labels = [shown(cell) for cell in cells]
    about: Subject | None = None
    for place, label in enumerate(labels):
        if not label or place in given:
            continue
        field, own = meaning(label), subject(label)
        is_alone = own is None and is_property_alone(label)
        if own and not field:
            field = own.field(aspect(label))
        elif is_alone and about:
            field = about.field(aspect(label)) or field
        about = own or (about if is_alone else None)
        _take(found, field, place, labels)
    return found


def _take(found: dict[str, int], field: str, place: int, labels: Sequence[str]) -> None:
    first = found.get(field)
    if not field:
        return
    if first is None or (field == "staff_number" and labels[first] in _COUNTERS):
        found[field] = place
    elif "_on" in field:
        # 防护培训日期 beside 防护培训考核: the one without a property of its own is the result.
        result = field.replace("_on", "_result")
        bare, other = (place, first) if aspect(labels[place]) != "day" else (first, place)
        if aspect(labels[bare]) in ("", "result") and aspect(labels[other]) == "day" and result not in found:
            found[field], found[result] = other, bare


def meaning(label: str) -> str:
    """What a header means; "" for one that is not known. Brackets may hold the point: 规培（第一阶段）."""
    plain = unicodedata.normalize("NFKC", label)
    whole = _NOISE.sub("", re.sub(r"[(\[{【〔<《「)\]}】〕>》」]", "", plain))
    bare = _NOISE.sub("", _BRACKETS.sub("", plain))
    # Both languages in one header: Name 姓名. CT培训日期 is of CT alone.
    chinese = "" if modalities(bare)[0] else re.sub(r"[A-Za-z]", "", bare)
    return next((_MEANING[word] for word in (whole.lower(), bare.lower(), chinese) if word in _MEANING), "")


def kind_of(fields: set[str], name: str, titles: str) -> str:
    """Which of the tables these columns make; "" for none."""
    fields = {field.partition(":")[0] for field in fields} | ({"wide"} if _is_wide(fields) else set())
    if "record_type" in fields:
        return "others"
    if fields & _PHYSICIAN:
        return "physicians"
    # One line a person with the days of their trainings in extra columns: a list of people, not of courses.
    if not fields & _DAYS or (fields & _PERSON and not fields & _ONLY_OF_COURSES):
        known = fields & {"modalities", "person_kind"}
        if kind := "technologists" if known else _person_kind(name, titles, fields):
            return kind
    if not fields & _DAYS or "wide" in fields:
        return "wide" if "wide" in fields else ""
    if "radiation_on" in fields or (fields & {"organiser", "days"} and _named(name, titles) == "radiation"):
        return "radiation"
    if fields & {"modalities", "device_model", "equipment_on"}:
        return "equipment"
    return "radiation" if fields & _COURSE else _training_kind(name, titles)


def _is_wide(fields: set[str]) -> bool:
    """Several trainings in one row, each with columns of its own."""
    days = {field for field in fields if field.partition("_")[0] in ("radiation", "ecology", "equipment")}
    days = {field for field in days if "_on" in field}
    return len(days) > 1 or any(":" in field or field == "ecology_on" for field in days)


def _training_kind(name: str, titles: str) -> str:
    named = _named(name, titles)
    return named if named in ("radiation", "equipment") else ""


def _person_kind(name: str, titles: str, fields: set[str]) -> str:
    named = _named(name, titles)
    return named if named in ("physicians", "technologists") and "title" in fields else ""


def _named(name: str, titles: str) -> str:
    return next((kind for kind, pattern in _NAMES if pattern.search(f"{name} {titles}")), "")


def shown(cell: Cell) -> str:
    """A cell's text; "" for one that cannot be read."""
    try:
        return text(cell)
    except Unreadable:
        return ""
