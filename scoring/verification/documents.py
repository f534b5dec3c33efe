"""The answers to many files as a table: on a screen, as JSON, as a workbook."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from unicodedata import east_asian_width

from exporting.xlsx import CENTRE, HEAD, PLAIN, TEXT, TITLE, Book, Value
from scoring.verification.batch import UNREAD, Batch, FileLine
from scoring.verification.queries import ALTERED, PROVED, UNCONFIRMED

NO_DATA = "无数据"
_HEADS = ("文件", "医疗机构", "科室", "季度", "版次", "得分", "判定", "核对结论", "系统签章", "历次抽样")
_WIDTHS = (26, 20, 10, 14, 6, 8, 10, 18, 24, 24, 44, 30)
_NARROW = (1, 3, 5, 6, 7, 8, 9)  # the columns of a screen
_LONGEST = 44  # half-width characters of a cell on a screen


def batch_json(batch: Batch, notes: Iterable[str] = ()) -> dict[str, Any]:
    """{"verdict", "counts", "files": [answer and "file", "seal", "draws"], "passed_over", "notes"}."""
    return {
        "verdict": batch.verdict,
        "counts": {name: batch.count(name) for name in (PROVED, ALTERED, UNCONFIRMED, UNREAD)},
        "files": [{"file": n.file, **n.answer, "seal": n.seal, "draws": n.draws} for n in batch.lines],
        "passed_over": list(batch.passed_over),
        "notes": list(notes),
    }


def batch_text(batch: Batch, notes: Iterable[str] = ()) -> str:
    """The table with aligned columns, then what fails or is to be heeded, by the number of the file."""
    rows = [("序号", *(_HEADS[i] for i in _NARROW))]
    for place, line in enumerate(batch.lines, start=1):
        cells = shown_cells(line)
        rows.append((str(place), *(_short(cells[i]) for i in _NARROW)))
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    table = ["  ".join(c + " " * (w - _width(c)) for c, w in zip(row, widths, strict=True)) for row in rows]
    parts = [*(row.rstrip() for row in table), "", *_details(batch), *notes, *_summary(batch)]
    return "\n".join(parts)


def batch_workbook(batch: Batch, *, created: datetime, notes: Iterable[str] = ()) -> bytes:
    """The table as XLSX: one row for each file."""
    book = Book(title="迎检包核对结果", author="", created=created)
    page = book.page("核对结果", _WIDTHS)
    page.heading("迎检包核对结果", TITLE)
    for sentence in (*_summary(batch), *notes):
        page.heading(sentence, PLAIN)
    head = page.add([*_HEADS, "不符之处", "须注意"], HEAD)
    looks = [TEXT] * 4 + [CENTRE] * 3 + [TEXT] * 5
    for line in batch.lines:
        cells = [NO_DATA if cell in (None, "") else cell for cell in _cells(line)]
        page.add([*cells, "\n".join(line.problems) or "无", "\n".join(line.notes)], looks)
    page.repeat_head(head, head)
    return book.to_bytes()


def head_cells() -> tuple[str, ...]:
    """The heads of the table, as on a page."""
    return (*_HEADS, "不符之处与须注意")


def shown_cells(line: FileLine) -> tuple[str, ...]:
    """The cells of a file as texts, 无数据 for what it does not state."""
    return tuple(NO_DATA if cell in (None, "") else str(cell) for cell in _cells(line))


def summary_sentences(batch: Batch) -> tuple[str, ...]:
    """How many files were answered how, and what was not read."""
    return tuple(_summary(batch))


def _cells(line: FileLine) -> tuple[Value, ...]:
    stated = line.packet
    about = [stated.get(name) for name in ("institution", "department", "period", "number", "total")]
    return (
        line.file,
        *about,
        line.result_zh,
        line.verdict_zh,
        line.seal if stated or line.answer["signer"] else "",
        line.draws,
    )


def _details(batch: Batch) -> Iterator[str]:
    for place, line in enumerate(batch.lines, start=1):
        yield f"{place}. {line.file}：{line.verdict_zh}"
        yield from (f"   不符：{words}" for words in line.problems)
        yield from (f"   注意：{words}" for words in line.notes)


def _summary(batch: Batch) -> Iterator[str]:
    counts = {"已证实": PROVED, "已改动": ALTERED, "未能确认": UNCONFIRMED, "未能读取": UNREAD}
    counted = "，".join(f"{zh}{batch.count(name)}个" for zh, name in counts.items())
    yield f"共核对{len(batch.lines)}个文件：{counted}。"
    if names := batch.passed_over:
        shown = "、".join(names[:5]) + ("等" if len(names) > 5 else "")
        yield f"另有{len(names)}个文件不是迎检包的文件类型，未核对：{shown}。"


def _short(text: str) -> str:
    if _width(text) <= _LONGEST:
        return text
    kept = ""
    for char in text:
        if _width(kept + char) > _LONGEST - 2:
            break
        kept += char
    return kept + "…"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)
