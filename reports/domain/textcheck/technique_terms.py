"""Terms for kind, part, posture, projection, method and range in examination names and technique texts."""

import re
from collections.abc import Iterable
from typing import Final

from reports.domain.textcheck.anatomy import mentions
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, pattern, terms

_LATIN: Final = re.compile("[A-Za-z]")


def _not_in_latin(names: Iterable[str]) -> re.Pattern[str]:
    """Pattern of the terms; Latin ones not within other Latin letters (PA in SPAIR, CC in CCTA)."""
    given = tuple(names)
    latin = any_of(word for word in given if _LATIN.match(word[0]) and _LATIN.match(word[-1]))
    others = any_of(word for word in given if not (_LATIN.match(word[0]) and _LATIN.match(word[-1])))
    return re.compile(rf"{others}|(?<![A-Za-z])(?:{latin})(?![A-Za-z])")


_OUT_OF_SCOPE: Final = _not_in_latin(terms("other_examinations"))
_PART: Final = _not_in_latin(terms("examined_parts"))
_PART_ANY_CASE: Final = re.compile(_PART.pattern, re.I)
_IN_PASSING: Final = pattern("parts_in_passing")
_POSTURE_EXCUSED: Final = pattern("posture_excused")
_MAMMOGRAPHY: Final = pattern("mammography_words")
MAMMOGRAPHY_VIEW: Final = _not_in_latin(terms("mammography_views"))
_POSTURE: Final = pattern("xray_postures")
_PROJECTION: Final = _not_in_latin(terms("xray_projections"))
_METHOD: Final = _not_in_latin(terms("ct_methods"))
_RECONSTRUCTION: Final = pattern("ct_reconstructions")
_NOT_RECONSTRUCTION: Final = pattern("not_reconstructions")
_WHOLE_RANGE: Final = pattern("scan_range_words")
_RANGE_LABEL: Final = re.compile(r"范围\s?(?:[：:为是]|包括|包含|自|从|由|：)?\s?(?=[^；;。，,\n\s：:])")
_FROM_TO: Final = re.compile(r"(?:自|从|由)[^，；。,;\n]{1,20}(?:至|到|向)")
# L3/4、L4/5、L5/S1椎间盘平面扫描: slices through these discs are the range.
_DISCS: Final = re.compile(
    r"[CTL]\d{1,2}[/-][CTLS]?\d{1,2}[^；;。\n]{0,24}?(?:间盘|间隙)[^，；;。\n]{0,6}扫描"
)
_JOINER: Final = re.compile(r"至|到|[-－—–~～→]{1,2}")
_VERTEBRA: Final = re.compile(r"[CTLS]\s?\d{1,2}", re.I)
_PASSING_MARKS: Final = re.compile(r"听眦线|眶耳线|髂嵴|剑突|脐|肋弓|隆突|足尖|头顶|颏|枕外|口角|外耳")
# Unambiguous terms of a kind; 造影 alone is used for all three.
_STRONG: Final = {
    "MRI": re.compile(r"磁共振|核磁|(?<![A-Za-z])(?:MRI|MRA|MRV|MRCP|MRU|MR)(?![A-Za-z])"),
    "CT": re.compile(r"计算机体层|计算机断层|(?<![A-Za-z])(?:HRCT|LDCT|CTA|CTV|CTU|CTP|CTPA|CT)(?![A-Za-z])"),
    "DR": re.compile(
        r"[Xx]\s?[-－]?\s?[线光]|(?<![A-Za-z])(?:DR|CR|DX)(?![A-Za-z])|平片|摄片|钼靶|胸片|[位腹胸骨]片"
    ),
}
# Any labelled value counts; an empty label does not.
_METHOD_LABEL: Final = re.compile(r"扫描(?:方法|方式)\s?[：:]\s?(?=[^；;。，,\n\s])")
_POSTURE_LABEL: Final = re.compile(r"(?<!照)(?<!摄影)体位\s?[：:]\s?(?=[^；;。，,\n\s])")
_PROJECTION_LABEL: Final = re.compile(
    r"(?:投照|摄影|投射|照射)(?:方位|方向|位置|体位|角度)\s?[：:]\s?(?=[^；;。，,\n\s])"
)
_EMPTY_LABEL: Final = re.compile(r"(?:重建|后处理|重组)(?:技术|方式|方法|算法)?\s?[：:]\s?(?=[；;。\n]|$)")


def strongly_named(name: str) -> dict[str, re.Match[str]]:
    """The kinds that a name states unambiguously, with the match."""
    return {kind: match for kind, sought in _STRONG.items() if (match := sought.search(name))}


def names_another_examination(named: str) -> bool:
    return _OUT_OF_SCOPE.search(named) is not None


_PART_LIKE: Final = re.compile(
    r"[\u4e00-\u9fff](?:神经|腺|窝|骨|关节|肌|肌腱|韧带|动脉|静脉|丛|淋巴管|瘘|隐窝|间隙)"
)
_NOT_PARTS: Final = frozenset(("骨质", "淋巴结"))


def names_part(text: str) -> bool:
    if _PART_ANY_CASE.search(text) is None:
        return False
    bare = _IN_PASSING.sub(" ", text)
    return _PART_ANY_CASE.search(bare) is not None or _VERTEBRA.search(bare) is not None


def names_structure(name: str) -> bool:
    """Does an examination's name hold a word of the tree, or one that ends like a part of the body?"""
    bare = _IN_PASSING.sub(" ", name)
    return (
        any(m.structure not in _NOT_PARTS for m in mentions(Text(bare)))
        or _PART_LIKE.search(bare) is not None
    )


def excuses_posture(named: str) -> bool:
    return _POSTURE_EXCUSED.search(named) is not None


def names_mammography(named: str) -> bool:
    return _MAMMOGRAPHY.search(named) is not None


def states_posture(examined: str) -> bool:
    return _POSTURE.search(examined) is not None


def labels_posture(technique: str) -> bool:
    return _POSTURE_LABEL.search(technique) is not None


def states_projection(examined: str) -> bool:
    return bool(_PROJECTION.search(examined) or _PROJECTION_LABEL.search(examined))


def states_method(examined: str) -> bool:
    return _METHOD.search(examined) is not None


def labels_method(technique: str) -> bool:
    return _METHOD_LABEL.search(technique) is not None


def states_range(text: str) -> bool:
    if _RANGE_LABEL.search(text) or _WHOLE_RANGE.search(text) or _FROM_TO.search(text) or _DISCS.search(text):
        return True
    for found in _JOINER.finditer(text):
        before, after = text[max(0, found.start() - 8) : found.start()], text[found.end() : found.end() + 10]
        # 至 between two words, one of them a place, states a range; a dash also joins numbers.
        enough = any if found[0] in "至到" else all
        if enough((_is_place(before), _is_place(after))):
            return True
    return False


def _is_place(text: str) -> bool:
    return any(sought.search(text) for sought in (_PART_ANY_CASE, _PASSING_MARKS, _VERTEBRA))


def states_reconstruction(examined: str) -> bool:
    phrase = _NOT_RECONSTRUCTION.sub(" ", _EMPTY_LABEL.sub(" ", examined))
    return _RECONSTRUCTION.search(phrase) is not None
