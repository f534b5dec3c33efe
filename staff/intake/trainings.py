"""Trainings as one cell holds them: a day, `2023.5.20 合格`, `DR（2020年5月8日）；CT（2021年3月2日）`."""

import re
import unicodedata
from datetime import date
from typing import NamedTuple

from spreadsheets import Cell
from staff.intake.cells import EXPECTED_DAY, YMD, Unreadable, day, text
from staff.intake.words import modalities

_FAILED = re.compile(r"不合格|未通过|未合格|不通过|不及格|补考|缺考")
_PASSED = re.compile(r"合格|通过|及格")


class Training(NamedTuple):
    """The day, the result where the cell says it, and the equipment it names."""

    on: date
    result: str
    modalities: tuple[str, ...]


def trainings(cell: Cell) -> tuple[Training, ...]:
    """Every training of a cell. Raises Unreadable for one without a day, or with two in one item."""
    try:
        found = day(cell)
    except Unreadable:
        if not isinstance(cell, str):
            raise
        lines = text("；".join(cell.splitlines()))
        return tuple(map(_training, _items(unicodedata.normalize("NFKC", lines))))
    return (Training(found, "", ()),) if found else ()


def _items(given: str) -> list[str]:
    for separators in ("[;]", "[;,]", "[;,、]", "[;,、 ]"):
        items = [item for item in re.split(separators, given) if item.strip()]
        if all(len(re.findall(YMD, item)) == 1 for item in items):
            return items
    raise Unreadable(f"每项培训应各有一个{EXPECTED_DAY}")


def _training(item: str) -> Training:
    found = re.search(YMD, item)
    on = day(found[0]) if found else None
    if found is None or on is None:
        raise Unreadable(f"应为{EXPECTED_DAY}")
    said = item[: found.start()] + " " + item[found.end() :]
    result = "failed" if _FAILED.search(said) else "passed" if _PASSED.search(said) else ""
    return Training(on, result, modalities(said)[0])
