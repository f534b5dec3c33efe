"""Is this zip package safe to open? Checked before anything in it is parsed (docs/quality.md I2).

The sizes a package declares are not believed: each part is unpacked here, counted, and thrown away, because
a reader that trusts the directory can be led into gigabytes by a small file.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from spreadsheets.markup import parse
from spreadsheets.values import DAMAGED, FileRefused

MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
MAX_ENTRIES = 2000

_STEP = 1 << 18
_SMALL = 1 << 20  # a part of up to 1 MB may be packed tighter than MAX_RATIO: repeated cells do that honestly
_DTD = tuple(
    mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)
_BROKEN = "文件损坏：工作簿的压缩包不完整（可能下载或复制中断）。请重新导出或重新复制后再导入。"


class Package:
    """An opened package that passed every check; its parts go by their names in lower case with `/`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as opened:
                entries = opened.infolist()
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, OSError) as error:
            raise FileRefused(_BROKEN) from error
        if len(entries) > MAX_ENTRIES:
            raise FileRefused(
                f"工作簿内有{len(entries)}个部件，超过{MAX_ENTRIES}个的上限，疑为恶意文件，已拒收。"
            )
        self._check(entries)
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            # One of two parts of a name is not what another program would show.
            if self._parts.setdefault(_plain(entry.filename), entry) is not entry:
                raise FileRefused(DAMAGED)

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._parts

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
        """The part's real content, not limited to the length declared in the directory."""
        head = self._data[entry.header_offset : entry.header_offset + 30]
        if len(head) < 30 or head[:4] != b"PK\x03\x04":
            raise FileRefused(_BROKEN)
        name, extra = struct.unpack("<HH", head[26:30])
        start = entry.header_offset + 30 + name + extra
        packed = memoryview(self._data)[start : start + entry.compress_size]
        if len(packed) < entry.compress_size:
            raise FileRefused(_BROKEN)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield from (bytes(packed[i : i + _STEP]) for i in range(0, len(packed), _STEP))
            return
        if entry.compress_type != zipfile.ZIP_DEFLATED:
            raise FileRefused("工作簿使用了不常见的压缩方式，无法读取。请在Excel或WPS中另存为.xlsx后再导入。")
        yield from _inflate(packed)

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part from its beginning, a piece at a time; nothing for a part that is not there."""
        entry = self._parts.get(_plain(name))
        return self._pieces(entry) if entry else iter(())

    def related(self, name: str = "") -> dict[str, tuple[str, str]]:
        """The relationships of a part (of the package for ""): id → (last word of the kind, part)."""
        folder, file = dirname(name), name[name.rfind("/") + 1 :]
        found: dict[str, tuple[str, str]] = {}

        def link(attributes: dict[str, str]) -> None:
            target = unquote(attributes.get("Target", "")).replace("\\", "/")
            if attributes.get("TargetMode") != "External":
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = kind, normpath(join("/", folder, target)).lstrip("/")

        parse(self.pieces(join(folder, "_rels", f"{file}.rels")), starts={"Relationship": link})
        return found


def _plain(name: str) -> str:
    """Names of parts are compared without case; some programs write `\\` between folders."""
    return name.replace("\\", "/").lstrip("/").lower()


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
        raise FileRefused(_BROKEN) from error
    if not unpacker.eof:
        raise FileRefused(_BROKEN)
