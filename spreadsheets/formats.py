"""What a number format shows: `00000000;@` makes 123456 the text 00123456, `0"月"` makes 5 the text 5月.

Only formats that add something to the number matter here (leading zeros, literal text, digits parted by
signs): they are part of an identifier or an age. Plain numbers keep their value, dates become dates.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import lru_cache

BUILT_IN = (
    {9: "0%", 10: "0.00%", 46: "[h]:mm:ss", 49: "@"}
    | dict.fromkeys((14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 47), "yyyy-mm-dd h:mm")
    # The East Asian ones: 27 to 36 and 50 to 58 are dates in every locale that has them.
    | dict.fromkeys((*range(27, 37), *range(50, 59)), "yyyy-mm-dd")
)
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|(?P<pad>[_*].)|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<general>G/通用格式|General)|(?P<scientific>[Ee][+-])|(?P<clock>AM/PM|A/P|上午/下午)"
    r"|(?P<digits>[0#?]+)|(?P<date>[ymdhsaegb]+)|(?P<other>.)",
    re.S | re.I,
)
_WRITTEN = ("general", "literal", "percent", "point")
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.I)
_CURRENCY = re.compile(r"\$([^-]*)(?:-.*)?", re.S)
_LONGEST = 255  # of a format code, by Excel's own limit
_EXACT = 10**15  # a stored number has no more than 15 digits
_DECORATION = " ()+-$¥￥€£"  # what accounts put round an amount; the amount is the value


class Kind(Enum):
    """What kind of value a section of a format displays."""

    NUMBER = "number"  # shown as the number it is
    DATE = "date"
    ELAPSED = "elapsed"
    SHOWN = "shown"  # zeros, text or signs are added
    UNKNOWN = "unknown"  # what it shows cannot be worked out here


@dataclass(frozen=True)
class Section:
    """One part of a format code between semicolons."""

    kind: Kind
    parts: tuple[
        tuple[str, str], ...
    ]  # (digits | point | comma | percent | general | text | literal, characters)
    condition: tuple[str, Decimal] | None = None

    def holds_for(self, value: Decimal) -> bool:
        """Does the section's condition, such as [>=100], hold?"""
        if self.condition is None:
            return True
        sign, bound = self.condition
        return (
            ("<" in sign and value < bound)
            or (">" in sign and value > bound)
            or ("=" in sign and value == bound)
        )


@dataclass(frozen=True)
class Format:
    """A format code taken apart; `text` is the section for texts, where the code has one."""

    numbers: tuple[Section, ...]
    text: Section | None = None

    @property
    def is_plain(self) -> bool:
        """Every value is shown as it is stored."""
        return all(section.kind is Kind.NUMBER for section in self.numbers) and not self.adds_text

    @property
    def adds_text(self) -> bool:
        """Texts are shown with something added, as by `"CT"@`."""
        parts = self.text.parts if self.text else ()
        return ("text", "@") in parts and any(what == "literal" and c.strip() for what, c in parts)

    def section_for(self, value: Decimal) -> tuple[Section, bool]:
        """The section a number falls under, and whether that section shows a minus sign by itself."""
        if not self.numbers:
            return _GENERAL, False
        if any(section.condition for section in self.numbers):
            return next((s for s in self.numbers if s.holds_for(value)), _GENERAL), False
        if value < 0 and len(self.numbers) > 1:
            return self.numbers[1], True
        return self.numbers[2 if value == 0 and len(self.numbers) > 2 else 0], False


_GENERAL = Section(Kind.NUMBER, (("general", ""),))


@lru_cache(maxsize=512)
def format_of(code: str) -> Format:
    """A format code taken apart; the last section with @ is the one for texts."""
    if len(code) > _LONGEST:
        return Format((Section(Kind.UNKNOWN, ()),))
    sections = [_section(piece) for piece in _pieces(code)]
    text = None
    if len(sections) > 3 or ("text", "@") in sections[-1].parts:
        text = sections.pop()
    return Format(tuple(sections[:3]), text)


def shown(form: Format, value: float) -> str | None:
    """The text a format makes of a number; None where it adds nothing to the number.

    Raises ValueError when the text cannot be worked out.
    """
    number = Decimal(repr(value))
    section, signed = form.section_for(number)
    if section.kind not in (Kind.SHOWN, Kind.UNKNOWN):
        return None
    if section.kind is Kind.UNKNOWN or abs(number) >= _EXACT:
        raise ValueError("what the format shows cannot be worked out")
    text = _render(section.parts, abs(number))
    return text if signed or number >= 0 else f"-{text}"


def shown_text(form: Format, value: str) -> str:
    """A text as its format shows it."""
    if not form.adds_text or form.text is None:
        return value
    return "".join(value if what == "text" else c for what, c in form.text.parts)


def _pieces(code: str) -> list[str]:
    """The code at its semicolons, save those inside quotes, brackets or behind a backslash."""
    found, start = [], 0
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            found.append(code[start : token.start()])
            start = token.end()
    return [*found, code[start:]]


def _section(code: str) -> Section:
    parts: list[tuple[str, str]] = []
    condition, kinds = None, set()
    for token in _TOKEN.finditer(code):
        name, given = token.lastgroup or "", token[token.lastgroup or 0]
        if name == "bracket":
            if found := _CONDITION.fullmatch(given):
                condition = found[1], Decimal(found[2])
            elif _ELAPSED.fullmatch(given):
                kinds.add(Kind.ELAPSED)
            elif given.lower().startswith("dbnum"):
                kinds.add(Kind.UNKNOWN)
            elif currency := _CURRENCY.fullmatch(given):
                parts.append(("literal", currency[1]))
        elif name in ("date", "clock"):
            kinds.add(Kind.DATE)
        elif name == "scientific":
            kinds.add(Kind.NUMBER)
        elif name != "pad":
            parts.append(_part(name, given))
    return Section(_kind(parts, kinds), tuple(parts), condition)


def _part(name: str, given: str) -> tuple[str, str]:
    if name == "other":
        name = {".": "point", ",": "comma", "%": "percent", "@": "text", "/": "slash"}.get(given, "literal")
    return ("literal", given) if name in ("quoted", "escaped") else (name, given)


def _kind(parts: list[tuple[str, str]], kinds: set[Kind]) -> Kind:
    for kind in (Kind.UNKNOWN, Kind.ELAPSED, Kind.DATE, Kind.NUMBER):
        if kind in kinds:
            return kind
    names = [name for name, _ in parts]
    digits = [c for name, c in parts if name == "digits"]
    adds = any(name == "literal" and c.strip(_DECORATION) for name, c in parts) or "percent" in names
    whole = names[: names.index("point")] if "point" in names else names
    runs = [c for name, c in parts[: len(whole)] if name == "digits"]
    if "slash" in names and digits:
        # A fraction such as # ?/?; with text around it its digits look like a date's or a number's.
        return Kind.UNKNOWN if adds else Kind.NUMBER
    parted = any(name == "literal" for name in whole[_first(whole) : _last(whole) + 1])
    return Kind.SHOWN if adds or parted or "".join(runs).count("0") > 1 else Kind.NUMBER


def _first(names: list[str]) -> int:
    return names.index("digits") if "digits" in names else 0


def _last(names: list[str]) -> int:
    return len(names) - 1 - names[::-1].index("digits") if "digits" in names else -1


def _render(parts: tuple[tuple[str, str], ...], number: Decimal) -> str:
    """The number formatted by the section: digits fill from the right, extra ones precede the first place."""
    names = [name for name, _ in parts]
    point = names.index("point") if "point" in names else len(parts)
    places = "".join(c for name, c in parts[point:] if name == "digits")
    number *= 100 ** names.count("percent")
    # A comma behind the last digit divides by a thousand, one between digits parts thousands.
    last = _last(names[:point])
    number /= 1000 ** names[last + 1 : point].count("comma")
    if "general" in names:
        exact = f"{number.normalize():f}"
        return "".join(exact if name == "general" else c for name, c in parts if name in _WRITTEN)
    if len(places) > 10:
        raise ValueError("more decimal places than a stored number has")
    rounded = str(number.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP))
    whole, _, fraction = rounded.partition(".")
    left = _whole(parts[:point], "" if whole == "0" else whole, grouped="comma" in names[: max(last, 0)])
    return left + _fraction(parts[point:], fraction)


def _whole(parts: tuple[tuple[str, str], ...], digits: str, *, grouped: bool) -> str:
    slots = sum(len(c) for name, c in parts if name == "digits")
    width, out = max(slots, len(digits)), []
    filled = digits.rjust(width)
    at = 0
    for name, characters in parts:
        if name == "digits":
            first = at == 0
            for mark in characters:
                taken = width - slots + 1 if first else 1
                piece = filled[at : at + taken].replace(" ", {"0": "0", "?": " ", "#": ""}[mark])
                out.append(_grouped(piece, width - at) if grouped else piece)
                at, first = at + taken, False
        elif name in _WRITTEN:
            out.append(characters)
    return "".join(out)


def _grouped(piece: str, places: int) -> str:
    """Digits with a comma before each that starts a group of three; `places` counts from the right."""
    return "".join(d + ("," if (places - i) % 3 == 1 and places - i > 1 else "") for i, d in enumerate(piece))


def _fraction(parts: tuple[tuple[str, str], ...], digits: str) -> str:
    out, at = [], 0
    for name, characters in parts:
        if name == "digits":
            for mark in characters:
                rest = digits[at:].strip("0")
                out.append(digits[at] if mark == "0" or rest else "")
                at += 1
        elif name in _WRITTEN:
            out.append(characters)
    return "".join(out)
