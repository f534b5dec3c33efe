"""Pinyin initials of Chinese words: database views name their columns JCH, BRXM, SQKSMC."""

from bisect import bisect_right
from functools import lru_cache

# GB 2312 sorts its 3,755 common characters by pinyin: the first code of each initial is all that is needed.
_FIRST_CODES = (
    *(0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8),
    *(0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1),
)
_LETTERS = "abcdefghjklmnopqrstwxyz"
_LAST_CODE = 0xD7F9


@lru_cache(maxsize=1024)
def initials(word: str) -> str:
    """The initials of a word of common Chinese characters (检查 → jc); an empty text for any other word."""
    letters = [_initial(char) for char in word]
    return "".join(letters) if all(letters) else ""


def _initial(char: str) -> str:
    code = int.from_bytes(char.encode("gb2312", "ignore"), "big")
    return _LETTERS[bisect_right(_FIRST_CODES, code) - 1] if _FIRST_CODES[0] <= code <= _LAST_CODE else ""
