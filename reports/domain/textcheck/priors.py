"""Comparison with earlier examinations: expressions of comparison, and similar priors."""

import re
from typing import Final

from reports.domain.textcheck.report import CheckedReport, Prior, once_per_report
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, group, terms

_FRONT: Final = any_of(terms("front_words"))
DAY: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s{0,2}[-./、–—年]\s{0,2}(?P<month>\d{1,2})\s{0,2}[-./、–—月]\s{0,2}(?P<day>\d{1,2})(?!\d)"
    r"|(?<!\d)(?P<y8>(?:19|20)\d{2})(?P<m8>[01]\d)(?P<d8>[0-3]\d)(?!\d)"
    r"|(?<![\d.])(?P<y2>\d{2})(?:[-./]|年)(?P<m2>\d{1,2})(?:[-./]|月)(?P<d2>\d{1,2})(?![\d.×xX*]|\s?[cm])"
)
# 与脑灰质相比 and 与左肾比较 compare tissues and sides: a prior needs a date or a term for an examination.
_EXAM: Final = r"(?:(?<![斑条碎髌])片(?![状样絮])|检查|CT(?!值)|MRI?(?![A-Za-z])|DR|胸透|图像)"
_OLD: Final = (
    r"(?:前片|旧片|老片|原片|前次|上次|上一次|既往|以往|先前|首次|基线|入院[时前]|外院|院外|他院|本院|我院)"
)
_COMPARED: Final = r"(?:比较|对比(?!剂|度|增强)|相比|对照|比对)"
_SIMILAR: Final = r"(?:相仿|相似|无变化|变化不)"
# Every alternative begins with a literal character, so that the search can skip others.
_WHEN: Final = rf"(?:{_OLD}|(?:19|20)\d{{2}}|\d{{1,2}}月\d)"
_GENERAL: Final = rf"[^。；;，\n与]{{0,24}}?{_WHEN}[^。；;，\n与]{{0,30}}?(?:{_COMPARED}|{_SIMILAR})"
_SAME_KIND: Final = rf"[^。；;，\n与]{{0,20}}?{_EXAM}[^。；;，\n与]{{0,8}}?{_COMPARED}"
_AFTERWARDS: Final = rf"(?!剂|度|增强)[^。；;，\n]{{0,12}}?{_WHEN}"
_COMPARE: Final = re.compile(
    rf"较(?:前(?!{_FRONT}|上(?!移|升|抬)|下(?!降|移)|移(?!位)|所述)"
    r"|旧|老片|原片|上次|上一次|首次|基线|既往|以往|之前|先前|此前|本院|我院|外院|术前|治疗前|化疗前|放疗前|入院时"
    r"|昨[日天]|今晨|去年|[0-9一二三四五六七八九十半两数]{1,3}余?(?:[天日周年]|个?半?月|星期)余?前"
    r"|(?:19|20)\d{2})"
    rf"|同(?:{_GENERAL}|{_SAME_KIND}|(?<![异不]同)前(?!{_FRONT}|上|下|所述))"
    rf"|与(?:{_GENERAL}|{_SAME_KIND}|前(?:片(?![状样絮])|次|日|者?相仿|相似|大致|基本|比较|对比|相比))"
    rf"|和{_GENERAL}"
    r"|前(?:(?<![胸腹髌心胰骶]前)片(?![状样絮影])|(?<![术饭餐]前)次(?!日|级|活检|穿刺|手术|术|骨折|外伤|介入|化疗|放疗|治疗|妊娠|住院|发[病作]))"
    r"|旧片(?<!陈旧片)|老片|原片(?![状样絮])|上次(?:检查|CT|MR|DR|片|胸片|摄片)"
    rf"|对(?:[比照]{_AFTERWARDS}|[比照](?!剂|度|增强)[^。；;，\n]{{0,12}}?{_EXAM})"
    rf"|比较{_AFTERWARDS}|参照{_AFTERWARDS}"
)
# 平扫与增强CT对比, T1WI与T2WI对比 compare images of the same examination.
_SAME_EXAM: Final = re.compile(
    r"平扫|增强|动脉期|静脉期|T[12]|DWI|ADC|FLAIR|[正侧斜卧立轴]位|定位|矢状|冠状|横断|CTA|窗|重建|同层|对侧|健侧|两侧|双侧"
)
# 参照2020版指南, 与2024年手术记录对照: not an imaging examination.
_NO_IMAGES: Final = re.compile(
    r"病理|手术(?!前)|记录|病史|胃镜|肠镜|内镜|超声|彩超|指南|标准|共识|分类|[年版]版"
)
_GUIDE: Final = re.compile(r"年?版?[^，。；\n]{0,24}?(?:指南|标准|共识|分类|分期|版)")
# 延迟期强化较前减低, 俯卧位扫描较前消失: compared with the previous phase or position.
_PHASE: Final = re.compile(
    r"(?:[脉质泄衡迟泌胆]期|晚期|延迟|[俯仰侧]卧|立位)[^，。；\n]{0,16}较前[^，。；\n]{0,6}?"
    r"(?:减低|减退|减弱|减淡|降低|下降|升高|增高|填充|充填|明显|显著|强化|增强|廓清|退出|消退|均匀|消失|扩大|移动)"
)
_MANNER: Final = re.compile(
    r"(?:方式|特点|特征|表现|信号|密度|强化|性质|形态|程度|征象)(?:均|大致|基本|也|亦|改变|特点|特征|表现|情况){0,2}$"
)
_WISH: Final = re.compile(r"建议|请|必要时|如有|若有|可与|需与|应与|最好|方便")
_ADVICE: Final = re.compile(r"建议|必要时|请(?:结合|与|定期|复查)")
_WITHOUT: Final = re.compile(r"(?:无|未|缺|没有|不能|无法)[^，。；\n]{0,6}$")
_NOUNS: Final = ("前片", "旧片", "老片", "原片", "前次", "上次", "与", "同", "对", "和", "比", "参")
_REGIONS: Final = {word: name for name, listed in group("comparable_regions").items() for word in listed}
_REGION: Final = re.compile(any_of(_REGIONS))
# Private-use characters, which no name contains.
_SIGN_OF: Final = {name: chr(0xE000 + i) for i, name in enumerate(dict.fromkeys(_REGIONS.values()))}
_AT_MOST: Final = 100  # expressions per text


class Comparison:
    """One expression of a comparison with an earlier examination."""

    __slots__ = ("end", "start", "text")

    def __init__(self, start: int, end: int, text: str) -> None:
        self.start = start
        self.end = end
        self.text = text


def comparisons(report: CheckedReport, field: str) -> tuple[Comparison, ...]:
    """The comparisons with earlier examinations in the field, in order; cached per report."""
    cache: dict[str, tuple[Comparison, ...]] = report.facts.setdefault(comparisons, {})
    if field not in cache:
        cache[field] = tuple(_read(report.texts[field]))
    return cache[field]


def _read(text: Text) -> list[Comparison]:
    plain = text.plain
    found: list[Comparison] = []
    for match in _COMPARE.finditer(plain):
        if _is_made(text, match):
            found.append(Comparison(match.start(), match.end(), match.group()))
            if len(found) >= _AT_MOST:
                break
    return found


def _is_made(text: Text, match: re.Match[str]) -> bool:
    """Is it a comparison, not a recommendation, a missing prior, or two series of one examination?"""
    plain, at, phrase = text.plain, match.start(), match.group()
    clause = text.clause_at(at)
    if phrase.startswith("较前"):
        phase = _PHASE.search(plain, clause.start, clause.end)
        if phase and phase.start() < at < phase.end():
            return False
    elif phrase == "同前" and _MANNER.search(plain, clause.start, at):
        return False  # 强化方式同前: like the lesion before, in this text
    elif _NO_IMAGES.search(phrase) or (phrase.startswith("参照") and _GUIDE.match(plain, match.end())):
        return False
    if text.has_before(_WISH, clause, at):
        return False
    if phrase.startswith(_NOUNS) and not phrase.startswith("同前"):
        if text.has_before(_ADVICE, text.sentence_at(at), at):
            return False
        if _WITHOUT.search(plain[max(clause.start, at - 10) : at]):
            return False
        if _SAME_EXAM.search(phrase) and not re.search(rf"{_OLD}|\d{{4}}|\d月", phrase):
            return False
    return True


@once_per_report
def similar_priors(report: CheckedReport) -> tuple[Prior, ...]:
    """Earlier examinations of the same kind and region (6.5.6), except those of the same day."""
    return tuple(prior for prior in report.priors or () if _is_similar(report, prior))


def _is_similar(report: CheckedReport, prior: Prior) -> bool:
    moment = report.examined_at.at if report.examined_at else None
    if moment and prior.examined_on >= moment.date():
        return False
    if report.modality and prior.modality and report.modality != prior.modality:
        return False
    here = f"{report.examination_name or ''} {report.body_part or ''}"
    there = f"{prior.examination_name} {prior.body_part}"
    return bool(regions_of(here) & regions_of(there)) and not on_other_sides(here, there)


def regions_of(text: str) -> set[str]:
    """The body regions in the name of an examination or part."""
    return {_REGIONS[word] for word in _REGION.findall(text)}


def by_region(text: str) -> str:
    """The name with one character for each region, so that synonyms (头颅, 颅脑) are equal."""
    return _REGION.sub(lambda found: _SIGN_OF[_REGIONS[found.group()]], text)


def on_other_sides(one: str, other: str) -> bool:
    """Does one mention only the left side, the other only the right?"""
    return ("左" in one and "右" in other and "右" not in one and "左" not in other) or (
        "右" in one and "左" in other and "左" not in one and "右" not in other
    )


def has_similar_prior(report: CheckedReport) -> bool:
    """Does a similar prior exist, as given with the report or stored?"""
    if report.has_prior is not None:
        return report.has_prior
    return bool(similar_priors(report))
