"""XLSX workbooks: the worksheets, located by the package's relationships, not by path.

Every cell is read once, here. The available libraries do not distinguish an error value, a formula without a
result and an empty cell, drop what a number format shows, and allocate the whole rectangle up to a far cell;
finding those cells beside a library needs a second reader that agrees with it on every cell's place.
"""

from collections.abc import Callable, Iterator

from spreadsheets.decoding import Book
from spreadsheets.formats import BUILT_IN, Format, format_of
from spreadsheets.markup import parse
from spreadsheets.package import Package
from spreadsheets.values import DAMAGED, FileRefused, Sheet
from spreadsheets.worksheet import read_cells

MAX_FORMATS = 10_000


def read_workbook(package: Package, name: str) -> Iterator[Sheet]:
    """The worksheets of the workbook whose main part is `name`. Raises FileRefused with a sentence."""
    parts = package.related(name)
    book = Book()
    for kind, part in parts.values():
        if kind == "sharedStrings":
            book.strings = _strings(package, part)
        elif kind == "styles":
            book.formats = _formats(package, part)
    for title, link, hidden in _listed(package, name, book):
        kind, part = parts.get(link, ("", ""))
        if kind == "worksheet":
            if part not in package:
                raise FileRefused(DAMAGED)
            rows = read_cells(package.pieces(part), book)
            yield Sheet(title, rows, "Excel工作簿", hidden=hidden, is_1904=book.is_1904)


def _listed(package: Package, name: str, book: Book) -> list[tuple[str, str, bool]]:
    """(name, id of the relationship, hidden) of each sheet; sets the epoch of the book's days."""
    found = []

    def properties(attributes: dict[str, str]) -> None:
        book.is_1904 = attributes.get("date1904") in ("1", "true")

    def sheet(attributes: dict[str, str]) -> None:
        # The prefix of the id is r by custom only; sheetId is another number.
        link = next((v for k, v in attributes.items() if k.endswith(":id")), "")
        hidden = attributes.get("state", "visible") != "visible"
        found.append((attributes.get("name", ""), link, hidden))

    parse(package.pieces(name), starts={"workbookPr": properties, "sheet": sheet})
    return found


def _strings(package: Package, part: str) -> list[str]:
    """The texts that cells refer to by number; pronunciation aids (phonetic runs) are excluded."""
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
