"""6.4.1.2 病灶描述: d) the attributes of a lesion, e) negative signs beside the positive ones."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from reports.domain.textcheck import facts
from reports.domain.textcheck.anatomy import Mention, mentions_within, regions
from reports.domain.textcheck.clauses import Clause
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.vocabulary import any_of, group, pattern, terms

_BOTH: Final = ("findings", "impression")
# 见(一|多发|…)结节: required before a lesion term, in one clause and without a negation between.
_LESION: Final = re.compile(any_of(terms("lesions_with_attributes")) + "(?!样|状|性)")
_SEEN: Final = re.compile(r"(?<!未)(?<!不)(?<!难)(?<!未能)(?:见|示|显示|发现|探及)(?P<kind>[^未无]{0,24})$")
_BRIEFLY: Final = pattern("lesions_briefly")
_ATTRIBUTES: Final = {name: re.compile(any_of(given)) for name, given in group("lesion_attributes").items()}
_SIZE: Final = re.compile(r"\d\s*(?:cm|mm|厘米|毫米|CM|MM)|[xX×*]\s*\d")
_ENHANCED: Final = re.compile(r"强化|充填|廓清|快进")
# Terse reports give one or two attributes; only those with none (a mass: at most one) are reported.
_MASS: Final = pattern("masses")
_WITH_NEGATIVES: Final = pattern("diseases_with_negatives")
_TREATED: Final = pattern("treated_words")
# Bounds on the cost for a text that is not a report.
_MOST_SENTENCES, _MOST_CHARACTERS, _MOST_LESIONS, _MOST_ITEMS = 8, 1000, 30, 20


def attributes_missing(report: CheckedReport) -> Iterable[Hit]:
    """6.4.1.2 d): a lesion of the conclusion with almost no description."""
    text = report.texts["findings"]
    covered = regions(report)
    for at, lesion in islice(_seen_lesions(text), _MOST_LESIONS):
        sentence = text.sentence_at(at)
        place = _place(text, sentence, at)
        if place is None or (covered and place.region and place.region not in covered):
            continue
        phrase = _description(text, sentence, place)
        # 异常信号 names the lesion, it does not describe its signal.
        if lesion.startswith("异常"):
            phrase = phrase.replace(lesion, "", 1)
        if _is_bare(lesion, phrase) and _is_concluded(report, place):
            missing = _missing(phrase, facts.is_enhanced(report))
            clause = text.clause_at(at)
            seen = clause.of(text.plain)
            yield Hit(
                "findings",
                clause.start,
                clause.end,
                f"“{seen}”只写到病灶，缺少{'、'.join(missing)}的描述，而结论以其为诊断依据。",
            )


def _seen_lesions(text: Text) -> Iterator[tuple[int, str]]:
    """见一结节, 可见肿块: observed lesions that should be described one by one."""
    start = 0
    for clause in text.parts:
        for first, last in _seen_in(clause):
            at = start + first
            begin = max(text.sentence_at(at).start, at - 60)
            if not _BRIEFLY.search(text.plain, begin, start + last + 4):
                yield at, clause.plain[first:last]
        start += clause.size


def _seen_in(clause: Clause) -> Iterator[tuple[int, int]]:
    """Spans of the observed lesions in a clause."""
    for match in _LESION.finditer(clause.plain):
        if not clause.is_negated(match.start()) and _is_seen(clause, match):
            yield match.span()


def _is_seen(clause: Clause, lesion: re.Match[str]) -> bool:
    seen = _SEEN.search(clause.plain, max(clause.span[0], lesion.start() - 30), lesion.start())
    # 多发结节 of prostate, thyroid or lung is described as a whole, by its largest.
    return seen is not None and not (lesion.group() == "结节" and "多发" in seen["kind"])


def _place(text: Text, sentence: Span, at: int) -> Mention | None:
    """The last structure before the lesion in its sentence."""
    named = mentions_within(text, sentence.start, at)
    return named[-1] if named else None


def _is_concluded(report: CheckedReport, place: Mention) -> bool:
    """Does an item of the conclusion describe a disease of this organ?"""
    impression = report.texts["impression"]
    for item in impression.items[:_MOST_ITEMS]:
        if _BRIEFLY.search(impression.plain, item.start, item.end):
            continue
        for mention in mentions_within(impression, item.start, item.end):
            same_side = not mention.side or not place.side or mention.side == place.side
            if mention.organ == place.organ and same_side and not impression.is_negated(mention.word_start):
                return True
    return False


def _description(text: Text, sentence: Span, place: Mention) -> str:
    """The sentence and its continuation in the paragraph, until another topic begins."""
    end = sentence.end
    line_end = text.plain.find("\n", sentence.end)
    line_end = len(text.plain) if line_end < 0 else line_end
    first = text.sentence_number(sentence.start) + 1
    for after in text.sentences[first : first + _MOST_SENTENCES]:
        if after.start >= line_end or text.plain[after.start] == "余":
            break
        named = mentions_within(text, after.start, min(after.end, after.start + 12))
        if named and named[0].structure != place.structure:
            break
        end = after.end
    return text.plain[sentence.start : min(end, sentence.start + _MOST_CHARACTERS)]


def _is_bare(lesion: str, phrase: str) -> bool:
    """Does the description give little more than the number?"""
    allowed = 1 if _MASS.fullmatch(lesion) else 0
    for name, given in (("大小", _SIZE), *_ATTRIBUTES.items()):
        if name != "数目" and given.search(phrase):
            allowed -= 1
            if allowed < 0:
                return False
    return True


def _missing(phrase: str, enhanced: bool) -> list[str]:
    has_size = _SIZE.search(phrase) is not None
    missing = [] if has_size else ["大小"]
    for name, given in _ATTRIBUTES.items():
        # One measured lesion implies the number: 见结节，大小约… needs no 一枚.
        if not given.search(phrase) and not (name == "数目" and has_size):
            missing.append(name)
    if enhanced and not _ENHANCED.search(phrase):
        missing.append("强化")
    return missing


def no_negative_sign(report: CheckedReport) -> Iterable[Hit]:
    """6.4.1.2 e): a tumour or inflammation, and no negative sign in the findings. A note."""
    impression, findings = report.texts["impression"], report.texts["findings"]
    if findings.is_blank or findings.has_negation:
        return
    done = -1
    for match in impression.unnegated(_WITH_NEGATIVES):
        span = impression.clause_at(match.start())
        if span.start == done:
            continue
        done, clause = span.start, span.of(impression.plain)
        if _TREATED.search(clause):
            continue
        seen = clause.strip().lstrip("0123456789、.． ")[:40]
        message = f"结论为“{seen}”，影像描述只列阳性征象，没有写有鉴别诊断价值的阴性征象。"
        yield Hit("findings", 0, 0, message)
        return


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.4.1.2d/attributes-missing", attributes_missing, reads=_BOTH),
    Rule("6.4.1.2e/no-negative-sign", no_negative_sign, reads=_BOTH),
)
