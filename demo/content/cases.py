"""Base texts from cases/*.yaml and their variants: sides, sizes, numbers and places filled in.

A case is one disease (or its absence) as reported, with the outcomes that may follow. Slots are filled once
per report and used in findings, conclusion and outcome alike, so that these agree. Slot notations:

    a|b|c      one of these       1~9   a whole number       0.4~0.9   a number, decimals as shown
    cm2 1~3    "2.1cm×1.7cm", the first number within the range; cm3 likewise with three

`{side}` being 左 or 右, `{o_side}` is the other one. A follow-up (`after`) takes over the slots of the
examination it follows and knows its date as `{prior}` (6.5.6).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from demo.content.dice import Dice

FOLDER = Path(__file__).parent / "cases"
FILES = {
    "nervous": "nervous.yaml",
    "respiratory": "respiratory.yaml",
    "digestive_urogenital": "digestive.yaml",
    "skeletal": "skeletal.yaml",
    "circulatory": "circulatory.yaml",
    "other": "other.yaml",
}
OTHER_SIDE = {"左": "右", "右": "左"}
_NEEDED = {"id", "mod", "exam", "part", "dept", "class", "clinical", "age", "slots", "tech", "find", "imp"}
_OUTCOMES = ("good", "listed", "stage", "wrong")
_OPTIONAL = {"sex", "weight", "after", "gap", *_OUTCOMES}
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)~(-?\d+(?:\.\d+)?)")
_SIZE = re.compile(r"cm([23]) (\d+\.\d)~(\d+\.\d)")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class OutcomeText:
    """What may come out. `how`: good 符合, listed (second diagnosis), stage (符合, other stage), wrong."""

    how: str
    kind: str
    text: str
    why: str = ""
    localisation: str = "correct"
    characterisation: str = "wrong"
    error_kind: str = "misdiagnosed"


@dataclass(frozen=True)
class BaseCase:
    """A base text. Alternatives in `departments`, `classes`, `clinical` are chosen per report."""

    id: str
    system: str
    modality: str
    examination_name: str
    body_part: str
    departments: tuple[str, ...]
    classes: tuple[str, ...]
    clinical: tuple[str, ...]
    ages: tuple[int, int]
    slots: Mapping[str, str]
    technique: str
    findings: str
    impression: str
    sex: str = ""
    weight: int = 1
    after: str = ""
    gap: tuple[int, int] = (0, 0)
    outcomes: Mapping[str, OutcomeText] = field(default_factory=dict)


@lru_cache(maxsize=1)
def base_cases() -> tuple[BaseCase, ...]:
    """All base texts in the order of the files. ValueError for anything the loader does not know."""
    found: list[BaseCase] = []
    for system, name in FILES.items():
        for raw in yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")):
            found.append(_case(raw, system, name))
    if len({case.id for case in found}) < len(found):
        raise ValueError("demo cases: an id is used twice")
    return tuple(found)


def _case(raw: dict[str, Any], system: str, file: str) -> BaseCase:
    where = f"{file}: {raw.get('id')}"
    missing, unknown = _NEEDED - set(raw), set(raw) - _NEEDED - _OPTIONAL
    if missing or unknown:
        raise ValueError(f"{where}: missing {sorted(missing)}, unknown keys {sorted(unknown)}")
    return BaseCase(
        id=raw["id"],
        system=system,
        modality=raw["mod"],
        examination_name=raw["exam"],
        body_part=raw["part"],
        departments=tuple(raw["dept"].split("|")),
        classes=tuple(raw["class"].split("|")),
        clinical=tuple(raw["clinical"].split("|")),
        ages=_pair(raw["age"]),
        slots={name: str(notation) for name, notation in raw["slots"].items()},
        technique=raw["tech"].strip(),
        findings=raw["find"].strip(),
        impression=raw["imp"].strip(),
        sex=raw.get("sex", ""),
        weight=raw.get("weight", 1),
        after=raw.get("after", ""),
        gap=_pair(raw.get("gap", "0-0")),
        outcomes={how: _outcome(raw[how], how, where) for how in _OUTCOMES if how in raw},
    )


def _outcome(raw: dict[str, str], how: str, where: str) -> OutcomeText:
    unknown = set(raw) - {"kind", "text", "why", "loc", "char", "error"}
    if unknown:
        raise ValueError(f"{where}: {how}: unknown keys {sorted(unknown)}")
    given = {"localisation": "loc", "characterisation": "char", "error_kind": "error", "why": "why"}
    return OutcomeText(
        how, raw["kind"], raw["text"], **{name: raw[key] for name, key in given.items() if key in raw}
    )


def _pair(text: str) -> tuple[int, int]:
    low, high = text.split("-")
    return int(low), int(high)


def random_slots(case: BaseCase, dice: Dice, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """A value for every slot; `given` ones (of the examination followed up) are reused."""
    values = dict(given or {})
    for name, notation in case.slots.items():
        values[name] = _random_value(notation, dice)
    return values | {f"o_{name}": OTHER_SIDE[value] for name, value in values.items() if value in OTHER_SIDE}


def _random_value(notation: str, dice: Dice) -> str:
    size = _SIZE.fullmatch(notation)
    if size:
        first = dice.between(_scaled(size[2], 1), _scaled(size[3], 1))
        rest = [max(1, first * dice.between(70, 95) // 100) for _ in range(int(size[1]) - 1)]
        return "×".join(f"{_unscaled(n, 1)}cm" for n in (first, *rest))
    span = _RANGE.fullmatch(notation)
    if not span:
        return dice.pick(notation.split("|"))
    places = len(span[1].partition(".")[2])
    return _unscaled(dice.between(_scaled(span[1], places), _scaled(span[2], places)), places)


def _scaled(number: str, places: int) -> int:
    """1.4 to one place is 14: whole numbers all the way, so that no rounding differs between machines."""
    return int(Decimal(number).scaleb(places))


def _unscaled(n: int, places: int) -> str:
    return str(Decimal(n).scaleb(-places))


def filled(template: str, slots: Mapping[str, str]) -> str:
    """The text with its slots filled. KeyError for a slot that the case does not have."""
    return _SLOT.sub(lambda found: slots[found[1]], template)
