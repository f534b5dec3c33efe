"""Records of a CSV text. A quote out of place refuses the lines it may have run together, and no other."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from spreadsheets.values import Row

MAX_CELL = 4 * 1024 * 1024
csv.field_size_limit(MAX_CELL)

_SAMPLE = 100
# Of a longer run only the first line is refused, naming the last: nobody mends so many one by one.
_LISTED = 200
_SHOWN = 99  # separators at which an uncertain line is cut, to be shown
_BREAK = re.compile(r"\r\n|\r|\n")
_HAN = re.compile(r"[\u3400-\u9fff]")
_MEND = "请在原文件中补齐或删去多余的双引号（文字中的双引号应写成两个），或从RIS重新导出。"


def rows_of(lines: Iterator[str], separator: str, width: int, *, first: int) -> Iterator[Row]:
    """Every record as a row, numbered from `first`; of an uncertain one each line, unchanged."""
    number = first
    for cells, taken in _records(lines, separator):
        if cells is None or (len(taken) > 1 and _holds_records(cells, separator, width)):
            yield from _uncertain(taken, number, separator)
            number += len(taken)
        else:
            yield Row(number, tuple(cells))
            number += 1


def usual_width(text: str, separator: str) -> tuple[int, int]:
    """How many fields most of the first records have, and how many records that is."""
    sample = (cells for cells, _ in islice(_records(io.StringIO(text, newline=""), separator), _SAMPLE))
    widths = Counter(len(cells) for cells in sample if cells is not None and len(cells) > 1)
    return max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))


def _records(lines: Iterator[str], separator: str) -> Iterator[tuple[list[str] | None, Sequence[str]]]:
    """(fields, lines) of each record; fields are None where a quote is misplaced.

    Strict: a quote must open at the start of a field and close before a separator or a line end. After a
    fault the next line is a new record: the line in which the fault showed belongs to what is uncertain.
    """
    taken: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    source = noted()
    reader = csv.reader(source, delimiter=separator, strict=True)
    while True:
        taken.clear()
        try:
            yield next(reader), taken
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error) and sum(line.count('"') for line in taken) % 2:
                # Still open: all up to the next quote may belong to the cell.
                next((line for line in source if '"' in line), None)
            yield None, taken


def _holds_records(cells: Sequence[str], separator: str, width: int) -> bool:
    """Does a cell start in one whole record and end in another?

    Then a quote opened in the one and closed by chance in the other: cut at its line ends, the first line
    and the last have as many fields as every record has, and the last starts like a record: with no sign that
    its first field has not (CK7(+), of 免疫组化 below A1).
    """
    for place, cell in enumerate(cells):
        # A record can end inside a cell only if the cell contains a separator; most contain none.
        inside = _BREAK.split(cell) if separator in cell and ("\n" in cell or "\r" in cell) else [cell]
        if len(inside) > 1 and inside[-1].count(separator):
            start = place + 1 + inside[0].count(separator)
            end = inside[-1].count(separator) + len(cells) - place
            like = _signs(inside[-1].split(separator)[0]) <= _signs(cells[0])
            if start == end == width and like:
                return True
    return False


def _signs(field: str) -> set[str]:
    """What a field is written with: each mark by itself, letters, digits and Chinese by their kind."""
    plain = _HAN.sub("文", field.strip().strip('"'))
    return {"a" if c.isascii() and c.isalpha() else "0" if c.isdigit() else c for c in plain}


def _uncertain(lines: Sequence[str], number: int, separator: str) -> Iterator[Row]:
    last = number + len(lines) - 1
    opened = _opened(lines, separator)
    if last > number:
        run = f"第{number}行至第{last}行可能被并入一个单元格，内容无法确定。"
        problem = f"第{number}行的双引号“{opened}”没有正确配对，{run}{_MEND}"
    elif len(lines[0]) > MAX_CELL:
        problem = f"有一个单元格超过{MAX_CELL:,}个字，多半是双引号“{opened}”没有配对。{_MEND}"
    else:
        problem = f"双引号“{opened}”之后不是分隔符或行末，这一行各列的内容无法确定。{_MEND}"
    for place, line in enumerate(lines if len(lines) <= _LISTED else lines[:1]):
        cells = tuple(part.strip('"') for part in line.rstrip("\r\n")[:MAX_CELL].split(separator, _SHOWN))
        yield Row(number + place, cells, problem)


def _opened(lines: Sequence[str], separator: str) -> str:
    """The quote at fault with what follows it: one that ends too early, or the last that opens a field."""
    line, edge = lines[0].rstrip("\r\n"), re.escape(separator)
    closing = re.search(rf'(?<![{edge}"])"(?!["{edge}]|$)', line) if len(lines) == 1 else None
    opening = [m.end() - 1 for m in re.finditer(rf'(?:^|{edge})"', line)]
    at = closing.start() if closing else opening[-1] if opening else max(line.find('"'), 0)
    return line[at : at + 12]
