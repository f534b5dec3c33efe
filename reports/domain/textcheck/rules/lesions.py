"""6.4.1.2 病灶描述: d) the attributes of a lesion, e) negative signs beside the positive ones."""

import re
from collections.abc import Iterable

from reports.domain.textcheck import facts
from reports.domain.textcheck.anatomy import Mention, mentions_within, regions
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.words import any_of, group, pattern, words

_BOTH = ("findings", "impression")
# 见(一|多发|…)结节: a lesion said to be there. Bounded, within one clause and without a denial in it.
_LESION = re.compile(
    rf"(?<!未)(?<!不)(?<!难)(?<!未能)(?:可见|见|示|显示|发现|探及|查见)(?P<kind>[^，,。；;、\n未无]{{0,24}}?)"
    rf"(?P<lesion>{any_of(words('lesions_with_attributes'))})(?!样|状|性)"
)
_ATTRIBUTES = {name: re.compile(any_of(given)) for name, given in group("lesion_attributes").items()}
_SIZE = re.compile(r"\d\s*(?:cm|mm|厘米|毫米|CM|MM)|[xX×*]\s*\d")
_ENHANCED = re.compile(r"强化|充填|廓清|快进")
_MISSING_ENOUGH = 4


def attributes_missing(report: CheckedReport) -> Iterable[Hit]:
    """6.4.1.2 d): a lesion that the conclusion names, described with next to nothing."""
    text = report.text("findings")
    enhanced = facts.is_enhanced(report)
    covered = regions(report)
    for match in _LESION.finditer(text.plain):
        if text.is_negated(match.start()):
            continue
        sentence = text.sentence_at(match.start())
        before = text.plain[sentence.start : match.end()]
        if pattern("lesions_briefly").search(before) or pattern("lesions_briefly").match(text.plain, match.end()):
            continue
        # 多发结节 of prostate, thyroid or lung is described as a whole, by its largest.
        if match["lesion"] == "结节" and "多发" in match["kind"]:
            continue
        place = _place(text, sentence, match.start())
        if place is None or (covered and place.region and place.region not in covered):
            continue
        if not _is_concluded(report, place, match["lesion"]):
            continue
        said = _description(text, sentence, place)
        # 异常信号 names the lesion; it is not yet a description of its signal.
        if match["lesion"].startswith("异常"):
            said = said.replace(match["lesion"], "", 1)
        missing = _missing(said, enhanced)
        if len(missing) >= _MISSING_ENOUGH:
            clause = text.clause_at(match.start())
            seen = clause.of(text.plain)
            yield Hit(
                "findings",
                clause.start,
                clause.end,
                f"“{seen}”只写到病灶，缺少{'、'.join(missing)}的描述，而结论以其为诊断依据。",
            )


def _place(text: Text, sentence: Span, at: int) -> Mention | None:
    """The structure named last before the lesion in its sentence."""
    named = mentions_within(text, sentence.start, at)
    return named[-1] if named else None


def _is_concluded(report: CheckedReport, place: Mention, lesion: str) -> bool:
    """Does an item of the conclusion speak of this organ, as one with a disease?"""
    impression = report.text("impression")
    for item in impression.items:
        if pattern("lesions_briefly").search(impression.plain, item.start, item.end):
            continue
        for mention in mentions_within(impression, item.start, item.end):
            same_side = not mention.side or not place.side or mention.side == place.side
            if mention.organ == place.organ and same_side and not impression.is_negated(mention.word_start):
                return True
    return False


def _description(text: Text, sentence: Span, place: Mention) -> str:
    """The sentence and those after it in its paragraph, until one speaks of something else."""
    end = sentence.end
    paragraph = text.paragraph_at(sentence.start)
    for after in text.sentences:
        if after.start < sentence.end:
            continue
        if after.start >= paragraph.end or text.plain[after.start] == "余":
            break
        named = mentions_within(text, after.start, min(after.end, after.start + 12))
        if named and named[0].structure != place.structure:
            break
        end = after.end
    return text.plain[sentence.start : end]


def _missing(said: str, enhanced: bool) -> list[str]:
    has_size = _SIZE.search(said) is not None
    missing = [] if has_size else ["大小"]
    for name, given in _ATTRIBUTES.items():
        # One measured lesion is one: 见结节，大小约… need not say 一枚.
        if not given.search(said) and not (name == "数目" and has_size):
            missing.append(name)
    if enhanced and not _ENHANCED.search(said):
        missing.append("强化")
    return missing


def no_negative_sign(report: CheckedReport) -> Iterable[Hit]:
    """6.4.1.2 e): a tumour or inflammation concluded, and no sign denied in all the findings. A hint."""
    impression, findings = report.text("impression"), report.text("findings")
    if findings.is_blank or findings.negations:
        return
    for match in impression.unnegated(pattern("diseases_with_negatives")):
        clause = impression.clause_at(match.start()).of(impression.plain)
        if pattern("treated_words").search(clause):
            continue
        yield Hit(
            "findings",
            0,
            0,
            f"结论为“{clause.strip()}”，影像描述只列阳性征象，未见有鉴别诊断价值的阴性征象。",
        )
        return


RULES: tuple[Rule, ...] = (
    Rule(
        "6.4.1.2d/attributes-missing",
        attributes_missing,
        reads=_BOTH,
        gate=tuple(words("lesions_with_attributes")),
    ),
    Rule("6.4.1.2e/no-negative-sign", no_negative_sign, reads=_BOTH, gate=tuple(words("diseases_with_negatives"))),
)
