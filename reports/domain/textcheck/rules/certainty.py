"""6.5.4 定性诊断 and 6.5.5 分期: certainty of a conclusion, and what is required when it is uncertain."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from reports.domain.textcheck import facts
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.vocabulary import Sieve, any_of, group, pattern, terms

_ADVICE: Final = group("advice")
_ACTION: Final = any_of((*_ADVICE["actions"], *_ADVICE["named"]))
_ADVISED: Final = re.compile(rf"(?:{any_of(_ADVICE['leads'])})[^。；;\n]{{0,30}}?(?:{_ACTION})")
_BARE_ADVICE: Final = re.compile(rf"\s*(?:{any_of(_ADVICE['bare'])})")
_NAMED: Final = re.compile(any_of(_ADVICE["named"]))
_GENERIC: Final = any_of(terms("generic_lesions"))
_UNDETERMINED: Final = re.compile(
    rf"{any_of(terms('undetermined'))}|(?:{_GENERIC})[^，。；;,、\n]{{0,6}}?(?P<open>待查|待定性|待定)"
)
# 临床：右肾占位待查 repeats the request; it is not a conclusion of the radiologist.
_QUOTED: Final = re.compile(r"临床|申请|病史|主诉")
# 考虑占位 and 请结合临床考虑 name no disease, so they give no possible diagnosis
# (6.5.4 d: 且不能给出可能性诊断者).
_NO_DISEASE: Final = re.compile(
    rf"(?:考虑|倾向)(?:为|于|是)?[^，。；;,\n]{{0,8}}?(?:{_GENERIC})|(?:{_GENERIC})[^，。；;,\n]{{0,3}}?可能(?:性大)?"
    r"|结合[^，。；;,\n]{0,8}?考虑(?=[，。；;,\n]|$)"
)
_POSSIBILITY: Final = re.compile(any_of(terms("possibility_cues")) + "|[?？]")
_CUT: Final = re.compile(r"建议|请|必要时")
_CUE: Final = re.compile(r"考虑|倾向于?|鉴别|疑似|疑|可能(?:为|是)|诊断(?:为|有|包括)?|包括")
_ALTERNATIVES: Final = re.compile(r"或|可能|待排|不除外|不能除外|待除外|鉴别|[?？]")
_SPLIT: Final = re.compile(
    r"[、，,；;/／?？]|或者|或|以及|及|与|和|其次|待排|不除外|不能除外|待除外|可能性大|可能"
)
_RANKED: Final = re.compile(any_of(terms("ranking_words")))
_DISEASE: Final = pattern("possible_diseases")
# 肺癌伴淋巴结转移 is one possibility with its consequence, not two.
_SPREAD: Final = re.compile(
    r"(?:淋巴结|骨|肝|脑|肺内?|肾上腺|胸膜|腹膜|远处|多发|伴|并)[^瘤癌]{0,4}转移(?!瘤|癌|性)"
)
_OR: Final = re.compile(r"或者?")
_SEGMENT: Final = re.compile(r"[。；;\n]")
_DENIES: Final = re.compile(r"未|无|没有|除外|排除|不支持")
# 伴阻塞性肺炎, 累及胸膜: a consequence of the disease, or another lesion.
_BESIDE: Final = re.compile(r"\s*(?:伴|并|且|继发|合并|累及|侵犯|余|另|附见)")
_STAGE: Final = re.compile(
    r"(?<![A-Za-z])[cpymr]{0,3}T(?:is|[0-4xX])[a-d]?\s*(?:(?:[,，]\s*)?N[0-3xX][a-c]?|期)"
    r"|(?:[ⅠⅡⅢⅣⅤ]{1,3}|(?<![A-Za-z])[IV]{1,3})\s*(?:[A-Da-d]\s*)?(?:\d\s*)?期|(?<![急慢早晚])(?<!脱髓鞘)[一二三四]期"
    r"|(?:FIGO|BCLC|CNLC|TNM|Ann\s?Arbor|Lugano)|分期"
)
_TYPICAL: Final = tuple(group("typical_signs").items())
_DIAGNOSES: Final = {name: re.compile(any_of(given)) for name, given in group("typical_diagnoses").items()}
_GENERIC_LESIONS: Final = pattern("generic_lesions")
_HEDGED: Final = re.compile(r"可能(?!性大)|待排|不除外|不能除外|[?？]")
# Bounds on the cost for a text that is not a report.
_MOST_ITEMS, _LONGEST_ITEM = 20, 300
_CLAUSE_OF_ITEM: Final = re.compile(r"[^，,。；;\n]+")


@lru_cache(maxsize=1)
def _malignant() -> Sieve:
    """Malignancies, without 癌栓, 癌前, 非霍奇金…"""
    return Sieve(terms("malignancies"), terms("not_malignancies"))


def _clauses(text: str) -> Iterator[str]:
    for match in _CLAUSE_OF_ITEM.finditer(text):
        yield match.group()


def _advises(text: str) -> bool:
    """Does the text recommend a concrete action? 请结合临床 alone does not."""
    for clause in _clauses(text):
        if "结合" in clause:
            if _NAMED.search(clause):
                return True
        elif _BARE_ADVICE.match(clause) or _ADVISED.search(clause):
            return True
    return False


def _names_possibility(item: str) -> bool:
    return _POSSIBILITY.search(_NO_DISEASE.sub("", item)) is not None


def _is_left_open(item: str) -> bool:
    """Is something undetermined, without a possible diagnosis?"""
    return _UNDETERMINED.search(item) is not None and not _names_possibility(_UNDETERMINED.sub("", item))


def no_recommendation(report: CheckedReport) -> Iterable[Hit]:
    """6.5.4 d): neither a possible diagnosis nor a clear recommendation."""
    text = report.texts["impression"]
    if not _UNDETERMINED.search(text.plain):
        return
    open_items = [item for item in text.items if _is_left_open(item.of(text.plain))]
    if not open_items:
        return
    whole = _UNDETERMINED.sub("。", text.plain + "\n" + report.texts["findings"].plain)
    if _advises(whole):
        return
    for item in open_items:
        for match in _UNDETERMINED.finditer(text.plain, item.start, item.end):
            if match["open"] and text.has_before(_QUOTED, text.clause_at(match.start()), match.start()):
                continue
            seen = match.group()
            yield Hit(
                "impression",
                match.start(),
                match.end(),
                f"结论写“{seen}”，既未给出可能的诊断，也未给出明确建议（进一步检查、会诊或复查时间）。",
            )
            break


def _possibilities(item: str) -> tuple[str, ...]:
    """The alternatives of an item after 考虑, 倾向, 鉴别 …; () without any."""
    cut = _CUT.search(item)
    considered = item[: cut.start()] if cut else item
    cue = _CUE.search(considered)
    tail = _of_one_lesion(considered[cue.end() :]) if cue else _with_or(considered)
    weighs = cue is not None and cue.group() == "鉴别"
    if not tail or not (weighs or _ALTERNATIVES.search(tail)):
        return ()
    found: dict[str, None] = {}
    for part in _SPLIT.split(tail):
        if "未见" in part or "无" in part[:1] or _SPREAD.search(part) or _BESIDE.match(part):
            continue
        if _DISEASE.search(part):
            found.setdefault(part.strip(), None)
    return tuple(found)


def _of_one_lesion(tail: str) -> str:
    """The text after the cue, as far as it lists alternatives: after ；。 another topic may begin."""
    first, *others = _SEGMENT.split(tail)
    parts = [first]
    for other in others:
        if _BESIDE.match(other) or not _ALTERNATIVES.search(other):
            break
        parts.append(other)
    return "，".join(parts)


def _with_or(item: str) -> str:
    """The clause with 或; "" without one or when it is negated (无出血或梗死)."""
    for clause in _clauses(item):
        found = _OR.search(clause)
        if found:
            return "" if _DENIES.search(clause, 0, found.start()) else clause
    return ""


def _weighed(text: Text) -> Iterator[tuple[Span, tuple[str, ...]]]:
    for item in text.items:
        found = _possibilities(item.of(text.plain))
        if len(found) > 1:
            yield item, found


def unranked(report: CheckedReport) -> Iterable[Hit]:
    """6.5.4 b): several possibilities without a ranking."""
    text = report.texts["impression"]
    for item, found in _weighed(text):
        if not _RANKED.search(text.plain, item.start, item.end):
            names = "、".join(found[:6])
            yield Hit(
                "impression",
                item.start,
                item.end,
                f"并列给出{names}{len(found)}种可能，未说明可能性大小的顺序。",
            )


def more_than_three(report: CheckedReport) -> Iterable[Hit]:
    """6.5.4 c): more than three possibilities for one lesion."""
    text = report.texts["impression"]
    for item, found in _weighed(text):
        if len(found) > 3:
            names = "、".join(found[:6])
            yield Hit(
                "impression", item.start, item.end, f"同一病灶给出{names}共{len(found)}种可能，超过三个。"
            )


def hedged_typical(report: CheckedReport) -> Iterable[Hit]:
    """6.5.4 a): a typical sign is described, its disease is not stated."""
    findings, impression = report.texts["findings"], report.texts["impression"]
    for disease, given in _TYPICAL:
        sign = next((s for s in given if _shown(findings, s)), None)
        if sign is None:
            continue
        named = _DIAGNOSES[disease]
        if _names_without_hedge(impression, named):
            continue
        place = next(impression.unnegated(_GENERIC_LESIONS), None) or named.search(impression.plain)
        if place:
            yield Hit(
                "impression",
                place.start(),
                place.end(),
                f"描述有典型征象“{sign.replace('+', '、')}”，结论未明确给出{disease}的诊断，请核对。",
            )


def _shown(text: Text, sign: str) -> bool:
    """Is every part of a sign (快进快出+假包膜) described and not negated?"""
    return all(_is_affirmed(text, part) for part in sign.split("+"))


def _is_affirmed(text: Text, word: str) -> bool:
    at = text.plain.find(word)
    while at >= 0 and text.is_negated(at):
        at = text.plain.find(word, at + len(word))
    return at >= 0


def _names_without_hedge(text: Text, named: re.Pattern[str]) -> bool:
    """Does a clause name it without hedging? Each clause is tested once."""
    spans = [text.clause_at(match.start()) for match in named.finditer(text.plain)]
    clauses = {span.start: span for span in spans}
    return any(_HEDGED.search(span.of(text.plain)) is None for span in clauses.values())


def no_stage(report: CheckedReport) -> Iterable[Hit]:
    """6.5.5: a malignant tumour stated without its stage. 宜: a note."""
    text = report.texts["impression"]
    if facts.kind(report) == "DR" or _cannot_stage(report) or _STAGE.search(text.plain):
        return
    for match in islice(_malignant().finditer(text.plain), _MOST_ITEMS):
        if text.is_negated(match.start()):
            continue
        clause = text.clause_at(match.start()).of(text.plain)
        if _is_unsure(text, match.start()):
            continue
        yield Hit(
            "impression",
            match.start(),
            match.end(),
            f"结论为恶性肿瘤（“{clause.strip().lstrip('0123456789、.． ')[:40]}”），未给出影像学分期。",
        )
        return


def _is_unsure(text: Text, at: int) -> bool:
    """Is the tumour treated, hedged, questioned, or one of several possibilities, so not to be staged?"""
    clause = text.clause_at(at)
    if text.plain[clause.end : clause.end + 1] in ("?", "？"):
        return True
    if pattern("staging_excused").search(clause.of(text.plain).replace("可能性大", "")):
        return True
    item = next((item for item in text.items[:_MOST_ITEMS] if item.start <= at < item.end), clause)
    return len(_possibilities(text.plain[item.start : min(item.end, item.start + _LONGEST_ITEM)])) > 2


def _cannot_stage(report: CheckedReport) -> bool:
    """Is it mammography or a brain examination, whose grades (BI-RADS, WHO) are not stages?"""
    return any(word in facts.named(report) for word in terms("examinations_without_stage"))


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.5.4a/hedged-typical", hedged_typical, reads=("findings", "impression")),
    Rule("6.5.4b/unranked", unranked, reads=("impression",)),
    Rule("6.5.4c/more-than-three", more_than_three, reads=("impression",)),
    Rule("6.5.4d/no-recommendation", no_recommendation, reads=("impression",)),
    Rule("6.5.5/no-stage", no_stage, reads=("impression",)),
)
