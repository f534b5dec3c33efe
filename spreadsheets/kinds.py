"""Detect a file's type from its first bytes, never from its name."""

import re
from collections.abc import Iterable, Iterator

from spreadsheets.binary_workbook import read_binary_workbook
from spreadsheets.grid import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from spreadsheets.open_document import read_open_document, read_tables
from spreadsheets.package import Package
from spreadsheets.text import Text, read_text, text_of
from spreadsheets.values import FileRefused, Row, Sheet
from spreadsheets.web_page import read_web_page
from spreadsheets.workbook import read_workbook
from spreadsheets.xml_table import read_xml_table

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BIFF = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_SAVE_AS = "请在Excel或WPS中打开，另存为“Excel 工作簿（.xlsx）”或CSV后重新导入。"
_PACKAGES = (("word/document.xml", "Word文档"), ("ppt/presentation.xml", "PowerPoint文档"))
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"{\\rtf", "RTF文档"),
    (b"Rar!", "RAR压缩包"),
    (b"7z\xbc\xaf", "7z压缩包"),
    (b"\x1f\x8b", "gzip压缩包"),
    (b"SQLite format 3", "数据库文件"),
    (b"MZ", "可执行程序"),
    (b"MIME-Version:", "网页存档（MHTML）"),
)


def read(data: bytes, suffix: str) -> Iterator[tuple[Sheet, Iterable[Row]]]:
    """Each sheet of a file with its rows: a workbook of any kind, a table in XML or HTML, a CSV file.

    Raises FileRefused with a sentence for anything else, and for a sheet beyond every export's size.
    """
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        sheets: Iterable[Sheet] = _of_package(Package(data))
    elif data.startswith(_OLE) or (data[:2] in _BIFF and data[3:4] == b"\0"):
        if _ENCRYPTED in data:
            raise FileRefused("工作簿设有打开密码，无法读取。请在Excel或WPS中取消密码后另存为.xlsx再导入。")
        # Imported here: no other kind of file needs it, and the process starts sooner without it.
        from spreadsheets.old_workbook import read_old_workbook

        sheets = read_old_workbook(data)
    elif markup := _markup(data):
        sheets = _of_markup(text_of(data), markup)
    else:
        _refuse_other_kinds(data, suffix)
        sheet, rows = read_text(data)
        yield sheet, _bounded(rows)
        return
    yield from ((sheet, sheet.rows) for sheet in sheets)


def _of_package(package: Package) -> Iterable[Sheet]:
    name = next((part for kind, part in package.related().values() if kind == "officeDocument"), "")
    if name in package and not name.startswith(("word/", "ppt/")):
        return (read_binary_workbook if name.endswith(".bin") else read_workbook)(package, name)
    if "content.xml" in package and "mimetype" in package:
        return read_open_document(package)
    for part, kind in _PACKAGES:
        if part in package:
            raise FileRefused(f"压缩包内没有Excel工作簿的内容，而是{kind}。{_SAVE_AS}")
    if "xl/workbook.bin" in package:
        return read_binary_workbook(package, "xl/workbook.bin")
    if "xl/workbook.xml" not in package:
        raise FileRefused(f"压缩包内没有Excel工作簿的内容（可能是普通压缩包）。{_SAVE_AS}")
    return read_workbook(package, "xl/workbook.xml")


def _markup(data: bytes) -> str:
    """The beginning of a text that starts with a tag, in lower case; "" for any other."""
    # Without its zeros UTF-16 reads like ASCII.
    head = data[:8192].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return head.decode("ascii", "replace") if re.match(rb"<[a-z!?]", head) else ""


def _of_markup(text: Text, head: str) -> Iterable[Sheet]:
    if "urn:schemas-microsoft-com:office:spreadsheet" in head and "<workbook" in head:
        return read_xml_table(_without_entities(text.pieces()))
    if "<office:document" in head:
        return read_tables(_without_entities(text.pieces()))
    if re.search(r"<(?:html|body|table|tr|head|meta|div|style|!doctype html)\b", head):
        return read_web_page(text.pieces())
    raise FileRefused(f"文件内容是XML，不是表格。{_SAVE_AS}")


def _without_entities(pieces: Iterator[str]) -> Iterator[str]:
    """The same pieces of an XML text. Raises FileRefused before the one that defines an entity is parsed."""
    tail = ""
    for piece in pieces:
        tail += piece
        if any(mark in tail for mark in ("<!DOCTYPE", "<!ENTITY")):
            raise FileRefused(
                "文件的XML含有实体定义（DTD），正常导出不会有，已拒收且未展开。请从RIS重新导出。"
            )
        tail = tail[-10:]
        yield piece


def _bounded(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows of a text, refused where they are more or wider than any export's."""
    cells = 0
    for count, row in enumerate(rows, 1):
        columns = len(row.cells)
        cells += columns
        if columns > MAX_COLUMNS:
            raise FileRefused(
                f"第{row.number}行有{columns}列，上限为{MAX_COLUMNS}列，多半是分隔符或换行有误。请核对后重新导出。"
            )
        if count > MAX_ROWS or cells > MAX_CELLS:
            raise FileRefused(
                f"表格超过{MAX_ROWS}行或{MAX_CELLS // 10_000}万个单元格，超出可读取的大小。请按月份分次导出。"
            )
        yield row


def _refuse_other_kinds(data: bytes, suffix: str) -> None:
    head = data[:4096]
    for magic, kind in _OTHERS:
        if head.startswith(magic):
            raise FileRefused(f"文件内容是{kind}，不是表格。请从RIS导出CSV或Excel工作簿（.xlsx）后导入。")
    if suffix.lower() in (".xlsx", ".xlsm"):
        raise FileRefused(f"文件名为.xlsx，但内容不是Excel工作簿，可能已损坏或被改名。{_SAVE_AS}")
