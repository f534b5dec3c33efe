"""Density and signal: one of seven steps (6.4.3.3), against a named tissue (6.4.3.2)."""

import re
from collections.abc import Iterable
from typing import Final

from reports.domain.textcheck import facts
from reports.domain.textcheck.degrees import UNDERSTOOD, UNDERSTOOD_BARE, Degree, degrees
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.neighbours import same_structure
from reports.domain.textcheck.priors import comparisons
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.statements import statements
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.vocabulary import any_of, group, pattern, terms

_TISSUES: Final = tuple(word for listed in group("reference_tissues").values() for word in listed)
_TISSUE: Final = any_of(_TISSUES)
# 与肝实质相比, 较肌肉, 低于脾脏, CT值…: each begins with one of these characters, for a fast search.
_COMPARED: Final = re.compile(
    r"[较与同比相接类近参低高等C以H](?:"
    rf"(?<=[较与同比])(?<!同(?=[侧层期样时]))[^，。；\n与]{{0,6}}?(?:{_TISSUE})"
    r"|(?<=[较与同])(?<!同(?=[侧层期样时]))[^，。；\n与]{1,16}?(?:相比|比较|相仿|一致|相似|相同|相近|相当|相等|类似|近似|对比|接近)"
    rf"|(?:(?<=相)对|(?<=接)近|(?<=类)似|(?<=近)似|(?<=参)照)[^，。；\n]{{0,6}}?(?:{_TISSUE})"
    r"|(?<=[低高近等])于|(?<=C)T值|(?<=\dH)[Uu]|(?<=\d\sH)[Uu]"
    r"|(?<=以)[^，。；\n]{1,10}?(?:为|作)(?:参照|参考|基准|标准|对照))"
)
# 脑脊液样信号, 软组织密度: the tissue or substance precedes.
_LIKE: Final = re.compile(r"[样性][^，。；\n]{0,4}?(?:密度|信号)")
_SUBSTANCES: Final = frozenset(terms("substance_density"))
_ENDS_LIKE: Final = _SUBSTANCES | set(_TISSUES)
_LONGEST: Final = max(map(len, _ENDS_LIKE))
_OF_SUBSTANCE: Final = re.compile(r"密度|信号")
_BREAST: Final = pattern("mammography_words")
_FOR_ALL: Final = re.compile(
    r"(?:参照|参考|对照)(?:组织|标准)|以[上下][^。；\n]{0,6}均(?:与|较|以)[^。；\n]{1,14}?(?:相比|比较|为参照|为参考)"
)
# A sentence that begins so continues about the lesion before it; one that begins with a place does not.
_SAME_LESION: Final = re.compile(
    r"\s{0,4}(?:其|该|此|上述|病灶|病变|肿块|肿物|结节|囊|内|周围|周边|边缘|中心|中央|增强|平扫|扫描|动脉期|门脉|门静脉期"
    r"|静脉期|延迟|皮质期|实质期|平衡期|[A-Z]|与|较|各|部分|实性|呈|密度|信号|均|以上)"
)
_JUST_BEFORE: Final = 16  # code points
_JUST_AFTER: Final = 24
_LESION_BEFORE: Final = 4  # preceding sentences searched while they are about one lesion
_PHYSICAL: Final = re.compile(
    r"较前|较旧|较上次|与前|反相位|同反相|反相|脂肪|抑脂|压脂|强化|增强"
    r"|动脉期|门脉期|门静脉期|静脉期|延迟期|平衡期|肝胆期|排泄期"
)
_CT_NUMBER: Final = re.compile(r"CT值[^，。；\n]{0,6}?\d|H(?<=\dH)[Uu]|H(?<=\d\sH)[Uu]")
_SIGN: Final = re.compile(r"(?:影)?(?:血管|动脉|静脉|静脉窦|血栓|大脑中动脉)?征")
_SHORTHAND: Final = re.compile(
    r"(?:[稍略较]?[长短等][、或]?){1,3}T[12₁₂](?!\s?\*?W|-?FLAIR|\.\d)"
    r"(?:[、，/及]?(?:[稍略较]?[长短等])T[12₁₂](?!\s?\*?W)){0,3}"
)


def no_reference_tissue(report: CheckedReport) -> Iterable[Hit]:
    """A degree without a reference in its sentence or in those about the same lesion."""
    text = report.texts["findings"]
    if _is_mammography(report):
        return
    yield from _bare_without_reference(report)
    graded = [d for d in degrees(report) if d.kind in ("listed", "offlist")]
    done = -1
    for degree in graded:
        sentence = text.sentence_at(degree.start)
        if sentence.start == done or _is_self_explanatory(text, degree):
            continue
        done = sentence.start
        if not _has_reference(report, degree):
            if _FOR_ALL.search(text.plain):
                return
            phrase = text.plain[degree.start : degree.end]
            yield Hit(
                "findings",
                degree.start,
                degree.end,
                f"写了“{phrase}”，本句及同一病灶的前后句都没有说明与哪种组织比较，应指定参照组织。",
            )


def _bare_without_reference(report: CheckedReport) -> Iterable[Hit]:
    """低密度影 without a degree and without a reference: the usual wording, so once and as a note."""
    text = report.texts["findings"]
    for degree in degrees(report):
        if degree.kind == "bare" and not _is_named(text, degree) and not _is_self_explanatory(text, degree):
            if not _has_reference(report, degree) and not _FOR_ALL.search(text.plain):
                phrase = text.plain[degree.start : degree.end]
                message = f"“{phrase}”没有说明与哪种组织比较，应指定参照组织。"
                yield Hit("findings", degree.start, degree.end, message, "note")
            return


def _is_mammography(report: CheckedReport) -> bool:
    """Mammography: BI-RADS always compares with the same volume of gland, so 等密度肿块 is complete."""
    return facts.kind(report) == "DR" and _BREAST.search(facts.named(report)) is not None


def _is_self_explanatory(text: Text, degree: Degree) -> bool:
    """Calcium, metal, gas and the like in this clause or just before it (见钙化，呈明显高密度)."""
    sentence, clause = text.sentence_at(degree.start), text.clause_at(degree.start)
    begin = max(sentence.start, clause.start - _JUST_BEFORE)
    named = UNDERSTOOD.finditer(text.plain, begin, clause.end)
    # 非钙化斑块 contains no calcium.
    return any(
        not text.is_negated(match.start()) and not text.plain.startswith("非", match.start() - 1)
        for match in named
    )


def _has_reference(report: CheckedReport, degree: Degree) -> bool:
    text = report.texts["findings"]
    sentence = text.sentence_at(degree.start)
    if _names_reference(text.plain, sentence):
        return True
    here = text.sentence_number(sentence.start)
    if _said_after(text, here):
        return True
    return _said_before(text, here) and not _is_of_another(report, degree)


def _is_of_another(report: CheckedReport, degree: Degree) -> bool:
    """病灶旁右侧卵巢…呈高信号: does the sentence name another structure as the place of the degree?"""
    text = report.texts["findings"]
    sentence = text.sentence_at(degree.start)
    before, own = [], None
    for one in statements(report, "findings"):
        if one.start >= degree.end:
            break
        if one.start < sentence.start:
            before.append(one.place)
        elif not one.points_back and one.place.name:
            own = one.place
    return own is not None and not any(same_structure(own, place) for place in before[-3:])


def _names_reference(plain: str, within: Span) -> bool:
    """Is a tissue, a substance or a CT number given as reference within the span?"""
    start, end = within.start, within.end
    if _COMPARED.search(plain, start, end):
        return True
    for match in _LIKE.finditer(plain, start, end):
        if _ends_with(_ENDS_LIKE, plain, start, match.start()):
            return True
    for match in _OF_SUBSTANCE.finditer(plain, start, end):
        if _ends_with(_SUBSTANCES, plain, start, match.start()):
            return True
    return False


def _ends_with(given: frozenset[str], plain: str, start: int, end: int) -> bool:
    """Does `plain[start:end]` end with one of these terms?"""
    for begin in range(max(start, end - _LONGEST), end):  # noqa: SIM110  # a generator costs more than what it asks
        if plain[begin:end] in given:
            return True
    return False


def _said_before(text: Text, here: int) -> bool:
    for at in range(here, max(0, here - _LESION_BEFORE), -1):
        sentence, before = text.sentences[at], text.sentences[at - 1]
        if "\n" in text.plain[before.end : sentence.start]:
            return False
        if not _SAME_LESION.match(text.plain, sentence.start):
            return False
        if _names_reference(text.plain, before):
            return True
    return False


def _said_after(text: Text, here: int) -> bool:
    if here + 1 >= len(text.sentences):
        return False
    sentence, after = text.sentences[here], text.sentences[here + 1]
    if "\n" in text.plain[sentence.end : after.start] or not _SAME_LESION.match(text.plain, after.start):
        return False
    return _names_reference(text.plain, after)


def offlist_degree(report: CheckedReport) -> Iterable[Hit]:
    """略低密度, 信号不高, 密度增高: a degree other than the seven steps."""
    text = report.texts["findings"]
    graded = {text.sentence_at(d.start).start for d in degrees(report) if d.kind == "listed"}
    bare: list[Degree] = []
    for degree in degrees(report):
        phrase = text.plain[degree.start : degree.end]
        if degree.kind == "offlist":
            message = f"“{phrase}”中的“{degree.adverb}”不在七级分度之内，程度不够明确。"
            yield Hit("findings", degree.start, degree.end, message)
        elif degree.kind == "changed" and not _is_physical(text, degree):
            sentence = text.sentence_at(degree.start)
            if degree.adverb:
                # 较高 may also describe a change or the other side: left to a person.
                open_question = degree.adverb == "较" or text.plain.startswith("于", degree.end)
                message = f"“{phrase}”没有按七级分度写明高低的程度。"
                yield Hit("findings", degree.start, degree.end, message, "suspect" if open_question else None)
            elif not (
                sentence.start in graded  # the same sentence grades it
                or _CT_NUMBER.search(text.plain, degree.end, min(sentence.end, degree.end + _JUST_AFTER))
                or _is_since(report, sentence, degree)
            ):
                bare.append(degree)
    if bare:  # the usual wording, possibly about a change: reported once, left to a person
        first = bare[0]
        phrase = text.plain[first.start : first.end]
        more = f"（全文共{len(bare)}处）" if len(bare) > 1 else ""
        message = f"“{phrase}”{more}没有按七级分度写明高低的程度。"
        yield Hit("findings", first.start, first.end, message, "note")


def _is_since(report: CheckedReport, sentence: Span, degree: Degree) -> bool:
    """Does the sentence compare with an earlier examination before the degree?"""
    return any(sentence.start <= one.start < degree.start for one in comparisons(report, "findings"))


def _is_physical(text: Text, degree: Degree) -> bool:
    """Is it a change over time, between phases or with fat suppression, or fat stranding, not a degree?"""
    clause = text.clause_at(degree.start)
    return _PHYSICAL.search(text.plain, clause.start, clause.end) is not None


def ungraded(report: CheckedReport) -> Iterable[Hit]:
    """低密度影 without a degree; reported once, because it is the usual wording."""
    text = report.texts["findings"]
    bare = [degree for degree in degrees(report) if degree.kind == "bare" and not _is_named(text, degree)]
    if bare:
        first = bare[0]
        phrase = text.plain[first.start : first.end]
        more = f"（全文共{len(bare)}处）" if len(bare) > 1 else ""
        message = f"“{phrase}”{more}没有写明程度，未说明属于七级分度中的哪一级。"
        yield Hit("findings", first.start, first.end, message)


def _is_named(text: Text, degree: Degree) -> bool:
    clause = text.clause_at(degree.start)
    return (
        _SIGN.match(text.plain, degree.end) is not None
        or UNDERSTOOD_BARE.search(text.plain, clause.start, clause.end) is not None
    )


def t1t2_shorthand(report: CheckedReport) -> Iterable[Hit]:
    """长T1长T2: relaxation times instead of the seven steps of signal."""
    plain = report.texts["findings"].plain
    for match in _SHORTHAND.finditer(plain):
        message = f"“{match.group()}”是弛豫时间的简写，信号高低的程度宜用七级分度表示。"
        yield Hit("findings", match.start(), match.end(), message)


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.4.3.2/no-reference-tissue", no_reference_tissue),
    Rule("6.4.3.3/offlist-degree", offlist_degree),
    Rule("6.4.3.3/ungraded", ungraded),
    Rule("6.4.3.3/t1t2-shorthand", t1t2_shorthand),
)
