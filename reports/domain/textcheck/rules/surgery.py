"""Organs removed by surgery (6.4.1.1 d): described nevertheless, or missing without an explanation."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from reports.domain.textcheck.anatomy import clauses_naming
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.neighbours import BOTH, is_paired
from reports.domain.textcheck.places import Place, places_in
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.statements import statements
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, group, pattern, terms

# A removal in a history: organ, optionally disease and method, and 切除. 子宫肌瘤切除, 膀胱肿瘤切除 and
# similar remove the lesion only: no disease is allowed between those organs and 切除.
_BENIGN: Final = r"(?:结石|息肉|炎|癌|多发结石|结石伴胆囊炎)?"
_HOW: Final = r"(?:行|全|根治性|根治|腹腔镜下?|开腹|经腹|单纯|完全|[+＋、及伴]?双侧?附件|，)"
_CUT: Final = r"(?:全切(?!片)|切除|摘除|全摘|缺如)"
_OPERATIONS: tuple[tuple[str, str], ...] = (
    ("胆囊", rf"胆囊{_BENIGN}{_HOW}{{0,2}}{_CUT}|(?<![A-Za-z])LC术后"),
    ("子宫", rf"(?:全子宫|子宫全|子宫|子宫内膜癌|宫颈癌){_HOW}{{0,2}}{_CUT}|(?:宫颈癌|子宫内膜癌)根治术"),
    ("脾", rf"脾脏?(?:破裂|外伤|大)?{_HOW}{{0,2}}{_CUT}"),
    ("阑尾", rf"阑尾(?:炎|脓肿)?{_HOW}{{0,2}}{_CUT}"),
    ("前列腺", r"前列腺癌?(?:全|根治性?){1,2}(?:切除|术)"),
    ("膀胱", r"膀胱癌?(?:全|根治性?){1,2}(?:切除|术)|全膀胱切除|膀胱全切"),
    ("左肾", rf"左侧?肾脏?(?:癌|恶性肿瘤|萎缩|结核)?{_HOW}{{0,2}}{_CUT}|左侧?肾癌根治术"),
    ("右肾", rf"右侧?肾脏?(?:癌|恶性肿瘤|萎缩|结核)?{_HOW}{{0,2}}{_CUT}|右侧?肾癌根治术"),
    ("甲状腺", r"甲状腺癌?(?:双侧?叶?|双叶)?(?:全|根治性?全)(?:切除|切术|切)|甲状腺切除|双侧?甲状腺切除"),
    ("扁桃体", rf"扁桃体{_HOW}{{0,2}}{_CUT}"),
    ("胸腺", rf"胸腺{_HOW}{{0,2}}{_CUT}"),
    ("卵巢", rf"双侧?(?:附件|卵巢){_HOW}{{0,2}}{_CUT}|全子宫[+＋、及和]?双侧?附件{_CUT}"),
    ("左乳", r"左侧?乳(?:腺|房)?癌?(?:改良)?(?:根治|全切|单纯切除|切除)"),
    ("右乳", r"右侧?乳(?:腺|房)?癌?(?:改良)?(?:根治|全切|单纯切除|切除)"),
    ("胃", r"全胃切除|胃全切"),
)
_REMOVED: Final = re.compile("|".join(f"(?P<o{n}>{body})" for n, (_, body) in enumerate(_OPERATIONS)))
_REMOVAL: Final = re.compile(r"(?P<between>[^，,；;。\n]{0,10}?)(?:全切(?!片)|切除|摘除|全摘|切术)")
_LESION_ONLY: Final = pattern("lesion_removed_words", "partial_surgery_words")
_LONGEST_HISTORY: Final = 300
_BEDS: Final = ("窝", "区", "床", "门", "管")
_OF_TABLE: Final = frozenset(group("removable_organs")) - {"甲状腺", "扁桃体"}
_NOT_YET: Final = re.compile(r"术?(?:前|指征|可能|待)")
_SEPARATOR: Final = re.compile(r"[，,；;。\n]")
_REACH: Final = 8
_LIST: Final = r"[肝胆胰脾肾囊脏腺双侧膀胱、，及和与]{0,12}"
_NOT_THE_ORGAN: Final = r"(?!膀胱陷|上腺|[直窝床管区颈结息底门静动周旁曲泡肠石筋])"


def removed_organs(report: CheckedReport) -> dict[str, str]:
    """Organ → the text on its removal, from histories, diagnoses and earlier conclusions."""
    found: dict[str, str] = {}
    for source in _histories(report):
        if "切" not in source and "摘" not in source and "根治" not in source and "LC" not in source:
            continue
        for match in _REMOVED.finditer(source):
            if _is_other(source, match):
                continue
            organ = _OPERATIONS[int(str(match.lastgroup)[1:])][0]
            found.setdefault(organ, match.group())
    return found


def _removed_places(report: CheckedReport) -> Iterator[tuple[Place, str]]:
    """Places of the tree that a history calls removed whole, with its words: 右肺上叶, 左侧睾丸."""
    for source in _histories(report):
        if "切" not in source and "摘" not in source:
            continue
        text = Text(source[:_LONGEST_HISTORY])
        for number in range(len(text.parts)):
            for place in (place for named in places_in(text, number) for place in named):
                match = None if place.name in _OF_TABLE else _REMOVAL.match(text.plain, place.end)
                if match and _is_whole(place, match["between"]) and not _is_other(text.plain, match):
                    yield place, text.plain[place.start : match.end()]


def _is_whole(place: Place, between: str) -> bool:
    """Is all of the place removed, and is it known which one?"""
    if between.startswith("镜") or _LESION_ONLY.search(between) or (is_paired(place) and not place.side):
        return False
    if place.name == "肺":
        return bool(place.levels) and "癌" not in between
    return place.name != "胃" or "全" in between


def _removed_place_described(report: CheckedReport) -> Iterator[Hit]:
    """The first statement of a place that the history calls removed."""
    text = report.texts["findings"]
    for place, history in _removed_places(report):
        about = [one for one in statements(report, "findings") if _is_of(place, one.place)]
        if any(pattern("gone_words").search(text.clause(one.clause).of(text.plain)) for one in about):
            continue
        if _is_called_gone(text, place) or not about:
            continue
        one = about[0]
        start, end = min(one.place.start, one.start), one.end
        said = text.plain[start:end][:40]
        message = f"手术史为“{history}”，描述中却有“{said}”，与已切除的事实不符，请核对图像。"
        yield Hit("findings", start, end, message)
        return


def _is_of(removed: Place, described: Place) -> bool:
    """Does a description include what was removed? 双侧睾丸 includes the left one."""
    if not described.name or removed.name != described.name or removed.part != described.part:
        return removed.name == "附件" == described.name and described.side in (removed.side, BOTH)
    if removed.levels and not removed.levels & described.levels:
        return False
    return not removed.side or described.side in (removed.side, BOTH)


def _is_called_gone(text: Text, place: Place) -> bool:
    """Does a clause about the structure say that it is gone or operated upon?"""
    return any(
        pattern("gone_words").search(text.parts[number].plain) for number in clauses_naming(text, place.name)
    )


def _is_other(source: str, match: re.Match[str]) -> bool:
    """Does part of the organ remain, or is the operation planned or of another person?"""
    before = _SEPARATOR.split(source[max(0, match.start() - _REACH) : match.start()])[-1]
    after = _SEPARATOR.split(source[match.end() : match.end() + _REACH], maxsplit=1)[0]
    around = before + match.group() + after
    return bool(
        pattern("partial_surgery_words").search(around)
        or pattern("not_operated_words").search(before)
        or _NOT_YET.match(source, match.end())
    )


def _histories(report: CheckedReport) -> Iterator[str]:
    yield from filter(None, (report.surgical_history, report.clinical_diagnosis))
    if report.request:
        yield from filter(None, (report.request.surgical_history, report.request.clinical_diagnosis))
    for prior in report.priors or ():
        if prior.impression:
            yield prior.impression


@cache
def _described(organ: str) -> re.Pattern[str]:
    """Pattern: the organ, optionally a list of organs, and a term of size or form near it."""
    names = any_of(group("removable_organs")[organ])
    if organ == "胆囊":  # 肝、胆、脾、胰大小正常
        names = rf"(?:{names}|(?<=[肝、])胆(?=[、脾胰及和]))"
    described = any_of(terms("described_words"))
    named = rf"(?<![副残代])(?P<name>{names}){_NOT_THE_ORGAN}"
    alone = rf"{named}(?:(?:[^，。；\n]{{0,8}}?|{_LIST}){described}|(?:腔内|内)?见)"
    return re.compile(alone)


@cache
def _gone(organ: str) -> re.Pattern[str]:
    names = any_of(group("removable_organs")[organ])
    gone = any_of(terms("gone_words"))
    return re.compile(rf"{names}[^。\n]{{0,12}}?{gone}|{gone}[^。；\n]{{0,4}}?{names}")


def removed_organ_described(report: CheckedReport) -> Iterator[Hit]:
    """6.4.1.1 d: the organ was removed according to the history, but the findings describe it."""
    removed = removed_organs(report)
    text = report.texts["findings"]
    hits = list(_removed_organ_described(text, removed)) or list(_removed_place_described(report))
    yield from hits or _removed_organ_stated(report, removed)


def _removed_organ_stated(report: CheckedReport, removed: dict[str, str]) -> Iterator[Hit]:
    """前列腺外周带见结节: a statement of a removed organ itself, not of its bed (胆囊窝)."""
    text = report.texts["findings"]
    for organ, history in removed.items():
        if _gone(organ).search(text.plain):
            continue
        for one in statements(report, "findings"):
            named = text.plain[one.place.start : one.place.end]
            if one.place.name == organ and one.polarity == "present" and not named.endswith(_BEDS):
                start, end = min(one.place.start, one.start), one.end
                said = text.plain[start:end][:40]
                message = f"手术史为“{history}”，描述中却有“{said}”，与已切除的事实不符，请核对图像。"
                yield Hit("findings", start, end, message)
                return


def _removed_organ_described(text: Text, removed: dict[str, str]) -> Iterator[Hit]:
    """The first description of each removed organ."""
    for organ, history in removed.items():
        if _gone(organ).search(text.plain):
            continue
        for match in _described(organ).finditer(text.plain):
            if text.is_negated(match.start()):
                continue
            yield Hit(
                "findings",
                match.start(),
                match.end(),
                f"手术史为“{history}”，描述中却有“{match.group()}”，与已切除的事实不符，请核对图像。",
            )
            break


_ABSENT: Final = re.compile(
    r"(?P<organ>胆囊|子宫|脾脏|脾|左侧肾脏|右侧肾脏|左侧肾|右侧肾|左肾|右肾|前列腺|甲状腺|胰腺)(?:影|区)?"
    r"(?:未见(?:明确|确切|明显)?(?:显示|显影)|未(?:明确|确切)?显示|未显影|缺如|阙如|不显示)"
)
_NOTHING: Final = re.compile(r"(?:无|否认|没有|不详|无手术史|否认手术史|-|—|/)?")


def absent_without_history(report: CheckedReport) -> Iterator[Hit]:
    """6.4.1.1 d: an organ is not visible, without an explanation in the report."""
    text = report.texts["findings"]
    absent = list(_ABSENT.finditer(text.plain))
    if not absent or not _history_is_known(report):
        return
    histories = [value for value in _histories(report) if not _NOTHING.fullmatch(value.strip())]
    impression = report.texts["impression"].plain
    named = {match["organ"] for match in absent}
    explained = {name for name in named if _is_explained(name, impression, histories)}
    excused: dict[int, bool] = {}  # by start of sentence
    for match in absent:
        sentence = text.sentence_at(match.start())
        if sentence.start not in excused:
            reason = pattern("absence_reasons").search(text.plain, sentence.start, sentence.end)
            excused[sentence.start] = reason is not None
        if match["organ"] in explained or excused[sentence.start]:
            continue
        yield Hit(
            "findings",
            match.start(),
            match.end(),
            f"描述“{match.group()}”，但申请信息、描述和结论均未说明手术史或其他原因。",
        )
        return


def _history_is_known(report: CheckedReport) -> bool:
    request = report.request
    asked = request is not None and (request.surgical_history, request.clinical_diagnosis) != (None, None)
    return asked or report.surgical_history is not None or report.clinical_diagnosis is not None


def _is_explained(named: str, impression: str, histories: Iterable[str]) -> bool:
    """Does the conclusion mention the organ, or a history its removal?"""
    organ = _organ_of(named)
    if named in impression or organ[-1] in impression:
        return True
    return any(_explains(history, organ) for history in histories)


def _organ_of(named: str) -> str:
    return named.replace("侧", "").removesuffix("脏") if "肾" in named else named.removesuffix("脏")


_OPERATED: Final = pattern("operation_words")


def _explains(history: str, organ: str) -> bool:
    """Does a history tell of an operation there, or that the organ is gone? A symptom does not."""
    return _OPERATED.search(history) is not None and any(
        word in history for word in group("absence_histories").get(organ, (organ,))
    )


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.4.1.1d/removed-organ-described", removed_organ_described, reads=("findings",)),
    Rule("6.4.1.1d/absent-without-history", absent_without_history, reads=("findings", "impression")),
)
