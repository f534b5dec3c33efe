"""Who may judge a case: nobody a report they wrote, reviewed, signed, modified or operated (DOMAIN 2).

RIS exports write one person in many ways (`初写:张 三（0123） 终审:李四`, `ZHANG^SAN=张^三`, `张三主治`),
so a name is looked for anywhere in the field. In doubt two writings are one person: another assessor is
easier found than a biased judgement undone. The rule: a name of three characters or more excludes anywhere
in the field; one of two only as a name by itself, or within four or more (王伟李强), as 王伟明 is a different
name; a name in letters excludes where all its parts occur, in any order.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields

from reports.domain.people import parts_of, plain_writing, without_title

_SEVERAL = re.compile(r"[()\[\]【】〔〕<>\\;:=\t]+|(?<=\w)\s*[-—]{2,}\s*(?=\w)")
_NUMBER = re.compile(r"[A-Za-z]{0,4}[-_]?\d{3,}|\d+")
_ONLY_NUMBER = re.compile(r"[A-Za-z]{0,4}[-_]?\d+")
_IN_BRACKETS = re.compile(r"[(\[【<](?:工号:?)?\s*([0-9a-z_-]+)\s*[)\]】>]")
_A_HAN = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,}")
_RUN = re.compile(rf"(?:{_A_HAN}|\*)+")
_STRETCHED = re.compile(rf"(?<=\b{_A_HAN})\s+(?={_A_HAN}\b)")
_NO_WORDS = re.compile(r"[\W\d_]+")
_LONG_NAME, _LONG_RUN, _LONG_WORD = 3, 4, 3


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
    names = list(assessor)
    if not any(map(_own_forms, names)):
        return "评审医师没有登记姓名，无法核对是否为本人报告；请先在账号中补全姓名。"
    written = {role.name: getattr(people, role.name) or "" for role in fields(people)}
    roles = [_ROLE_ZH[role] for role, field in written.items() if any(_names(field, name) for name in names)]
    if not roles:
        return None
    return f"该报告由评审医师本人{'、'.join(roles)}，不能由其评审；请另行指定评审医师。"


def _names(field: str, name: str) -> bool:
    """True when the RIS text names the person of this name or staff number."""
    own = _own_forms(name)
    plain = plain_writing(field).casefold()
    if own & (name_forms(field) | {*_IN_BRACKETS.findall(plain)}):
        return True
    return any(_in_chinese(form, plain) for form in own) or _in_letters(name, plain)


def _in_chinese(name: str, plain: str) -> bool:
    if not re.search(_A_HAN, name):
        return False
    squeezed = _NO_WORDS.sub("", plain)
    if without_title(squeezed) == name or (len(name) >= _LONG_NAME and name in squeezed):
        return True
    return any(_is_run(name, run) for run in _RUN.findall(_STRETCHED.sub("", plain)))


def _is_run(name: str, run: str) -> bool:
    """True when the name is these characters, a part of a longer run, or may be behind a mask (张*)."""
    bare = without_title(run.strip("*"))
    if bare and "*" in run and re.fullmatch(run.replace("*", ".+"), name):
        return True
    return bare == name or (len(bare) >= _LONG_RUN and name in bare)


def _in_letters(name: str, plain: str) -> bool:
    """True when the parts of a name in letters occur in the field, in any order or joined."""
    own, words = (_NO_WORDS.sub(" ", text).split() for text in (plain_writing(name).casefold(), plain))
    whole = "".join(own)
    if len(whole) < _LONG_WORD or not whole.isascii():
        return False
    joined = {"".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
    return whole in joined or set(own) <= set(words)


def name_forms(written: str) -> frozenset[str]:
    """Every form under which the people of a RIS field may be known: names and staff numbers.

    `张三（0123）/李四 主任医师` → {张三, 0123, 李四}.
    """
    forms = set(_own_forms(written))
    for part in _parts(written):
        # `张三 李四` may be two people; `张 三` is one. Only parts of two or more Han characters are names.
        for word in part.split():
            name = _bare(word)
            if _HAN.fullmatch(name):
                forms.add(name)
    return frozenset(forms)


def _own_forms(written: str) -> frozenset[str]:
    return frozenset().union(*map(_forms_of, _parts(written)))


def _parts(written: str) -> list[str]:
    parts = (part.strip() for whole in parts_of(written) for part in _SEVERAL.split(whole))
    return [part for part in parts if part]


def _forms_of(part: str) -> set[str]:
    if _ONLY_NUMBER.fullmatch(part):
        return {part.casefold()}
    numbers = {number.casefold() for number in _NUMBER.findall(part) if len(number) >= 3}
    name = _bare(part)
    return numbers | ({name} if name else set())


def _bare(text: str) -> str:
    """The name alone: no number, no space, no title, lower case; "" when nothing is left."""
    plain = without_title(" ".join(_NUMBER.sub("", text).casefold().split()))
    name = without_title(re.sub(r"[\s·.。^_]+", "", plain)).strip("-:*#")
    return "" if without_title(f"某某{name}") == "某某" else name
