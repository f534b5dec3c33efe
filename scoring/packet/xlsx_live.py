"""Editable cells of the packet's workbook and their formulas: choices, locks, filters, print areas.

Workbooks of packets before schema 3 have none: they are made again as they were signed.
"""

from openpyxl.utils import get_column_letter

from exporting.xlsx import Book, Formula, Page, Value
from exporting.xlsx_typing import lock, open_cell, open_choices, print_whole
from scoring.content.document import PacketDocument
from scoring.content.parts import Case, TableRow
from scoring.packet.concordance_table import COLUMNS
from scoring.sheets.domain.possible import possible_points
from standards.loader import edition_ids, load_edition

OPEN = "未评"
_DESCRIBED = ("规范", "不规范", OPEN)


def is_live(document: PacketDocument) -> bool:
    return document.schema_number >= 3


def description_count(column: int, row: int, case: Case) -> Formula:
    """2.1计例, from the ruling beside it."""
    at = f"{get_column_letter(column)}{row}"
    lost = case.description.faulty
    result: int | str = OPEN if lost is None else int(lost)
    return Formula(f'IF({at}="不规范",1,IF({at}="规范",0,"{OPEN}"))', result)


def conclusion_count(column: int, row: int, case: Case) -> Formula:
    """2.2计例, from the judgement beside it; 基本符合 costs nothing (D-18)."""
    at = f"{get_column_letter(column)}{row}"
    lost = case.conclusion.discordant
    result: int | str = OPEN if lost is None else int(lost)
    good = f'IF({at}="符合",0,IF({at}="基本符合",0,"{OPEN}"))'
    return Formula(f'IF({at}="不符合",1,{good})', result)


def open_rulings(page: Page, rows: list[int], description: int, judgement: int) -> None:
    """The two rulings of each case."""
    open_choices(
        page, [(row, description) for row in rows], _DESCRIBED, f"描述评定只能是：{'、'.join(_DESCRIBED)}。"
    )
    open_choices(page, [(row, judgement) for row in rows], COLUMNS, f"结论判定只能是：{'、'.join(COLUMNS)}。")


def open_scores(page: Page, document: PacketDocument, first: int, score: int, reason: int) -> None:
    """得分 of section 1 (section 2 is worked out), and every 扣分理由."""
    for at, row in enumerate(document.rows, start=first):
        open_cell(page, at, reason)
        if row.case_points is None:
            choices: list[str | int] = [*_choices(document, row), OPEN]
            listed = "、".join(map(str, choices))
            open_choices(page, [(at, score)], choices, f"{row.id}行的得分只能是：{listed}。")


def _choices(document: PacketDocument, row: TableRow) -> tuple[int, ...]:
    """As the edition has it at this hospital's level; an edition no longer known leaves every point open."""
    if document.edition.id not in edition_ids():
        return tuple(range(row.points, -1, -1))
    sheet = load_edition(document.edition.id).sheet
    level = next((known for known in sheet.hospital_levels if known == document.institution.level), None)
    return possible_points(sheet.rows_by_id[row.id], sheet, (level,) if level else ())


def finish(book: Book) -> None:
    """Lock every sheet except its open cells, and set its print area to the written cells."""
    for page in book.pages:
        print_whole(page)
        lock(page)


def followed(sheet: str, column: int, row: int, value: str) -> Value:
    """Formula for the text of another sheet's cell; an empty cell stays empty instead of 0."""
    return Formula(f"'{sheet}'!{get_column_letter(column)}{row}", value) if value else ""
