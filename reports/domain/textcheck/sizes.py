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
        unit = match["u3"] or match["u2"] or match["u1"]
        if unit is None or _NOT_A_SIZE.search(plain, max(start, match.start() - 12), match.start()):
            continue
        factor = 10 if unit in ("cm", "CM", "Cm", "厘米") else 1
        values = (float(number) * factor for number in match.group("first", "second", "third") if number)
        found.append(tuple(sorted(values, reverse=True)))
    return found
