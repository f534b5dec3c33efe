"""Two columns of one table with the same name: harmless where their cells agree."""

from collections.abc import Iterable

from reports.intake.cells import Unreadable, text
from reports.intake.heads import Head
from spreadsheets import Cell, FileRefused, Row


def settle_twins(head: Head, data: Iterable[Row]) -> None:
    """Raise FileRefused if two columns with the same name differ: it is unclear which one is right."""
    differing = differing_twins(head, data)
    if differing:
        plain, label, number = differing[0]
        raise FileRefused(
            f"表头中“{plain}”出现两次，且取值不同（首个不同处在第{number}行），无法确定以哪一列为准。"
            f"请删去或改名其中一列，或在导入页面指定用“{plain}”还是“{label}”。"
        )


def differing_twins(head: Head, data: Iterable[Row]) -> list[tuple[str, str, int]]:
    """(header, duplicate header, first row that differs) of mapped columns with the same name."""
    pairs = [(p, t, head.labels.index(p), head.labels.index(t)) for p, t in head.twins if p in head.mapping]
    found: dict[str, tuple[str, str, int]] = {}
    rows = list(data) if pairs else []
    for plain, label, one, other in pairs:
        for row in rows:
            if (
                label not in found
                and other < len(row.cells)
                and _quoted(row.cells[one]) != _quoted(row.cells[other])
            ):
                found[label] = (plain, label, row.number)
    return list(found.values())


def _quoted(cell: Cell) -> str:
    try:
        return text(cell)
    except Unreadable:
        return str(cell)
