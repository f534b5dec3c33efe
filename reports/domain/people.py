"""The people a report names, as information systems write them: 张三, 张三(1023), 张三/李四.

A staff number beside the name tells people of one name apart; it is kept, never guessed.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff·]"
_BETWEEN = re.compile(r"\s*[、,;/&+|\n]+\s*")
_NUMBER = r"(?P<number>[0-9A-Za-z](?:[0-9A-Za-z._-]*[0-9A-Za-z])?)"
# 张三(1023), 张三[D001], 张三 1023; and the number first: 1023-张三, (1023)张三
_NUMBER_LAST = re.compile(rf"(?P<name>.*?\S)\s*(?:[(\[【<]\s*(?:工号:?)?\s*{_NUMBER}\s*[)\]】>])")
# 王伟1 and 王伟A are names of their own where two are called so: a bare number has three signs at least.
_LONG = r"(?P<number>[0-9A-Za-z]{3,})"
_NUMBER_APART = re.compile(rf"(?P<name>{_HAN}+)[\s_-]*{_LONG}")
_NUMBER_FIRST = re.compile(
    rf"(?:[(\[【<]{_NUMBER}[)\]】>]|{_LONG.replace('number', 'bare')})[\s_-]*(?P<name>{_HAN}+)"
)
_NOTE = re.compile(r"\s*[(\[【<][^)\]】>]*[)\]】>]$")  # 张三(进修): says what they are, not who
_TITLE = re.compile(r"(?<=..)\s*(?:(?:副?主任|主治|住院|主管|执业)?(?:医师|医生|技师|技士))$")
_STRETCHED = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
_NOBODY = frozenset(["-", "--", "—", "——", "无", "空", "null"])


@dataclass(frozen=True, order=True)
class NamedPerson:
    """A name, and the staff number written beside it ("" when there is none)."""

    name: str
    number: str = ""

    def __str__(self) -> str:
        return f"{self.name}({self.number})" if self.number else self.name

    def may_be(self, other: "NamedPerson") -> bool:
        """The same name, and no two numbers that contradict each other."""
        if self.number and other.number:
            return self.number.casefold() == other.number.casefold()
        return self.name == other.name


@lru_cache(maxsize=4096)
def people_in(text: str | None) -> tuple[NamedPerson, ...]:
    """Everyone a field of a report names, in its order; empty for None and for signs of nobody."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    parts = (_STRETCHED.sub("", part).strip() for part in _BETWEEN.split(plain))
    return tuple(dict.fromkeys(_person(part) for part in parts if part and part.lower() not in _NOBODY))


def _person(part: str) -> NamedPerson:
    for pattern in (_NUMBER_LAST, _NUMBER_APART, _NUMBER_FIRST):
        if found := pattern.fullmatch(part):
            parts = found.groupdict()
            return NamedPerson(_bare(parts["name"]), parts["number"] or parts.get("bare") or "")
    return NamedPerson(_bare(part))


def _bare(name: str) -> str:
    """The name without a note or a title behind it."""
    return _TITLE.sub("", _NOTE.sub("", name)).strip() or name.strip()
