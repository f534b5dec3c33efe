"""Organs as required by 6.4.1.1 a and b: attributes of the target organ, midline, symmetry."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from reports.domain.textcheck import facts
from reports.domain.textcheck.anatomy import OPPOSITE, Mention, mentions
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit, absent
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, group, pattern

# 上腹部 is not the whole abdomen; 全腹部 is a synonym of 全腹.
_REGION: Final = re.compile(r"腹|盆|胸|颈|全身")
_REGION_NAMES: Final = (("上腹部", "上腹"), ("下腹部", "下腹"), ("全腹部", "全腹"))
_SHORTENED: Final = re.compile(r"MRCP|水成像|小肠|结肠|胃|阑尾|穿刺|定位|导管")
_ENOUGH: Final = 40
_SAID_REACH: Final = 200  # enough for a sentence about one organ; bounds the cost for a text without stops
# Allowed between the last mark and the organ.
_LEADS: Final = ("所示", "扫描范围内", "另", "余", "平扫")
# A clause that calls the organ normal, or gives one attribute only.
_BARE: Final = (
    r"(?:CT|MRI?|平扫|及|增强|扫描|检查|各序列|内|实质){0,3}(?:(?:大小|形态|体积|位置)?(?:均|皆)?"
    r"(?:未见|无|未发现)(?:明显|明确|确切|显著)?(?:的)?(?:异常(?:改变|征象|所见|表现)?|病变|阳性征象)"
    r"|(?:大小|形态|体积|位置|密度|信号)?(?:大致|基本)?(?:正常|如常))(?=[，。；,;\n]|[ \t]*$)"
)
_NOT_THE_ORGAN: Final = r"(?![内外]{1,2}胆管|门|静脉|周|区|上腺|动脉|窝)"


@cache
def _target(organ: str) -> re.Pattern[str]:
    names = any_of(group("target_organ_words")[organ])
    return re.compile(rf"{names}{_BARE}")


@cache
def _named(organ: str) -> re.Pattern[str]:
    return re.compile(any_of(group("target_organ_words")[organ]) + _NOT_THE_ORGAN)


@lru_cache(maxsize=4096)
def _organs_of(vocabulary: str, name: str) -> tuple[str, ...]:
    """The target organs of an examination name; () for vessels. Cached, because names repeat."""
    for long, short in _REGION_NAMES:
        name = name.replace(long, short)
    if pattern("vessel_examinations").search(name):
        return ()
    organs = (organ for organ, names in group(vocabulary).items() if any(word in name for word in names))
    return tuple(organ for organ in organs if organ != "肾" or not _is_adrenal(name))


def _targets(report: CheckedReport, vocabulary: str) -> tuple[str, ...]:
    """The target organs by name and part. 腹部MRI of 双肾 has the kidneys: the name is only the region."""
    name, part = report.texts["examination_name"].plain, report.texts["body_part"].plain
    of_name, of_part = _organs_of(vocabulary, name), _organs_of(vocabulary, part)
    for own, other, field in ((of_part, of_name, part), (of_name, of_part, name)):
        if own and other and own != other and not _REGION.search(field):
            return own
    return _organs_of(vocabulary, facts.named(report))


def _is_adrenal(name: str) -> bool:
    return "肾" not in name.replace("肾上腺", "") and "泌尿" not in name


def attributes(report: CheckedReport) -> Iterator[Hit]:
    """6.4.1.1 a: the target organ is not mentioned, or called normal without two attributes."""
    name = facts.named(report)
    text = report.texts["findings"]
    for organ in _targets(report, "target_organs"):
        if facts.kind(report) not in ("CT", "MRI"):
            return
        match = _called_normal(text.plain, organ)
        if match is None:
            if organ not in text.plain and len(text.plain) >= _ENOUGH and not _SHORTENED.search(name):
                yield from absent("findings", f"检查的主要脏器是{organ}，描述中没有提到。")
            continue
        if _is_described(text, organ):
            continue
        start, end = match.span()
        message = f"检查的主要脏器只写“{match.group()}”，位置、大小、形态、密度/信号中至少应描述两项。"
        yield Hit("findings", start, end, message)


def _called_normal(plain: str, organ: str) -> re.Match[str] | None:
    """The first clause that only calls the organ normal."""
    match = _target(organ).search(plain)
    while match and not _leads(plain, match.start()):
        match = _target(organ).search(plain, match.start() + 1)
    return match


def _leads(plain: str, at: int) -> bool:
    """Does a clause begin at `at`, perhaps after 所示 or 另?"""
    lead = next((word for word in _LEADS if plain.endswith(word, 0, at)), "")
    return any(_opens(plain, begin) for begin in {at, at - len(lead)})


def _opens(plain: str, at: int) -> bool:
    while at > 0 and plain[at - 1] in " \t":
        at -= 1
    return at == 0 or plain[at - 1] in "，。；,;\n"


def _is_described(text: Text, organ: str) -> bool:
    """Do the clauses about the organ give two classes of attributes?"""
    classes: set[str] = set()
    for match in _named(organ).finditer(text.plain):
        stop = text.sentence_at(match.start()).end
        break_at = text.plain.find("；", match.end(), min(stop, match.end() + _SAID_REACH))
        reach = min(stop if break_at < 0 else break_at, match.end() + _SAID_REACH)
        classes.update(
            name for name, word in _attribute_patterns() if word.search(text.plain, match.end(), reach)
        )
        if len(classes) >= 2:
            return True
    return False


@cache
def _attribute_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(any_of(found))) for name, found in group("attribute_words").items())


def no_midline(report: CheckedReport) -> Iterator[Hit]:
    """6.4.1.1 b: a head examination without a statement on the midline."""
    text = report.texts["findings"]
    if text.is_blank or not _shows_midline(facts.named(report)) or facts.kind(report) not in ("CT", "MRI"):
        return
    if pattern("midline_words").search(text.plain):
        return
    yield from absent("findings", "头颅检查的描述中没有说明中线结构有无偏移。")


@lru_cache(maxsize=4096)
def _shows_midline(name: str) -> bool:
    if not pattern("midline_examinations").search(name) or pattern("midline_targeted").search(name):
        return False
    return "平扫" in name or not pattern("vessel_examinations").search(name)


def no_symmetry(report: CheckedReport) -> Iterator[Hit]:
    """6.4.1.1 b: only one side of the examined paired organ is described."""
    name = facts.named(report)
    text = report.texts["findings"]
    if ("左" in name) != ("右" in name):
        return
    for organ in _organs_of("symmetry_examinations", name):
        if organ != "乳腺" and facts.kind(report) not in ("CT", "MRI"):
            continue
        if all(_other_side(organ, side).search(text.plain) for side in OPPOSITE):
            continue  # both sides are mentioned
        named = [m for m in mentions(text) if m.structure in group("symmetry_structures")[organ]]
        sides = {m.side for m in named if m.side}
        if len(sides) != 1 or sides == {"双"} or any(_is_general(text, m, organ) for m in named):
            continue
        side = sides.pop()
        if _is_excused(report, organ, OPPOSITE[side]):
            continue
        first = next(m for m in named if m.side == side)
        message = f"检查了成对的{organ}，描述只见{side}侧，没有说明{OPPOSITE[side]}侧或双侧是否对称。"
        yield Hit("findings", first.start, first.end, message)


def _is_general(text: Text, mention: Mention, organ: str) -> bool:
    """Is the whole organ meant (肾脏大小正常), not a part (肾轮廓, 肾盂)?"""
    word = text.plain[mention.word_start : mention.end]
    whole = word in (organ, organ + "脏", organ + "区")
    return whole and not mention.side and text.plain[mention.end : mention.end + 1] not in tuple("外内周旁")


@cache
def _other_side(organ: str, side: str) -> re.Pattern[str]:
    """左叶, 左侧大小正常, 左眼: the other side without the full name of the organ."""
    return re.compile(rf"{side}(?:侧|边)?(?:[{organ[0]}眼眶乳叶卵球]|[者亦也为较见可约未大形正结显位，,：:])")


def _is_excused(report: CheckedReport, organ: str, missing: str) -> bool:
    """Is one side missing after surgery, or mentioned without the name of the organ?"""
    plain = report.texts["findings"].plain
    if _other_side(organ, missing).search(plain) or "余" + organ in plain:
        return True
    if pattern("opposite_words").search(plain) or pattern("gone_words").search(plain):
        return True
    history = f"{report.surgical_history or ''}{report.clinical_diagnosis or ''}"
    return pattern("gone_words").search(history) is not None or "孤立" in history or "根治" in history


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.4.1.1a/attributes", attributes),
    Rule("6.4.1.1b/no-midline", no_midline),
    Rule("6.4.1.1b/no-symmetry", no_symmetry),
)
