"""Is this zip package safe to open? Settled from its bytes before any reader sees it (QUALITY I2).

The sizes a package declares are not believed: each part is unpacked here, counted, and thrown away, because
a reader that trusts the directory can be led into gigabytes by a small file.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator

from spreadsheets.values import FileRefused

MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
MAX_ENTRIES = 2000
MAX_CELLS = 10_000_000

_STEP = 1 << 18
_TREE = 4 << 20
_SMALL = 1 << 20  # a part of up to 1 MB may be packed tighter than MAX_RATIO: repeated cells do that honestly
_DTD = tuple(
    mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)
_DAMAGED = "文件损坏：工作簿的压缩包不完整（可能下载或复制中断）。请重新导出或重新复制后再导入。"
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml$", re.I)
_WIDE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{2,3})\d""")
_TALL = re.compile(rb"""\sr\s*=\s*["'][A-Za-z]{0,3}(\d{5,})["']""")
_FILLED = re.compile(rb"<(?:\w+:)?c(\s[^>]*[^/>])>")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s+([^>]*\bt\s*=\s*["']e["'][^>]*)>(.*?)</(?:\w+:)?c>""", re.S)
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_STYLE = re.compile(rb"""\bs\s*=\s*["'](\d{1,6})["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]{0,20})</")


class Package:
    """An opened package that passed every check."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, OSError) as error:
            raise FileRefused(_DAMAGED) from error
        if len(entries) > MAX_ENTRIES:
            raise FileRefused(
                f"工作簿内有{len(entries)}个部件，超过{MAX_ENTRIES}个的上限，疑为恶意文件，已拒收。"
            )
        self.names = [entry.filename for entry in entries]
        self._check(entries)

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        total = 0
        for entry in entries:
            if entry.flag_bits & 1:
                raise FileRefused("工作簿内容已加密，无法读取。请取消密码后另存为.xlsx再导入。")
            unpacked, tail = 0, b""
            for piece in self._pieces(entry):
                unpacked += len(piece)
                total += len(piece)
                if total > MAX_UNPACKED or (unpacked > _SMALL and unpacked > MAX_RATIO * entry.compress_size):
                    raise FileRefused(
                        "工作簿解压后过大（超过100 MB，或压缩比超过100倍），疑为压缩炸弹，已拒收。"
                        "请从RIS重新导出，或按月份分次导出。"
                    )
                if any(mark in tail + piece for mark in _DTD):
                    raise FileRefused(
                        "工作簿的XML含有实体定义（DTD），正常导出不会有，已拒收且未展开。请从RIS重新导出。"
                    )
                tail = piece[-20:]

    def _pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The part's real content, whatever length the directory declares for it."""
        head = self._data[entry.header_offset : entry.header_offset + 30]
        if len(head) < 30 or head[:4] != b"PK\x03\x04":
            raise FileRefused(_DAMAGED)
        name, extra = struct.unpack("<HH", head[26:30])
        start = entry.header_offset + 30 + name + extra
        packed = memoryview(self._data)[start : start + entry.compress_size]
        if len(packed) < entry.compress_size:
            raise FileRefused(_DAMAGED)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield from (bytes(packed[i : i + _STEP]) for i in range(0, len(packed), _STEP))
            return
        if entry.compress_type != zipfile.ZIP_DEFLATED:
            raise FileRefused("工作簿使用了不常见的压缩方式，无法读取。请在Excel或WPS中另存为.xlsx后再导入。")
        yield from _inflate(packed)

    def read(self, name: str) -> bytes:
        """One part whole; its size was checked."""
        entry = self._zip.getinfo(name)
        return b"".join(self._pieces(entry))

    def check_extent(self) -> None:
        """Refuse a sheet whose cells span more than MAX_CELLS: readers reserve the whole rectangle."""
        for name in filter(_SHEET.match, self.names):
            xml = self.read(name)
            # A quick upper bound first: most sheets have no far column or row, styled or not.
            columns = max((_number(m) for m in set(_WIDE.findall(xml))), default=26)
            rows = max((int(m[:8]) for m in _TALL.findall(xml)), default=9_999)
            if rows * columns > MAX_CELLS:
                rows, columns = _extent(xml)
            if rows * columns > MAX_CELLS:
                raise FileRefused(
                    f"工作表的范围达{rows}行×{columns}列，远超报告导出的大小，疑有误填的单元格。"
                    "请删除表格右侧与下方多余的单元格后重新保存。"
                )

    def small_part(self, name: str) -> bytes:
        """A part that is parsed as a tree; an absurdly long one reads as empty."""
        if name not in self.names:
            return b""
        content = self.read(name)
        return content if len(content) <= _TREE else b""

    def styled(self, name: str, styles: Collection[int]) -> dict[tuple[int, int], int]:
        """Cells of a sheet part that carry one of `styles`: (row, column) from 0 → style."""
        found: dict[tuple[int, int], int] = {}
        for attributes in _FILLED.findall(self.read(name)) if styles and name in self.names else ():
            place, style = _PLACE.search(attributes), _STYLE.search(attributes)
            if place and style and int(style[1]) in styles:
                found[int(place[2]) - 1, _number(place[1]) - 1] = int(style[1])
        return found

    def errors(self, name: str) -> dict[tuple[int, int], str]:
        """Error values of a sheet part by (row, column), both from 0; readers show them as empty cells."""
        found: dict[tuple[int, int], str] = {}
        xml = self.read(name) if name in self.names else b""
        if b't="e"' not in xml and b"t='e'" not in xml:
            return found
        for attributes, inside in _ERROR.findall(xml):
            place, value = _PLACE.search(attributes), _VALUE.search(inside)
            if place:
                where = int(place[2]) - 1, _number(place[1]) - 1
                found[where] = value[1].decode("ascii", "replace") if value else "#N/A"
        return found


def _extent(xml: bytes) -> tuple[int, int]:
    """Last row and column of the cells that hold something; a style alone does not count."""
    rows = columns = 1
    for attributes in _FILLED.findall(xml):
        place = _PLACE.search(attributes)
        if place:
            rows, columns = max(rows, int(place[2])), max(columns, _number(place[1]))
    return rows, columns


def _inflate(packed: memoryview) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    pending: bytes | memoryview = packed
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(pending, _STEP)
            pending = unpacker.unconsumed_tail
            if piece:
                yield piece
            elif not pending:
                break
    except zlib.error as error:
        raise FileRefused(_DAMAGED) from error
    if not unpacker.eof:
        raise FileRefused(_DAMAGED)


def _number(letters: bytes) -> int:
    """Column letters as a number from 1."""
    value = 0
    for letter in letters.upper():
        value = value * 26 + letter - 64
    return value
