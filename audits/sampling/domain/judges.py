"""Who may judge a case: nobody a report they wrote, reviewed, signed, modified or operated (DOMAIN 2).

RIS exports write one person in many ways (`初写:张 三（0123） 终审:李四`, `ZHANG^SAN=张^三`, `张三主治`),
so a name is looked for anywhere in the field. In doubt two writings are one person: another assessor is
easier found than a biased judgement undone. The rule: a name of three characters or more excludes anywhere
in the field; one of two only as a name by itself, or within four or more (王伟李强), as 王伟明 is a different
name; a name in letters excludes where all its parts occur, in any order. A person written in letters alone
excludes everyone whom the letters may spell in pinyin or abbreviate (Chenzs, CZS), one written by surname
alone (沈医生) everyone of that surname; a staff number is the same with and without its letters and leading
zeros.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import permutations

from reports.domain.people import parts_of, plain_writing, without_title
from reports.domain.traditional import simplified
from reports.intake.initials import initials

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
_SURNAME = rf"(?:欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|夏侯|令狐|司徒|{_A_HAN})"
_SURNAME_ALONE = re.compile(rf"({_SURNAME})(?:某{{1,2}}|医生|医师|大夫|主任|教授|老师|技师|主治)")
_STAFF_NUMBER = re.compile(r"(?:工号|no\.?)?:?\s*([a-z]{0,4})[-_]?0*(\d{3,})")
_FINAL = r"(?:i?ang?|i?ao|iong|ia|ie|ing?|iu|i|uai|uang?|ua|ue|ui|uo|un|u|ai|a|eng?|ei|e|ong|ou|o|ve|v)"
# Surnames whose reading as a name is not the one that GB 2312 sorts them by.
_OTHER_READINGS = frozenset("曾单仇解查区盖朴乐翟覃种折召员祭万盛尉长缪")


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
    field, name = simplified(field), simplified(name)
    own = _own_forms(name)
    plain = plain_writing(field).casefold()
    if own & (name_forms(field) | {*_IN_BRACKETS.findall(plain)}) or _is_same_number(name, plain):
        return True
    if any(_in_chinese(form, plain) for form in own) or _in_letters(name, _without_accents(plain)):
        return True
    # `Shen, Shier` is one person, `Shen Shier, Gu Shisan` are two.
    return any(_in_pinyin(form, part) for form in own for part in (plain, *parts_of(plain)))


def _is_same_number(number: str, plain: str) -> bool:
    """True when both are staff numbers that differ at most in letters that one of them lacks, or in zeros."""
    own = _STAFF_NUMBER.fullmatch(plain_writing(number).casefold())
    given = [_STAFF_NUMBER.fullmatch(part) for part in parts_of(plain)]
    return own is not None and any(
        one and one[2] == own[2] and (one[1] == own[1] or not (one[1] and own[1])) for one in given
    )


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def _in_pinyin(name: str, part: str) -> bool:
    """True when a part in letters alone may be this Chinese name: a syllable or an initial per character."""
    letters = re.sub("[^a-z]", "", without_title(_without_accents(part)))
    if re.search(_A_HAN, part) or not re.fullmatch(rf"{_A_HAN}{{2,4}}", name) or len(letters) < len(name):
        return False
    syllables, letter = [_syllable(char) for char in name], [_initial(char) for char in name]
    orders = [syllables[place:] + syllables[:place] for place in range(len(name))]
    # Initials of the whole name, the given name (Chenzs) or the surname (C. Zhishi), of one sign or two.
    for end in range(1, min(3, len(name))):
        for surname, given in ((letter, letter), (syllables, letter), (letter, syllables)):
            orders += [[*surname[:end], *given[end:]], [*given[end:], *surname[:end]]]
    return any(re.fullmatch("".join(order), letters) for order in orders)


def _initial(char: str) -> str:
    """A pattern for the initial of a character: z or zh, or any letter where it is not known."""
    letter = "" if char in _OTHER_READINGS else initials(char)
    return f"{letter}h?" if letter and letter in "zcs" else letter or "[a-z]"


def _syllable(char: str) -> str:
    """A pattern for the pinyin of a character, as far as its initial is known."""
    initial = "" if char in _OTHER_READINGS else initials(char)
    if initial and initial in "aeo":
        return f"{initial}(?:[aeiou]?(?:ng?)?|r)"
    return f"{initial or '[a-z]?'}[hy]?{_FINAL}"


def _in_chinese(name: str, plain: str) -> bool:
    if not re.search(_A_HAN, name):
        return False
    squeezed = _NO_WORDS.sub("", plain)
    if without_title(squeezed) == name or (len(name) >= _LONG_NAME and name in squeezed):
        return True
    return any(_is_run(name, run) for run in _RUN.findall(_STRETCHED.sub("", plain)))


def _is_run(name: str, run: str) -> bool:
    """True when the name is these characters, a part of a longer run, or may be behind a mask (张*)."""
    if (alone := _SURNAME_ALONE.fullmatch(run)) and name.startswith(alone[1]):
        return True
    bare = without_title(run.strip("*"))
    if bare and "*" in run and re.fullmatch(run.replace("*", ".+"), name):
        return True
    return bare == name or (len(bare) >= _LONG_RUN and name in bare)


def _in_letters(name: str, plain: str) -> bool:
    """True when the parts of a name in letters occur in the field, in any order or joined."""
    given = _without_accents(plain_writing(name).casefold())
    own, words = (_NO_WORDS.sub(" ", text).split() for text in (given, plain))
    whole = "".join(own)
    if len(whole) < _LONG_WORD or not whole.isascii():
        return False
    joined = {"".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
    orders = {"".join(order) for order in permutations(own)} if len(own) <= _LONG_WORD else {whole}
    return bool(orders & joined) or set(own) <= set(words)


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
