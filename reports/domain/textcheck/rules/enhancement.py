"""6.4.3.4: degree of enhancement (one of four), pattern, and no vague wording."""

import re
from collections.abc import Iterable
from typing import Final

from reports.domain.textcheck import facts
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.enhancements import Enhancement, enhancements
from reports.domain.textcheck.finding import Hit, absent
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, pattern, terms

_FIELDS: Final = ("findings", "impression")
_VESSELS: Final = re.compile(r"动脉|静脉|血管|冠脉|(?<![A-Za-z])(?:CTA|CTV|MRA|MRV|CTPA)(?![A-Za-z])")
_PERFUSION: Final = re.compile(r"灌注|(?<![A-Za-z])CTP(?![A-Za-z])")
_NOT_DONE: Final = re.compile(
    r"(?:未[行做能]|无法|拒绝|不宜|不能|取消)[^，。；\n]{0,6}增强|仅行?平扫|增强[^，。；\n]{0,6}(?:未做|未行|取消)"
)
_OTHER_WORD: Final = re.compile(r"(?:无|未见|轻度|中度|明显)[^，。；\n]{0,4}增强(?!扫描|检查)")
_LESION: Final = pattern("enhancing_lesions")
_PHASE: Final = re.compile(any_of(terms("enhancement_phases")))
_PATTERN: Final = pattern("enhancement_patterns")
_PATTERN_SENTENCE: Final = re.compile(r"强化|增强|期|曲线|TIC|造影剂|对比剂")


def vague_enhancement(report: CheckedReport) -> Iterable[Hit]:
    """未见明显强化 and similar wordings, which the clause forbids."""
    for field in _FIELDS:
        for one in _enhancements_of(report, field):
            if one.kind == "vague":
                seen = report.texts[field].raw[one.start : one.end]
                message = f"“{seen}”没有说清有没有强化、强化到什么程度，属于不应使用的模糊描述。"
                yield Hit(field, one.start, one.end, message, "suspect" if one.is_open else None)


def vague_suspect(report: CheckedReport) -> Iterable[Hit]:
    """未见明显强化结节, 未见明显异常强化: a negated lesion, in wordings similar to the forbidden ones."""
    for one in _enhancements_of(report, "findings"):
        if one.kind == "doubtful":
            seen = report.texts["findings"].raw[one.start : one.end]
            message = f"“{seen}”与不应使用的“未见明显强化”相近，请确认它否定的是病灶而不是强化程度。"
            yield Hit("findings", one.start, one.end, message)


def _enhancements_of(report: CheckedReport, field: str) -> tuple[Enhancement, ...]:
    text = report.texts.get(field)
    return enhancements(report, field) if text is not None and "强化" in text.plain else ()


def no_grade(report: CheckedReport) -> Iterable[Hit]:
    """An enhanced examination whose findings give no degree anywhere."""
    if not facts.is_enhanced(report):
        return ()
    text = report.texts["findings"]
    phrase = _enhancements_of(report, "findings")
    if text.is_blank or any(one.is_graded for one in phrase):
        return ()
    if _OTHER_WORD.search(text.plain) or _NOT_DONE.search(text.plain):
        return ()
    named = facts.named(report)
    of_vessels = facts.is_angiography(report) or _VESSELS.search(named) is not None
    if of_vessels and not phrase:
        return ()  # a vessel report describes the lumen; a degree is required only when it mentions 强化
    if not phrase:
        message = "做了增强扫描，影像描述通篇没有写强化程度（无、轻度、中度、明显强化）。"
        return absent("findings", message, "suspect" if _PERFUSION.search(named) else None)
    normal = any(one.kind in ("plain", "denied") for one in phrase)
    return absent(
        "findings",
        "做了增强扫描，影像描述提到强化却没有一处写明程度（无、轻度、中度、明显强化）。",
        "suspect" if of_vessels or normal else None,
    )


def offlist_grade(report: CheckedReport) -> Iterable[Hit]:
    """轻微/显著/中等强化: a degree other than the four."""
    for one in _enhancements_of(report, "findings"):
        if one.kind == "offlist":
            seen = report.texts["findings"].raw[one.start : one.end]
            message = f"“{seen}”中的“{one.word}”不在强化程度的四级用语（无、轻度、中度、明显）之内。"
            yield Hit("findings", one.start, one.end, message, "suspect" if one.is_open else None)


def no_dynamic_pattern(report: CheckedReport) -> Iterable[Hit]:
    """A multi-phase examination that grades a lesion and gives neither a pattern nor two phases."""
    phrase = [one for one in _enhancements_of(report, "findings") if one.is_graded and one.kind != "none"]
    if not phrase or not facts.is_multiphase(report) or facts.is_angiography(report):
        return
    text = report.texts["findings"]
    if len(set(_PHASE.findall(text.plain))) >= 2 or _has_pattern(text):
        return
    for one in phrase:
        if _is_of_lesion(text, one):
            seen = text.raw[one.start : one.end]
            message = f"多期（动态）增强只写了“{seen}”，没有写各期变化或强化模式（如快进快出）。"
            yield Hit("findings", one.start, one.end, message)
            return


def _has_pattern(text: Text) -> bool:
    plain = text.plain
    return any(
        _PATTERN_SENTENCE.search(plain, span.start, span.end) and _PATTERN.search(plain, span.start, span.end)
        for span in text.sentences
    )


def _is_of_lesion(text: Text, one: Enhancement) -> bool:
    """Is a lesion mentioned without negation in the sentence before the degree?"""
    sentence = text.sentence_at(one.start)
    return any(
        not text.is_negated(match.start()) for match in _LESION.finditer(text.plain, sentence.start, one.end)
    )


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.4.3.4/vague-enhancement", vague_enhancement, reads=()),
    Rule("6.4.3.4/vague-suspect", vague_suspect),
    Rule("6.4.3.4/no-grade", no_grade),
    Rule("6.4.3.4/offlist-grade", offlist_grade),
    Rule("6.4.3.4/no-dynamic-pattern", no_dynamic_pattern),
)
