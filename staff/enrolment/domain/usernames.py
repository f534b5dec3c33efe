"""Proposed user names: the staff number, or the initials of the name in pinyin."""

from bisect import bisect_right
from collections.abc import Collection, Iterable

# The 3,755 characters of GB 2312 level 1 are sorted by pinyin: where the characters of each initial begin.
_LETTERS = "abcdefghjklmnopqrstwxyz"
_BEGIN = (
    *(0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8),
    *(0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1),
)
_END = 0xD7FA  # level 2 begins here, sorted by radical
# Surnames that are read otherwise than the character usually is.
_SURNAMES = {
    "曾": "z",
    "单": "s",
    "解": "x",
    "仇": "q",
    "区": "o",
    "查": "z",
    "翟": "z",
    "盖": "g",
    "覃": "q",
}


def pinyin_initials(name: str) -> str:
    """zym for 张一鸣; "" when a character is not known, or nothing is there to be read."""
    initials = "".join(_initial(char, first=place == 0) or "?" for place, char in enumerate(name))
    return "" if "?" in initials else initials


def _initial(char: str, *, first: bool) -> str:
    if first and char in _SURNAMES:
        return _SURNAMES[char]
    code = int.from_bytes(char.encode("gb2312", "ignore"), "big")
    return _LETTERS[bisect_right(_BEGIN, code) - 1] if _BEGIN[0] <= code < _END else ""


def proposed_usernames(
    people: Iterable[tuple[str, str]], taken: Collection[str], *, pinyin: bool
) -> list[str]:
    """A free name for each (staff number, name), in lower case; "" when neither can be used.

    `pinyin`: initials first, followed by a number when two people share them; else the staff number.
    """
    used, names = {name.casefold() for name in taken}, []
    for number, full_name in people:
        initials, digits = pinyin_initials(full_name), number.casefold() if number.isascii() else ""
        wanted = [initials, digits] if pinyin else [digits, initials]
        name = next((_free(one, used) for one in wanted if len(one) > 1), "")
        used.add(name)
        names.append(name)
    return names


def _free(name: str, used: Collection[str]) -> str:
    number, found = 1, name
    while found in used:
        number += 1
        found = f"{name}{number}"
    return found
