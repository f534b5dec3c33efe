"""The people a report names, as information systems write them: 张三, 张三(1023), 初写:张三 终审:李四.

A staff number beside the name distinguishes people of the same name; it is preserved, never guessed. Spelling
(width, dots, labels, titles, DICOM name types) is normalised here for every comparison of names.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

_HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff·]"
_BETWEEN = re.compile(r"\s*[、,;/&+|\n]+\s*")
_NUMBER = r"(?P<number>[0-9A-Za-z](?:[0-9A-Za-z._-]*[0-9A-Za-z])?)"
# 张三(1023), 张三[D001], 张三 1023; and the number first: 1023-张三, (1023)张三
_NUMBER_LAST = re.compile(rf"(?P<name>.*?\S)\s*(?:[(\[【<]\s*(?:工号:?)?\s*{_NUMBER}\s*[)\]】>])")
# 王伟1 and 王伟A distinguish two people of one name: a bare number has at least three characters.
_LONG = r"(?P<number>[0-9A-Za-z]{3,})"
_NUMBER_APART = re.compile(rf"(?P<name>{_HAN}+)[\s_-]*{_LONG}")
_NUMBER_FIRST = re.compile(
    rf"(?:[(\[【<]{_NUMBER}[)\]】>]|{_LONG.replace('number', 'bare')})[\s_-]*(?P<name>{_HAN}+)"
)
_NOTE = re.compile(r"\s*[(\[【<][^)\]】>]*[)\]】>]$")  # 张三(进修): a role, not an identity
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
PHYSICIAN, TECHNOLOGIST = "physician", "technologist"
_LEAST_NUMBER = 3  # a shorter staff number alone in a cell may be a row number or an age
_NOBODY = frozenset(["-", "--", "—", "——", "无", "空", "null"])


@dataclass(frozen=True, order=True)
class NamedPerson:
    """A name, and the staff number written beside it ("" when there is none)."""

    name: str
    number: str = ""

    def __str__(self) -> str:
        return f"{self.name}({self.number})" if self.number else self.name

    def may_be(self, other: "NamedPerson") -> bool:
        """Are the names equal, and the numbers not contradictory?"""
        if self.number and other.number:
            return self.number.casefold() == other.number.casefold()
        return self.name == other.name


@dataclass(frozen=True)
class RegisteredPeople:
    """The people of a department's register, by their post."""

    physicians: frozenset[NamedPerson] = frozenset()
    technologists: frozenset[NamedPerson] = frozenset()

    @cached_property
    def _known(self) -> dict[str, list[tuple[NamedPerson, str]]]:
        """Name, and staff number unless it may be any counter → the people with it and their posts."""
        found: dict[str, list[tuple[NamedPerson, str]]] = defaultdict(list)
        posts = ((self.physicians, PHYSICIAN), (self.technologists, TECHNOLOGIST))
        for person, post in ((person, post) for people, post in posts for person in people):
            found[person.name].append((person, post))
            if len(person.number) >= _LEAST_NUMBER:
                found[person.number.casefold()].append((person, post))
        return found

    def posts_of(self, text: str) -> frozenset[str]:
        """Posts of the people named by name or staff number; empty unless all of them are registered."""
        found = [self._posts(person) for person in people_in(text)]
        return frozenset().union(*found) if all(found) else frozenset()

    def _posts(self, person: NamedPerson) -> frozenset[str]:
        named = self._known.get(person.name, ())
        bare = self._known.get(person.name.casefold(), ()) if not person.number else ()
        numbered = self._known.get(person.number.casefold(), ()) if person.number else ()
        found = [post for known, post in named if known.may_be(person)]
        return frozenset((*found, *(post for _, post in (*bare, *numbered))))


def registered(people: Iterable[tuple[str, str, str]]) -> RegisteredPeople:
    """The register as a value, from (name, staff number, post)."""
    by_post: dict[str, set[NamedPerson]] = defaultdict(set)
    for name, number, post in people:
        by_post[post].add(NamedPerson(name, number))
    return RegisteredPeople(frozenset(by_post[PHYSICIAN]), frozenset(by_post[TECHNOLOGIST]))


@lru_cache(maxsize=4096)
def people_in(text: str | None) -> tuple[NamedPerson, ...]:
    """The people named in a field of a report, in order; empty for None and for placeholders."""
    parts = (_STRETCHED.sub("", part).strip() for part in parts_of(text))
    return tuple(dict.fromkeys(_person(part) for part in parts if part and part.lower() not in _NOBODY))


def parts_of(text: str | None) -> list[str]:
    """The parts of a field, one per person, normalised, without labels and quotes."""
    plain = _LABEL.sub("、", plain_writing(text))
    return [part for part in map(_of_name_types, _BETWEEN.split(plain)) if part]


def plain_writing(text: str | None) -> str:
    """Normalise width and dots, and remove quotes and invisible characters."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text or ""))
    return _QUOTES.sub("", _DOTS.sub("·", plain)).strip()


def _of_name_types(part: str) -> str:
    """The Chinese name of `ZHANG^SAN=张^三` (DICOM PN), or the Latin one of `Zhang^San`."""
    if "^" not in part:
        return part.strip()
    groups = [" ".join(group.replace("^", " ").split()) for group in part.split("=")]
    return next((group for group in groups if re.search(_HAN, group)), groups[0])


def without_title(name: str) -> str:
    """The name without titles: 主任医师张三, Dr. Smith, 张三 副教授."""
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
    """The name without a trailing note or title."""
    return without_title(_NOTE.sub("", name).strip()) or name.strip()
