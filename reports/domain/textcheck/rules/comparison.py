"""6.5.6 and 6.4.3.1: comparison with earlier examinations, its date, and each conclusion compared."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import islice
from typing import Final

from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit, Severity, absent
from reports.domain.textcheck.priors import DAY, comparisons, has_similar_prior, similar_priors
from reports.domain.textcheck.report import CheckedReport, Prior
from reports.domain.textcheck.text import Span, Text
from reports.domain.textcheck.vocabulary import any_of, pattern, terms

_FIELDS: Final = ("findings", "impression")
_PARTIAL: Final = re.compile(
    r"(?:19|20)\d{2}(?:年|[-./]\d{1,2}(?!\d))|\d{1,2}月\d{1,2}|(?<![\d.])\d{1,2}[-.]\d{1,2}(?=日|片)"
    r"|(?<=较前|[^较]较)(?:1[0-2]|0?[1-9])[-/](?:[12]\d|3[01]|0?[1-9])(?![\d.~～×xX*-]|\s?[cCmM厘毫%])"
    r"|昨日|昨天|前日|前天|今晨|(?<=[较与同比])去年|(?<=[较与同比])[0-9一二三四五六七八九十半两数]{1,3}余?(?:[天日周年]|个?半?月|星期)余?前"
)
_SAME_DAY: Final = ("同日", "当日", "今日", "当天")
_NEAR: Final = timedelta(days=2)  # the date of the report may be quoted instead of that of the examination
_OUTSIDE: Final = re.compile(r"外院|院外|他院|外地|当地医院|原单位")
_COMPARES: Final = re.compile(r"比较|对比(?!剂|度|增强)|相比|对照|比对|较|同前|参照|前片|旧片|前次|原片")
_OPERATION: Final = re.compile(r"[日号]?\s?(?:于|在|因|行|曾|手术|术|入院|治疗|化疗|放疗|外伤|发病|起病)")
_CHANGE_WORDS: Final = any_of(terms("change_words"))
_CHANGE: Final = re.compile(rf"{_CHANGE_WORDS}|原[^，。；\n]{{1,24}}?(?:未见|已)")
_RATHER: Final = r"(?:均|皆|略|稍|明显|有所|大致|基本|大体|无|未见|较前){0,3}"
_SEEN: Final = r"(?:所见|所示|病变|病灶|情况|病情|征象|表现|改变|况){0,2}"
# 余同前, 以上所见较2024-03-05CT变化不著: applies to all other items. 余肺结节同前 does not.
_OF_ALL: Final = re.compile(
    rf"(?:(?<![残剩多])余|其余|其[他它]|以上|上述){_SEEN}{_RATHER}(?:较[^，。；\n]{{2,24}}?)?(?:{_CHANGE_WORDS})"
)
# 与2024-03-05胸部CT比较，大致同前: a sentence without its own subject applies to the whole conclusion.
_OF_NOTHING: Final = re.compile(
    r"\s{0,4}(?:复查)?[，,]?(?:与|较|同|和|对[比照]|比较)?"
    r"[0-9A-Za-z年月日号（）()./\- 前次上本我外院老旧片平扫增强胸腹部头颅盆腔检查图像的]{0,40}"
    rf"(?:比较|对比|相比|对照)?[，,：:]?\s?(?:上述|以上|各)?{_SEEN}{_RATHER}(?:{_CHANGE_WORDS})[^，。；\n]{{0,6}}"
)
_DEVICE: Final = pattern("placed_devices")
_NO_DIAGNOSIS: Final = re.compile(
    r"\s{0,4}(?:余|其余|其他|所示|扫描|建议|请|随访|复查|必要时|附见|结合|以上|对照|对比|与|同)"
    r"|.{0,30}?(?:未见(?:明显|明确|确切|其他|其它)?(?:异常|占位|转移|复发|骨折|急性)|术后(?:改变)?$|切除术后|正常$)"
)
_LEAST_ITEM: Final = 3
_MOST: Final = 3  # more of them are reported as one finding with their number; so are all of them
_NAMED: Final = 6  # of those
_MOST_DAYS: Final = 50  # dates per text


def no_comparison_in_findings(report: CheckedReport) -> Iterable[Hit]:
    """6.4.3.1, read as comparison with earlier images in the description (D-17)."""
    text = report.texts["findings"]
    if not has_similar_prior(report) or text.is_blank or comparisons(report, "findings"):
        return ()
    # Many departments compare in the conclusion only: left to a person (D-17).
    severity: Severity | None = "note" if comparisons(report, "impression") else None
    message = f"{_prior_words(report)}，影像描述中没有与之比较的内容，请确认是否做了比对。"
    return absent("findings", message, severity)


def no_comparison(report: CheckedReport) -> Iterable[Hit]:
    """A prior exists, and neither findings nor conclusion mention it."""
    if not has_similar_prior(report):
        return ()
    given = [field for field in _FIELDS if (text := report.texts.get(field)) and not text.is_blank]
    if not given or any(comparisons(report, field) for field in given):
        return ()
    message = f"{_prior_words(report)}，报告中没有与以前检查比较的内容，应逐一比较并注明时间。"
    return absent(given[-1], message)


def _prior_words(report: CheckedReport) -> str:
    priors = similar_priors(report)
    if not priors:
        return "该受检者以前有相同或类似检查"
    last = max(priors, key=lambda prior: prior.examined_on)
    return f"该受检者{last.examined_on.isoformat()}做过{last.examination_name or '相同或类似检查'}"


def no_comparison_date(report: CheckedReport) -> Iterable[Hit]:
    """A comparison without the full date of the earlier examination."""
    made = [(field, found[0]) for field in _FIELDS if (found := comparisons(report, field))]
    if not made:
        return
    texts = [text.plain for field in _FIELDS if (text := report.texts.get(field))]
    if any(DAY.search(plain) or any(word in plain for word in _SAME_DAY) for plain in texts):
        return
    technique = report.texts["technique"].plain  # 对比资料：2024-03-05胸部CT
    if _COMPARES.search(technique) and DAY.search(technique):
        return
    field, one = made[0]
    message = f"写了“{one.text}”，但没有注明所对比检查的具体时间（年、月、日）。"
    partial = _PARTIAL.search("\n".join(texts))
    if partial:
        message = f"写了“{one.text}”，所对比检查的时间只写到“{partial.group()}”，应注明年、月、日。"
    yield Hit(field, one.start, one.end, message, "suspect" if partial else None)


def date_unknown(report: CheckedReport) -> Iterable[Hit]:
    """A quoted date of comparison on which no examination of the patient is stored."""
    priors = similar_priors(report)
    if not priors or any(_OUTSIDE.search(report.texts[field].plain) for field in _FIELDS):
        return
    quoted = [(field, *found) for field in _FIELDS for found in _quoted_days(report.texts[field])]
    own = report.examined_at.at.date() if report.examined_at and report.examined_at.at else None
    if not quoted or any(_is_known(day, report.priors or (), own) for _field, _start, _end, day in quoted):
        return
    field, start, end, day = quoted[0]
    dates = "、".join(sorted({prior.examined_on.isoformat() for prior in priors})[-3:])
    message = f"用作对比的{day.isoformat()}没有该受检者的检查记录（已知的类似检查：{dates}），请核对。"
    yield Hit(field, start, end, message)


def _quoted_days(text: Text) -> Iterable[tuple[int, int, date]]:
    """Valid dates in sentences with a comparison, without dates of operations and admissions."""
    asked: dict[int, bool] = {}
    for match in islice(DAY.finditer(text.plain), _MOST_DAYS):
        sentence = text.sentence_at(match.start())
        if sentence.start not in asked:
            asked[sentence.start] = _COMPARES.search(text.plain, sentence.start, sentence.end) is not None
        day = _day(match)
        if asked[sentence.start] and day and not _OPERATION.match(text.plain, match.end()):
            yield match.start(), match.end(), day


def _day(match: re.Match[str]) -> date | None:
    year, month, day = match.group("year", "month", "day")
    if match.group("y8"):
        year, month, day = match.group("y8", "m8", "d8")
    elif match.group("y2"):
        year, month, day = f"20{match.group('y2')}", *match.group("m2", "d2")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _is_known(day: date, priors: tuple[Prior, ...], own: date | None) -> bool:
    return day == own or any(abs(prior.examined_on - day) <= _NEAR for prior in priors)


def item_not_compared(report: CheckedReport) -> Iterable[Hit]:
    """Diagnoses without a statement on the change: each should be compared."""
    if not similar_priors(report) or not any(comparisons(report, field) for field in _FIELDS):
        return
    text = report.texts["impression"]
    items = [span for span in text.items if span.end - span.start >= _LEAST_ITEM]
    if _compares_all(text, items):
        return
    made = [one.start for one in comparisons(report, "impression")]  # 较2024-03-05CT略大
    compared = [
        _CHANGE.search(text.plain, span.start, span.end) is not None
        or any(span.start <= at < span.end for at in made)
        for span in items
    ]
    left = [
        span
        for span, is_compared in zip(items, compared, strict=True)
        if not is_compared and _is_diagnosis(text.plain[span.start : span.end])
    ]
    if not left:
        return
    is_one = len(left) > _MOST or not any(compared)
    together = [left] if is_one else [[span] for span in left]
    for spans in together:
        seen = "”“".join(text.raw[span.start : span.end][:20] for span in spans[:_NAMED])
        more = f"等{len(spans)}条" if len(spans) > 1 else ""
        message = f"结论“{seen}”{more}没有写与以前检查相比的变化，每一诊断都应进行比较。"
        yield Hit("impression", spans[0].start, spans[0].end, message)


def _compares_all(text: Text, items: list[Span]) -> bool:
    """Does one sentence compare the whole conclusion with a prior?"""
    if _OF_ALL.search(text.plain):
        return True
    return any(_OF_NOTHING.fullmatch(text.plain, span.start, span.end) for span in items)


def _is_diagnosis(item: str) -> bool:
    """Is it a diagnosis, not a heading (肺癌治疗后：), advice, a normal organ or the position of a tube?"""
    if item.rstrip().endswith(("：", ":")) or _NO_DIAGNOSIS.match(item):
        return False
    return not all(map(_DEVICE.search, item.replace("、", "，").split("，")))


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.4.3.1/no-comparison-in-findings", no_comparison_in_findings),
    Rule("6.5.6/no-comparison", no_comparison, reads=()),
    Rule("6.5.6/no-comparison-date", no_comparison_date, reads=()),
    Rule("6.5.6/date-unknown", date_unknown, reads=("priors",)),
    Rule("6.5.6/item-not-compared", item_not_compared, reads=("impression", "priors")),
)
