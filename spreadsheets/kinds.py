"""What a file is, told from its first bytes and never from its name."""

from collections.abc import Iterable, Iterator

from spreadsheets.text import read_text
from spreadsheets.values import FileRefused, Row, Sheet
from spreadsheets.workbook import read_workbook
from spreadsheets.worksheet import MAX_CELLS, MAX_COLUMNS, MAX_ROWS

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BIFF = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_SAVE_AS = "请在Excel或WPS中打开，另存为“Excel 工作簿（.xlsx）”或CSV后重新导入。"
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
)


def read(data: bytes, suffix: str) -> Iterator[tuple[Sheet, Iterable[Row]]]:
    """Each sheet of a CSV file (one) or an XLSX workbook, its rows beside it.

    Raises FileRefused with a sentence for anything else, and for a sheet beyond every export's size.
    """
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        yield from ((sheet, sheet.rows) for sheet in read_workbook(data))
    else:
        _refuse_other_kinds(data, suffix)
        sheet, rows = read_text(data)
        yield sheet, _bounded(rows)


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
    if head.startswith(_OLE):
        if _ENCRYPTED in data:
            raise FileRefused("工作簿设有打开密码，无法读取。请在Excel或WPS中取消密码后另存为.xlsx再导入。")
        raise FileRefused(f"文件内容是旧版Excel格式（.xls），不是.xlsx。{_SAVE_AS}")
    if head[:2] in _BIFF and len(head) > 3 and head[3] == 0:
        raise FileRefused(f"文件内容是旧版Excel格式（BIFF），不是.xlsx。{_SAVE_AS}")
    for magic, kind in _OTHERS:
        if head.startswith(magic):
            raise FileRefused(f"文件内容是{kind}，不是表格。请从RIS导出CSV或Excel工作簿（.xlsx）后导入。")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta")):
        raise FileRefused(f"文件内容是网页或XML，不是CSV或.xlsx（有些系统把网页表格存成.xls）。{_SAVE_AS}")
    if suffix.lower() in (".xlsx", ".xlsm"):
        raise FileRefused(f"文件名为.xlsx，但内容不是Excel工作簿，可能已损坏或被改名。{_SAVE_AS}")
