"""The mapping page of a register of people: its columns over all sheets, unknown values, the first person."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from reports.domain.people import RegisteredPeople
from reports.imports.actions.register import register_mapping
from reports.imports.domain.outline import Outline
from reports.imports.domain.vocabulary import Writing
from reports.imports.page.columns import SAMPLES, ColumnRow, Columns
from reports.imports.page.preview import Box, Preview
from reports.intake.headers import is_unwanted
from reports.intake.mapping import FileMapping
from spreadsheets import FileRefused, Row, Sheet
from staff.intake.headers import Table, heads_of, shown
from staff.intake.labels import LABELS, label_of
from staff.intake.mapping import RegisterMapping, in_sheet, keys_of
from staff.intake.register import register_in, rows_of, tables_in
from staff.intake.unknown import unknown_values, vocabulary
from staff.intake.values import IncomingRecord, IncomingRow
from staff.register.actions.imports import record_types
from staff.register.models import Member, Qualification

REGISTER_CONSTANTS = ("person_kind",)
_LEAST_HEADERS = 3  # texts in a row that may be a header nobody knows
# An identity card or a mobile number, under whatever header.
_PRIVATE = re.compile(r"\d{17}[\dXx]|1[3-9]\d{9}")
_NO_KIND = (
    "还不能判断登记的是医师、技师还是哪种资质；请指定“人员类别”或“资质类别”是哪一列，"
    "或在下方选择全部行的人员类别。"
)


@dataclass(frozen=True)
class _Header:
    """A header of one sheet, its field ("" for none), and the first values below it."""

    key: str
    sheet: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class RegisterColumns(Columns):
    """The columns of a register; what is missing depends on its tables, not on the columns alone."""

    sheets: tuple[Sheet, ...] = ()

    def missing_from(self, mapping: Mapping[str, str], constants: Iterable[str] = ()) -> list[str]:
        if not {"staff_number", "full_name"} & set(mapping.values()):
            return ["还没有指定“工号”或“姓名”是哪一列；没有这一列无法导入。"]
        settled = {header: mapping.get(header) for header in self.headers}
        known = RegisterMapping(settled, {}, dict.fromkeys(constants, ""))
        return [] if any(tables_in(sheet, known) for sheet in self.sheets) else [_NO_KIND]


def register_columns(sheets: Sequence[Sheet], given: FileMapping, _: RegisteredPeople) -> RegisterColumns:
    """The columns of all sheets; a header with other meanings in another sheet is listed with its sheet.

    Raises FileRefused when no row of the file may be a header.
    """
    known = register_mapping(given)
    tables = [table for sheet in sheets for table in tables_in(sheet, known)]
    headers = _distinct([*_of_tables(tables), *_of_other_sheets(sheets, tables, known)])
    if not headers:
        register_in(sheets, {}, known)  # raises FileRefused with the reason
    suggested = {header.key: header.field for header in headers if header.field}
    rows = tuple(
        ColumnRow(header.key, header.field, "", header.samples, _why(header, given)) for header in headers
    )
    first = tables[0] if tables else None
    named = [field for field in suggested.values() if field not in LABELS]
    return RegisterColumns(
        kind="staff",
        headers=[row.header for row in rows],
        rows=rows,
        choices=[*LABELS.items(), *((field, label_of(field)) for field in dict.fromkeys(named))],
        suggested=suggested,
        ambiguous=(),
        encoding=sheets[0].encoding,
        header_row=max(first.rows[0].number - 1, 1) if first and first.rows else 1,
        sheets=tuple(sheets),
    )


def register_writings(
    outline: Outline, mapping: FileMapping, given: Mapping[str, Mapping[str, str | None]]
) -> tuple[Writing, ...]:
    """Values without an explanation under these columns, and those a person explained."""
    known = register_mapping(mapping)
    tables = [table for sheet in outline.sheets for table in tables_in(sheet, known)]
    found = unknown_values(tables, record_types(), given)
    return tuple(Writing(value.field, value.text, value.count, value.rows) for value in found)


def register_words() -> Mapping[str, tuple[str, ...]]:
    """The values that a person may choose for a field."""
    return vocabulary(record_types())


def register_preview(sheets: Sequence[Sheet], mapping: FileMapping) -> Preview:
    """The first person of the file, or its first record, and how many rows would be refused."""
    try:
        found = register_in(sheets, record_types(), register_mapping(mapping))
    except FileRefused as refused:
        return Preview(problem=str(refused))
    problem = f"{len(found.refusals)} 行，例如{found.refusals[0].reason}" if found.refusals else ""
    people = [row for row in found.rows if row.kind]
    first = next(iter((*people, *found.rows)), None)
    if first is None:
        return Preview(problem=problem or "按现在的对应，没有可以导入的行。")
    records = [one for row in found.rows if _is_of(row, first) for one in row.records]
    boxes = (*_of_person(first), *(_of_record(one) for one in records))
    empty = tuple(box.label for box in boxes if box.is_empty)
    return Preview(first.row, None, tuple(box for box in boxes if not box.is_empty), empty, problem)


def _of_tables(tables: Iterable[Table]) -> Iterator[_Header]:
    for table in tables:
        fields = {place: field for field, place in table.columns.items()}
        for place, key in enumerate(keys_of(table.labels)):
            if key:
                yield _Header(
                    key, table.sheet.name, fields.get(place, ""), _samples(key, rows_of(table), place)
                )


def _of_other_sheets(
    sheets: Sequence[Sheet], tables: Sequence[Table], known: RegisterMapping
) -> Iterator[_Header]:
    """Headers of the sheets without a table: where a known one is among them, or no sheet has a table."""
    for sheet in sheets:
        if any(table.sheet is sheet for table in tables) or not sheet.rows:
            continue
        single = [found for found in heads_of(sheet, known) if len(found[0]) == 1]
        (head,), labels, columns = max(single, key=lambda found: (len(found[2]), len(set(found[1]))))
        if len(set(filter(None, labels))) < _LEAST_HEADERS or (tables and not columns):
            continue
        fields = {place: field for field, place in columns.items()}
        below = [row for row in sheet.rows if row.number > head.number]
        for place, key in enumerate(keys_of(labels)):
            if key:
                yield _Header(key, sheet.name, fields.get(place, ""), _samples(key, below, place))


def _distinct(headers: Sequence[_Header]) -> list[_Header]:
    """Each header once; with its sheet where it means different things in different sheets."""
    by_sheet: dict[str, dict[str, _Header]] = {}
    for header in headers:
        of_sheets = by_sheet.setdefault(header.key, {})
        old = of_sheets.get(header.sheet, header)
        samples = tuple(dict.fromkeys((*old.samples, *header.samples)))[:SAMPLES]
        of_sheets[header.sheet] = _Header(header.key, header.sheet, old.field or header.field, samples)
    found = []
    for key, of_sheets in by_sheet.items():
        if len({header.field for header in of_sheets.values()}) == 1:
            found.append(next(iter(of_sheets.values())))
        else:
            found += [
                _Header(in_sheet(key, name), name, header.field, header.samples)
                for name, header in of_sheets.items()
            ]
    return found


def _samples(key: str, rows: Iterable[Row], place: int) -> tuple[str, ...]:
    texts = (shown(row.cells[place])[:60] for row in rows if place < len(row.cells))
    is_private = is_unwanted(key)
    hidden = ("（已隐藏）" if is_private or _PRIVATE.fullmatch(text) else text for text in texts if text)
    return tuple(islice(dict.fromkeys(hidden), SAMPLES))


def _why(header: _Header, given: FileMapping) -> str:
    return ("由人指定" if given.columns.get(header.key) else "列名") if header.field else ""


def _is_of(row: IncomingRow, person: IncomingRow) -> bool:
    if row.staff_number and person.staff_number:
        return row.staff_number.casefold() == person.staff_number.casefold()
    return row.full_name == person.full_name


def _of_person(row: IncomingRow) -> Iterator[Box]:
    values: dict[str, Any] = {
        "staff_number": row.staff_number,
        "full_name": row.full_name,
        "person_kind": dict(Member.Kind.choices).get(row.kind, ""),
        "title": row.title,
        "group": row.group,
        "modalities": "、".join(row.modalities),
        "entered_on": row.entered_on or "",
        "left_on": row.left_on or "",
    }
    for field, value in values.items():
        yield Box(LABELS[field], str(value), is_empty=not value)


def _of_record(record: IncomingRecord) -> Box:
    names = {code: name for name, code in record_types().items()}
    result = dict(Qualification.Result.choices).get(record.result, "") if record.result else ""
    parts = (record.modality, record.number, record.practice_scope, record.issued_on, result)
    return Box(names.get(record.type, record.type), " ".join(str(p) for p in parts if p), is_empty=False)
