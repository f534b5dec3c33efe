"""Sizes in a text, in millimetres."""

import re
from typing import Final

_UNIT: Final = r"(?:cm|CM|Cm|mm|MM|厘米|毫米)"
_NUMBER: Final = r"\d{1,4}(?:\.\d{1,3})?"
SIZE: Final = re.compile(
    rf"(?<![\d.])(?P<first>{_NUMBER})\s?(?P<u1>{_UNIT})?(?:\s?[×xX*＊]\s?(?P<second>{_NUMBER})\s?(?P<u2>{_UNIT})?)?"
    rf"(?:\s?[×xX*＊]\s?(?P<third>{_NUMBER})\s?(?P<u3>{_UNIT})?)?(?![\d²³³^])"
)
# A distance or thickness is no size; what follows 原 or 前片 was measured before.
_NOT_A_SIZE: Final = re.compile(
    r"(?:层厚|间隔|层距|距|移位|偏移|右偏|左偏|深度|相距|间距|约移|原|前片|前次|既往|压缩|突出|膨出|后突|增至|由)[^，。；]{0,8}$"
)


def sizes_in(plain: str, start: int, end: int) -> list[tuple[float, ...]]:
    """The sizes in `plain[start:end]`, each with its dimensions in millimetres, the longest first."""
    found = []
    for match in SIZE.finditer(plain, start, end):
        units = match.group("u1", "u2", "u3")
        if not any(units) or _NOT_A_SIZE.search(plain, max(start, match.start() - 12), match.start()):
            continue
        values = [
            float(number) * _factor(units[at:] + units[::-1])
            for at, number in enumerate(match.group("first", "second", "third"))
            if number
        ]
        found.append(tuple(sorted(values, reverse=True)))
    return found


def _factor(units: tuple[str | None, ...]) -> int:
    """Millimetres in the first unit given: a number's own, or the next one behind it."""
    unit = next(filter(None, units))
    return 10 if unit in ("cm", "CM", "Cm", "厘米") else 1
