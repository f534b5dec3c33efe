"""CSV in the encodings and with the separators that hospital systems write (docs/quality.md I4)."""

import re
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper

from spreadsheets.records import rows_of, usual_width
from spreadsheets.values import FileRefused, Row, Sheet

# GB18030-2022 gave these two-byte codes real characters; Python's table still has private-use ones.
_GB18030_2022 = {
    b"\xa6\xd9": "︐",
    b"\xa6\xda": "︒",
    b"\xa6\xdb": "︑",
    b"\xa6\xdc": "︓",
    b"\xa6\xdd": "︔",
    b"\xa6\xde": "︕",
    b"\xa6\xdf": "︖",
    b"\xa6\xec": "︗",
    b"\xa6\xed": "︘",
    b"\xa6\xf3": "︙",
    b"\xfe\x59": "龴",
    b"\xfe\x61": "龵",
    b"\xfe\x66": "龶",
    b"\xfe\x67": "龷",
    b"\xfe\x6d": "龸",
    b"\xfe\x7e": "龹",
    b"\xfe\x90": "龺",
    b"\xfe\xa0": "龻",
    b"\xfe\x51": "𠂇",
    b"\xfe\x52": "𠂉",
    b"\xfe\x53": "𠃌",
    b"\xfe\x6c": "𡗗",
    b"\xfe\x76": "𢦏",
    b"\xfe\x91": "𤇾",
}
_PRIVATE = {ord(code.decode("gb18030")): char for code, char in _GB18030_2022.items()}
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_PIECE = 1 << 20
_BEGINNING = 200_000
_SEPARATORS = ",\t;|"
_ENCODINGS = "请在RIS中以UTF-8或GB18030（GBK）编码重新导出，或在Excel中另存为“CSV UTF-8”。"


@dataclass(frozen=True)
class Text:
    """The bytes of a text and their encoding, found valid; decoded a piece at a time.

    A text of a hundred megabytes would take up to four times as many once it is decoded whole.
    """

    data: bytes
    codec: str
    encoding: str  # as it is shown
    start: int = 0  # behind the byte order mark

    def beginning(self) -> str:
        """The first 200,000 characters."""
        return next(self._until_empty(lambda opened: opened.read(_BEGINNING)), "")

    def pieces(self) -> Iterator[str]:
        """The whole text, a megabyte of characters at a time; line ends are unchanged."""
        return self._until_empty(lambda opened: opened.read(_PIECE))

    def lines(self, start: int = 0) -> Iterator[str]:
        """Every line from the character `start` on, with its line end (\\n, \\r or both)."""
        return self._until_empty(lambda opened: opened.readline(), start)

    def _until_empty(self, read: Callable[[TextIOWrapper], str], start: int = 0) -> Iterator[str]:
        source = BytesIO(self.data)  # shares the bytes
        source.seek(self.start)
        opened = TextIOWrapper(source, self.codec, newline="")
        opened.read(start)
        given = iter(lambda: read(opened), "")
        if self.codec != "gb18030":
            return given
        return (part.translate(_PRIVATE) if _PRIVATE_USE.search(part) else part for part in given)


def read_text(data: bytes) -> tuple[Sheet, Iterator[Row]]:
    """The one sheet of a text, and its records one by one as they are read.

    Raises FileRefused when the encoding is mixed or unknown. Records that a quote out of place may have run
    together are rows with a `problem`, one for each line.
    """
    text = text_of(data)
    if all(piece.isspace() for piece in text.pieces()):
        raise FileRefused("文件中只有空白，没有可读的内容。请重新导出后再导入。")
    separator, start, width = _layout(text.beginning())
    rows = rows_of(text.lines(start), separator, width, first=2 if start else 1)
    return Sheet("", (), text.encoding, counts_fields=True), rows


def text_of(data: bytes) -> Text:
    """The text of a file with its encoding. Raises FileRefused when that is mixed or unknown."""
    for mark, codec, name in (
        (b"\xef\xbb\xbf", "utf-8", "UTF-8（带BOM）"),
        (b"\xff\xfe", "utf-16-le", "UTF-16"),
        (b"\xfe\xff", "utf-16-be", "UTF-16"),
    ):
        if data.startswith(mark):
            return _strict(Text(data, codec, name, len(mark)))
    if b"\x00" in data:
        return _unmarked(data)
    text = Text(data, "utf-8", "UTF-8")
    if _fault(text) is None:
        return text
    _refuse_mixture(data)
    return _strict(Text(data, "gb18030", "GB18030"))


def _unmarked(data: bytes) -> Text:
    """UTF-16 without a BOM: only one order of its bytes gives lines of assigned characters."""
    for codec in ("utf-16-le", "utf-16-be"):
        text = Text(data, codec, "UTF-16（无BOM）")
        if _fault(text) is None:
            found = {character for piece in text.pieces() for character in {*piece}}
            # "\n" in the other order is U+0A00, which is not a character.
            if "\n" in found and not any(_is_no_text(c) for c in found):
                return text
    raise FileRefused(f"文件含有空字符，不是文本表格。{_ENCODINGS}")


def _is_no_text(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cn", "Co") and character not in "\t\r\n"


def _fault(text: Text) -> int | None:
    """Where the first bytes lie that are not of the encoding; None in a valid text."""
    decoder, pending = getincrementaldecoder(text.codec)(), 0
    for at in range(text.start, len(text.data) + 1, _PIECE):
        piece = text.data[at : at + _PIECE]
        try:
            decoder.decode(piece, final=at + _PIECE > len(text.data))
        except UnicodeDecodeError as error:
            return at - pending + error.start
        pending = len(decoder.getstate()[0])
    return None


def _strict(text: Text) -> Text:
    at = _fault(text)
    if at is None:
        return text
    line = text.data.count(b"\n", text.start, at) + 1
    found = text.data[at : at + 4].hex(" ")
    raise FileRefused(f"第{line}行有不属于{text.encoding}编码的字节（{found}），文件可能损坏。{_ENCODINGS}")


def _refuse_mixture(data: bytes) -> None:
    """Lines of UTF-8 among lines of GB18030 would turn into wrong characters without any error."""
    first = 0, ""
    for number, line in enumerate(BytesIO(data), 1):
        if line.isascii():
            continue
        kind = "UTF-8" if _is_utf8(line) else "GB18030"
        first = first if first[0] else (number, kind)
        if kind != first[1]:
            raise FileRefused(
                f"文件编码不一致：第{first[0]}行为{first[1]}，从第{number}行起出现{kind}，无法确定哪些字是对的。{_ENCODINGS}"
            )


def _is_utf8(line: bytes) -> bool:
    """Valid UTF-8 with three or more Chinese characters or marks: GB18030 text does not look so by chance."""
    try:
        high = [c for c in line.decode("utf-8") if c > "\x7f"]
    except UnicodeDecodeError:
        return False
    return len(high) >= 3 and all("\u2000" <= c <= "\u9fff" or c >= "\uf900" or c in "·×°±" for c in high)


def _layout(text: str) -> tuple[str, int, int]:
    """The separator, the start of the table (after Excel's `sep=;` line), the usual number of fields.

    `text`: the beginning of the file.
    """
    first = text[:7].lower()
    start = text.find("\n") + 1 if first.startswith("sep=") and len(text) > 5 else 0
    best, most = ",", (0, 0)
    for candidate in text[4] if start else _SEPARATORS:
        width, count = usual_width(text[start:], candidate)
        if (count * (width - 1), width) > most:
            best, most = candidate, (count * (width - 1), width)
    return (text[4] if start else best), start, most[1]
