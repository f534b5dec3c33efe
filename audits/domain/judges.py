"""Who may judge a case: nobody a report they wrote, reviewed, signed, modified or operated (DOMAIN 2).

RIS exports write one person in many ways (`张三`, `张 三（0123）`, `张三 副主任医师`, `ＬＩ Ming`), so
names are compared by their forms: full and half width made one, spaces, titles and staff numbers taken off.
In doubt two writings are one person: another assessor is easier found than a biased judgement undone.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields

_SEVERAL = re.compile(r"[、/,;|&\n()\[\]【】〔〕《》<>]+|(?<=\w)\s*[-—]{2,}\s*(?=\w)")
_LABEL = re.compile(r"^(?:报告|书写|审核|复核|签发|签名|修改|诊断)?(?:医师|医生|技师|者|人)?[::]\s*")
_TITLE = re.compile(
    r"(?:(?:副?主任|主治|住院|规培|进修|执业|主管|助理)?(?:医师|医生|技师)|大夫|副?教授|副?主任|博士|老师|技士|规培生|进修生)$"
)
_NUMBER = re.compile(r"[A-Za-z]{0,4}[-_]?\d{3,}|\d+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,}")


@dataclass(frozen=True)
class CasePeople:
    """The people of a report as the RIS writes them; "" or None: not known."""

    reporting: str | None = None
    reviewing: str | None = None
    signing: str | None = None
    last_modifying: str | None = None
    operating: str | None = None


_ROLE_ZH = {
    "reporting": "书写",
    "reviewing": "审核",
    "signing": "签发",
    "last_modifying": "最后修改",
    "operating": "操作",
}


def barred_from(people: CasePeople, assessor: Iterable[str]) -> str | None:
    """Why an assessor, known by name, aliases and staff number, may not judge the case; None: they may.

    An assessor without any name is barred: there is nothing to compare.
    """
    own = set().union(*(_whole_forms(name) for name in assessor)) if assessor else set()
    if not own:
        return "评审医师没有登记姓名，无法核对是否为本人报告；请先在账号中补全姓名。"
    roles = [
        _ROLE_ZH[role.name] for role in fields(people) if own & name_forms(getattr(people, role.name) or "")
    ]
    if not roles:
        return None
    return f"该报告由评审医师本人{'、'.join(roles)}，不能由其评审；请另行指定评审医师。"


def name_forms(written: str) -> frozenset[str]:
    """Every form under which the people of a RIS field may be known: names and staff numbers.

    `张三（0123）/李四 主任医师` → {张三, 0123, 李四}.
    """
    forms: set[str] = set()
    for part in _parts(written):
        forms |= _forms_of(part)
        # `张三 李四` may be two people; `张 三` is one. Only words of two or more Han characters stand alone.
        for word in part.split():
            name = _bare(word)
            if _HAN.fullmatch(name):
                forms.add(name)
    return frozenset(forms)


def _whole_forms(written: str) -> set[str]:
    return set().union(*(_forms_of(part) for part in _parts(written)))


def _parts(written: str) -> list[str]:
    text = unicodedata.normalize("NFKC", written).replace("\u200b", "").replace("\ufeff", "")
    return [_LABEL.sub("", part.strip()) for part in _SEVERAL.split(text) if part.strip()]


def _forms_of(part: str) -> set[str]:
    numbers = {number.casefold() for number in _NUMBER.findall(part) if len(number) >= 3}
    name = _bare(part)
    return numbers | ({name} if name else set())


def _bare(text: str) -> str:
    """The name alone: no number, no space, no title, lower case; "" when nothing is left."""
    name = re.sub(r"[\s·•・.。]+", "", _NUMBER.sub("", text)).casefold()
    while (match := _TITLE.search(name)) and match.group() != name:
        name = name[: match.start()]
    return "" if _TITLE.fullmatch(name) else name.strip("-_:*#")
