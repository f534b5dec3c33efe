"""Levels of a place: lobes and segments, vertebrae and discs, ribs, poles, quadrants, exclusive parts.

A level is a token "axis:name". Two places differ when they share an axis and have no token of it in common.
"""

import re
from collections.abc import Set
from functools import cache
from typing import Final, Protocol

from reports.domain.textcheck.vocabulary import any_of, group

Levels = frozenset[str]
NONE: Final[Levels] = frozenset()
_SPINE: Final = frozenset(("颈椎", "胸椎", "腰椎", "骶椎", "椎体", "椎间盘", "椎管", "椎间孔", "脊髓"))
_VERTEBRA: Final = re.compile(
    r"(?<![A-Za-z])(?P<a>[CTLScls])(?P<n>\d{1,2})(?![\dWw])"
    r"(?:(?P<sep>[/～~\-—至到]{1,2})(?P<b>[CTLScls]?)(?P<m>\d{1,2})(?!\d))?"
)
_NUMBERS: Final = re.compile(r"(?P<n>\d{1,2})(?:[～~\-—至到]{1,2}第?(?P<m>\d{1,2}))?")
_SEGMENT: Final = re.compile(r"S(?P<n>\d{1,2})(?!\d)(?:[～~\-—/、+]S?(?P<m>\d{1,2}))?")
_LUNG: Final = {1: "上", 2: "上", 3: "上", 4: "上中", 5: "上中", 6: "下", 7: "下", 8: "下", 9: "下", 10: "下"}
_LIVER: Final = {1: "尾", 2: "左外", 3: "左外", 4: "左内", 5: "右前", 6: "右后", 7: "右后", 8: "右前"}
_LIVER_LOBE: Final = re.compile(r"左外|左内|右前|右后|尾状?叶")
_LOBES: Final = {"左外": "左外", "左内": "左内", "右前": "右前", "右后": "右后", "尾状叶": "尾", "尾叶": "尾"}
_QUADRANT: Final = re.compile(r"(?P<a>[外内])(?P<b>[上下])(?:象限)?|(?P<c>[上下])(?P<d>[外内])(?:象限)?")
_THIRD: Final = re.compile(r"([上中下近远])(?:[1１]/[3３])?段")
_POLE: Final = re.compile(r"([上中下])极|([上中下])部")
_IN_THIRDS: Final = frozenset(("食管", "输尿管", "气管", "冠状动脉", "股骨", "前臂", "小腿", "肱骨"))
# Structures of which a text may name levels.
LEVELLED: Final = _SPINE | _IN_THIRDS | {"肋骨", "脑叶", "颅部", "肺", "肝", "乳腺", "肾"}
_LONGEST_RANGE: Final = 24
_NEXT: Final = 8


@cache
def _lobes() -> tuple[re.Pattern[str], dict[str, str]]:
    owners: dict[str, str] = {}
    for part, words in group("place_parts").items():
        for word in words:
            owners[word] = owners.get(word, "") + part
    return re.compile(any_of(owners)), owners


@cache
def _exclusive() -> dict[str, str]:
    return {part: name for name, parts in group("exclusive_parts").items() for part in parts}


def levels_of(structure: str, part: str, named: str) -> Levels:
    """The levels in the text that names a place: 右肺下叶背段, 肝S6, L4/5椎间盘, 右侧第3～5肋."""
    found: set[str] = set()
    if part and _exclusive().get(part) == structure:
        found.add(f"part:{part}")
    if structure in _SPINE:
        found |= _spine(named)
    elif structure == "肋骨":
        found |= {f"rib:{n}" for n in _ranges(_NUMBERS, named, 12)}
    elif structure in ("脑叶", "颅部"):
        found |= {f"lobe:{char}" for char in named if char in "额颞顶枕岛"}
    elif structure == "肺":
        found |= _lung(named)
    elif structure == "肝":
        found |= {f"liver:{_LIVER[n]}" for n in _ranges(_SEGMENT, named, 8) if n in _LIVER}
        found |= {f"liver:{_LOBES[match.group()]}" for match in _LIVER_LOBE.finditer(named)}
    elif structure == "乳腺":
        found |= {"quadrant:" + "".join(sorted(filter(None, m.groups()))) for m in _QUADRANT.finditer(named)}
    elif structure == "肾":
        found |= {f"pole:{m[1] or m[2]}" for m in _POLE.finditer(named)}
    elif structure in _IN_THIRDS:
        found |= {f"third:{_end_of(m[1])}" for m in _THIRD.finditer(named)}
    return frozenset(found)


def _end_of(third: str) -> str:
    return {"近": "上", "远": "下"}.get(third, third)


def _lung(named: str) -> set[str]:
    pattern, owners = _lobes()
    words = [match.group() for match in pattern.finditer(named)]
    lobes = [word for word in words if word.endswith(("叶", "肺", "野"))]
    found = {char for word in lobes or words for char in owners[word]}  # 下叶背段: the lobe decides
    if lobes:
        return {f"lobe:{char}" for char in found}
    found |= {char for n in _ranges(_SEGMENT, named, 10) if n in _LUNG for char in _LUNG[n]}
    return {f"lobe:{char}" for char in found}


def _spine(named: str) -> set[str]:
    found: set[str] = set()
    for match in _VERTEBRA.finditer(named):
        letter, first = match["a"].upper(), int(match["n"])
        if not match["m"]:
            found.add(f"level:{letter}{first}")
            continue
        other, last = (match["b"] or letter).upper(), int(match["m"])
        if other == letter and first < last <= first + _LONGEST_RANGE and "/" not in match["sep"]:
            found |= {f"level:{letter}{n}" for n in range(first, last + 1)}
        elif "/" in match["sep"]:
            found.add(f"disc:{letter}{first}")
        found |= {f"level:{letter}{first}", f"level:{other}{last}"}
    if any(token.startswith("disc:") for token in found):  # a disc lies between: its vertebrae are not it
        return {token for token in found if token.startswith("disc:")}
    return found


def _ranges(pattern: re.Pattern[str], named: str, most: int) -> set[int]:
    found: set[int] = set()
    for match in pattern.finditer(named):
        first, last = int(match["n"]), int(match["m"] or match["n"])
        found.update(range(first, min(max(first, last), most) + 1))
    return found


def liver_side(levels: Levels) -> str:
    """左 or 右 when every level lies in that half of the liver; "" otherwise."""
    halves = {token.split(":")[1][0] for token in levels if token.startswith("liver:")}
    return halves.pop() if len(halves) == 1 and halves <= {"左", "右"} else ""


def differ(one: Set[str], other: Set[str]) -> bool:
    """Do both name levels of one axis, and none in common?"""
    if not one or not other:
        return False
    shared = {token.split(":")[0] for token in one} & {token.split(":")[0] for token in other}
    return any(
        not {t for t in one if t.startswith(axis + ":")} & {t for t in other if t.startswith(axis + ":")}
        for axis in shared
    )


def share_axis(one: Levels, other: Levels) -> bool:
    """Do both name levels of one axis?"""
    return bool({token.split(":")[0] for token in one} & {token.split(":")[0] for token in other})


def shown_end(plain: str, place: "HasSpan") -> int:
    """The end of a place with the lobe or pole named right behind it, as a reader would mark it."""
    end = place.end
    for match in _lobes()[0].finditer(plain, place.start, min(len(plain), place.end + _NEXT)):
        if any(char in "，。；、及\n" for char in plain[place.end : match.start()]):
            break
        end = max(end, match.end())
    return end


class HasSpan(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
