"""Families of lesions: the words for each, what is well, and which families may describe each other."""

import re
from typing import Final, Literal

from reports.domain.textcheck.vocabulary import any_of, group, terms

Kind = Literal["lesion", "normal"]
GENERIC: Final = "病灶"  # 异常信号, 低密度影: something is there, of any family
_WELL: Final = "一切"
# 瘤, 癌, 炎 end the name of a disease: what follows in the same word is no other disease.
_WORDS: Final = {word: family for family, words in group("concepts").items() for word in words}
_NORMAL_OF: Final[dict[str, frozenset[str]]] = {
    word: frozenset(family for family, words in group("normal_words").items() if word in words)
    for words in group("normal_words").values()
    for word in words
}
_FAMILIES: Final = frozenset(group("concepts"))
_KIN: Final = {
    (one, other)
    for family, others in group("concept_kin").items()
    for each in others
    for one, other in ((family, each), (each, family))
}
NO_CONCEPTS: Final = frozenset(terms("not_concepts"))
# 脾大, 心影大: an organ and 大 alone, where a list or the text ends.
ALONE_LARGE: Final = re.compile(r"大(?=[，。；;、,\n]|$)")
WORD: Final = re.compile(any_of((*NO_CONCEPTS, *_WORDS, *_NORMAL_OF)))


def family_of(word: str) -> str:
    """The family of a lesion word; "" for what is well or means no lesion."""
    return "" if word in NO_CONCEPTS or word in _NORMAL_OF else _WORDS.get(word, "")


def excluded_by(word: str) -> frozenset[str]:
    """The families that a word for what is well excludes; empty for other words."""
    return _NORMAL_OF.get(word, frozenset())


def excludes_all(families: frozenset[str]) -> bool:
    """Does the word say that nothing at all is wrong?"""
    return _WELL in families


_AKIN: Final = {
    one: frozenset(
        other for other in _FAMILIES if one == other or GENERIC in (one, other) or (one, other) in _KIN
    )
    for one in _FAMILIES
}


def is_akin(one: str, other: str) -> bool:
    """May a lesion of one family be what the other family's word describes?"""
    return other in _AKIN[one]
