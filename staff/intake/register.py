"""The file of a register: bytes → rows and refusals."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from spreadsheets import FileRefused, Row, Sheet, sheets_of
from staff.intake.forms import form_tables
from staff.intake.headers import Table, table_of
from staff.intake.mapping import NO_MAPPING, RegisterMapping
from staff.intake.row_fields import RowIgnored, RowRefused
from staff.intake.rows import MEMBERS, RowReader
from staff.intake.values import IncomingRegister, IncomingRow, Refusal

_SUMS = re.compile(r"^(合计|总计|小计|共计|共\d+人|注|备注|说明|制表|填表|审核人|制表人|填报)")
_NO_TABLE = "工作表“{}”未读取：其中没有医师、技师或其资质的表头。"


def read_register(
    data: bytes, file_name: str, types: Mapping[str, str], mapping: RegisterMapping = NO_MAPPING
) -> IncomingRegister:
    """The register in a workbook or a CSV file. `types`: Chinese name → code of every kind of record.

    `mapping`: what a person said of its headers and values. Raises FileRefused with a sentence when the file
    has no table of people at all.
    """
    return register_in(sheets_of(data, file_name), types, mapping)


def register_in(
    sheets: Iterable[Sheet], types: Mapping[str, str], mapping: RegisterMapping = NO_MAPPING
) -> IncomingRegister:
    """The same of a file whose sheets were read."""
    found = [(sheet, tables_in(sheet, mapping)) for sheet in sheets]
    tables = [table for _, of_sheet in found for table in of_sheet]
    if not tables:
        raise FileRefused(
            "文件中没有人员登记表：未找到同时有“工号”“姓名”和资质内容的表头。"
            "应有的工作表：医师、技师、放射防护培训、设备操作培训（列的次序不限）。"
        )
    taken: list[IncomingRow] = []
    refused: list[Refusal] = []
    ignored = [
        Refusal(sheet.rows[0].number, "", _NO_TABLE.format(sheet.name))
        for sheet, of_sheet in found
        if not of_sheet
    ]
    for table in sorted(tables, key=lambda t: t.kind not in MEMBERS):
        for row in rows_of(table):
            if row.problem:
                refused.append(_refusal(table, row, "", row.problem))
                continue
            try:
                taken.append(RowReader(table, row, types).read())
            except RowRefused as refusal:
                refused.append(_refusal(table, row, *refusal.args))
            except RowIgnored as passed:
                ignored.append(_refusal(table, row, *passed.args))
    unused = dict.fromkeys(label for table in tables for label in table.unused)
    return IncomingRegister(tuple(_entered_once(taken)), tuple(refused), tuple(unused), tuple(ignored))


def tables_in(sheet: Sheet, mapping: RegisterMapping = NO_MAPPING) -> tuple[Table, ...]:
    """The tables of a sheet: its forms of one person each, or its one table; none in any other sheet."""
    if forms := tuple(table for table in form_tables(sheet, mapping) if table.kind):
        return forms
    table = table_of(sheet, mapping)
    return (table,) if table else ()


def rows_of(table: Table) -> Iterator[Row]:
    """The rows of a table that hold an entry."""
    return (row for row in table.rows if not _is_no_row(table, row))


def _entered_once(rows: list[IncomingRow]) -> Iterable[IncomingRow]:
    """The rows; the first certificate of a person enters them, where no list of people in the file does."""
    entered = {row.staff_number.casefold() for row in rows if row.kind and not row.is_certificate}
    for row in rows:
        if row.is_certificate and row.kind:
            key = row.staff_number.casefold()
            yield replace(row, kind="") if key in entered else row
            entered.add(key)
        else:
            yield row


def _is_no_row(table: Table, row: Row) -> bool:
    """True for blank rows, repeated headers, and totals or remarks below the table."""
    if row.is_blank or table.is_head(row):
        return True
    given = [cell for cell in row.cells if not isinstance(cell, str) or cell.strip()]
    return len(given) <= 2 and isinstance(given[0], str) and bool(_SUMS.match(given[0].strip()))


def _refusal(table: Table, row: Row, field: str, sentence: str) -> Refusal:
    where = f"工作表“{table.sheet.name}”第{row.number}行：" if table.sheet.name else f"第{row.number}行："
    return Refusal(row.number, table.label(field), where + sentence)
