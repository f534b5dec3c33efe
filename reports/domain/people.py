"""The people a report names, as information systems write them: 张三, 张三(1023), 初写:张三 终审:李四.

A staff number beside the name tells people of one name apart; it is kept, never guessed. How names are
written (width, dots, labels, titles, the name types of DICOM) is undone here for all who compare them.
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
_TITLES = (
    r"(?:(?:副?主任|主治|住院|规培|进修|执业|主管|助理|实习|见习)?(?:医师|医生|医士|技师|技士)|副?主任|主治|大夫|副?教授"
    r"|博士|硕士|老师|规培生|进修生|住院总|组长)"
)
_TITLE_LAST = re.compile(rf"(?<=..)\s*{_TITLES}$")
_TITLE_FIRST = re.compile(rf"^(?:(?:dr|prof)(?![a-z])\.?|{_TITLES})\s*(?={_HAN}{{2}}|[a-z])", re.I)
# 初写:张三 终审:李四; but 张三 工号:77
_LABEL = re.compile(
    r"(?:^|(?<=[\s、,;/&+|]))[\u4e00-\u9fff]{0,6}[师生者人员名字审写签发核阅告断稿认改](?:\([^()]{0,8}\))?\s*:\s*"
)
_QUOTES = re.compile("[\"'“”‘’「」『』《》`]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_DOTS = re.compile("[•‧∙⋅・]")
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
    parts = (_STRETCHED.sub("", part).strip() for part in parts_of(text))
    return tuple(dict.fromkeys(_person(part) for part in parts if part and part.lower() not in _NOBODY))


def parts_of(text: str | None) -> list[str]:
    """What a field says of each person, in plain width, without labels and quotes."""
    plain = _LABEL.sub("、", plain_writing(text))
    return [part for part in map(_of_name_types, _BETWEEN.split(plain)) if part]


def plain_writing(text: str | None) -> str:
    """The text in one width, with one sign for all dots, without quotes and what cannot be seen."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text or ""))
    return _QUOTES.sub("", _DOTS.sub("·", plain)).strip()


def _of_name_types(part: str) -> str:
    """Of `ZHANG^SAN=张^三` (DICOM PN) the name in Chinese, of `Zhang^San` the name in letters."""
    if "^" not in part:
        return part.strip()
    groups = [" ".join(group.replace("^", " ").split()) for group in part.split("=")]
    return next((group for group in groups if re.search(_HAN, group)), groups[0])


def without_title(name: str) -> str:
    """The name without what its bearer is: 主任医师张三, Dr. Smith, 张三 副教授."""
    while (bare := _TITLE_LAST.sub("", _TITLE_FIRST.sub("", name)).strip()) != name:
        name = bare
    return name


def _person(part: str) -> NamedPerson:
    for pattern in (_NUMBER_LAST, _NUMBER_APART, _NUMBER_FIRST):
        if found := pattern.fullmatch(part):
            parts = found.groupdict()
            return NamedPerson(_bare(parts["name"]), parts["number"] or parts.get("bare") or "")
    return NamedPerson(_bare(part))


def _bare(name: str) -> str:
    """The name without a note or a title behind it."""
    return without_title(_NOTE.sub("", name).strip()) or name.strip()
