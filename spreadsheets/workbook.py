"""XLSX workbooks: the visible worksheets, found by the package's own relationships wherever they lie.

Every cell is read once, here. The libraries at hand give an error value, a formula without a result and an
empty cell as one thing, drop what a number format shows, and reserve whatever rectangle a far cell implies;
finding those cells beside a library needs a second reader that agrees with it on every cell's place.
"""

from collections.abc import Callable, Iterator

from spreadsheets.decoding import Book
from spreadsheets.formats import BUILT_IN, Format, format_of
from spreadsheets.markup import parse
from spreadsheets.package import Package
from spreadsheets.values import DAMAGED, FileRefused, Row, Sheet
from spreadsheets.worksheet import read_cells

MAX_FORMATS = 10_000
_FEW_BLANK = 1_000

_SAVE_AS = "请另存为“Excel 工作簿（.xlsx）”后导入。"
_OTHERS = (
    ("xl/workbook.bin", "二进制Excel工作簿（.xlsb）"),
    ("mimetype", "OpenDocument文件（如.ods）"),
    ("word/document.xml", "Word文档"),
    ("ppt/presentation.xml", "PowerPoint文档"),
)


def read_workbook(data: bytes) -> list[Sheet]:
    """The visible worksheets that hold anything. Raises FileRefused with a sentence."""
    package = Package(data)
    name = _workbook_part(package)
    parts = package.related(name)
    book = Book()
    for kind, part in parts.values():
        if kind == "sharedStrings":
            book.strings = _strings(package, part)
        elif kind == "styles":
            book.formats = _formats(package, part)
    sheets = [
        _sheet(package, parts[link][1], title, book)
        for title, link in _visible(package, name, book)
        if parts.get(link, ("", ""))[0] == "worksheet"
    ]
    found = [sheet for sheet in sheets if sheet.rows]
    if not found:
        raise FileRefused("工作簿中没有内容：各工作表都是空的或已隐藏。请检查导出的文件。")
    return found


def _workbook_part(package: Package) -> str:
    name = next((part for kind, part in package.related().values() if kind == "officeDocument"), "")
    name = name or "xl/workbook.xml"
    for part, kind in _OTHERS:
        if part in package:
            raise FileRefused(f"压缩包内没有Excel工作簿的内容，而是{kind}。{_SAVE_AS}")
    if name not in package:
        raise FileRefused(f"压缩包内没有Excel工作簿的内容（可能是普通压缩包）。{_SAVE_AS}")
    return name


def _visible(package: Package, name: str, book: Book) -> list[tuple[str, str]]:
    """(name, id of the relationship) of each sheet that is not hidden; sets the epoch of the book's days."""
    found = []

    def properties(attributes: dict[str, str]) -> None:
        book.is_1904 = attributes.get("date1904") in ("1", "true")

    def sheet(attributes: dict[str, str]) -> None:
        if attributes.get("state", "visible") == "visible":
            # Its prefix is r by custom only; sheetId is another number.
            link = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            found.append((attributes.get("name", ""), link))

    parse(package.pieces(name), starts={"workbookPr": properties, "sheet": sheet})
    return found


def _sheet(package: Package, part: str, name: str, book: Book) -> Sheet:
    if part not in package:
        raise FileRefused(DAMAGED)
    rows = [Row(number, tuple(cells)) for number, cells in read_cells(package.pieces(part), book)]
    return Sheet(name, tuple(_with_blank(rows)), "Excel工作簿")


def _with_blank(rows: list[Row]) -> Iterator[Row]:
    """The rows with the blank ones between them; a cell far out does not make a million of those."""
    last = rows[-1].number if rows else 0
    if last - len(rows) > len(rows) + _FEW_BLANK:
        yield from rows
        return
    before = 0
    for row in rows:
        yield from (Row(number, ()) for number in range(before + 1, row.number))
        yield row
        before = row.number


def _strings(package: Package, part: str) -> list[str]:
    """The texts that cells refer to by number; a reading aid for the pronunciation is no part of one."""
    found: list[str] = []
    pieces: list[str] = []
    state = {"text": False, "aid": False}

    def start_text(_: dict[str, str]) -> None:
        state["text"] = not state["aid"]

    def end_text() -> None:
        state["text"] = False

    def aid(opened: bool) -> None:
        state["aid"] = opened

    def text(characters: str) -> None:
        if state["text"]:
            pieces.append(characters)

    def end_item() -> None:
        found.append("".join(pieces))
        pieces.clear()

    parse(
        package.pieces(part),
        starts={"t": start_text, "rPh": lambda _: aid(True)},
        ends={"t": end_text, "rPh": lambda: aid(False), "si": end_item},
        text=text,
    )
    return found


def _formats(package: Package, part: str) -> dict[int, Format]:
    """Cell style → number format, of the styles that show something else than the value."""
    codes: dict[str, str] = {str(key): code for key, code in BUILT_IN.items()}
    inside: list[str] = []
    styles: dict[str, list[dict[str, str]]] = {"cellStyleXfs": [], "cellXfs": []}

    def code(attributes: dict[str, str]) -> None:
        codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        if len(codes) > MAX_FORMATS:
            raise FileRefused(DAMAGED)

    def style(attributes: dict[str, str]) -> None:
        if inside:
            styles[inside[-1]].append(attributes)

    def inside_of(name: str) -> Callable[[dict[str, str]], None]:
        return lambda _: inside.append(name)

    parse(
        package.pieces(part),
        starts={"numFmt": code, "xf": style} | {name: inside_of(name) for name in styles},
        ends=dict.fromkeys(styles, inside.clear),
    )
    named = [x.get("numFmtId") or _parent(styles["cellStyleXfs"], x) for x in styles["cellXfs"]]
    forms = {key: format_of(codes[key]) for key in {key for key in named if key in codes}}
    return {i: forms[key] for i, key in enumerate(named) if key in forms and not forms[key].is_plain}


def _parent(parents: list[dict[str, str]], style: dict[str, str]) -> str:
    """The number format of the style that another is based on."""
    place = style.get("xfId", "0")
    parent = parents[int(place)] if place.isdecimal() and int(place) < len(parents) else {}
    return parent.get("numFmtId", "0")
