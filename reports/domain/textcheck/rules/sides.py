"""Left and right in conclusion and findings (6.5.3). The rule on the request (6.3.1) is listed here too."""

import re
from collections.abc import Iterator
from typing import Final

from reports.domain.textcheck.anatomy import OPPOSITE, Mention, clauses_naming, mentions_of, mentions_within
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.rules.request_sides import laterality_vs_request
from reports.domain.textcheck.sidedness import Place, place_of, segment, state
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import has_any, pattern, tree

# A side without a structure: 左侧为著, 右侧者较大, 左叶见.
_BARE: Final = re.compile(
    r"(?P<side>左|右)(?:侧|边|叶)?(?=者|亦|也|为|较|见|可见|约|明显|更|稍|略|显著|[，,：:])"
)

# 右肺上叶[尖段]见…: the beginning of most findings.
_SEEN_NEXT: Final = re.compile(r"[^，。；\n未无左右]{0,10}见")
# A statement on the whole liver (体积缩小, 肝裂增宽) supports no lobe; a lesion in it may.
_SEEN: Final = re.compile(r"(?<!未)见|多发|散在|弥漫|[S段]")
_LESION_SIGNS: Final = pattern("lesion_signs")
_GONE: Final = re.compile(r"缺如|阙如|未显示|未见显示|不发育|未发育")
_NOT_SHOWN: Final = re.compile(r"缺如|阙如|未显示|未见[^，。；\n]{0,6}(?:显示|显影)|未见(?:$|[，。；])")
_NEAR: Final = 12  # characters between a side and its structure
_PLACES_END: Final = "，。；\n"
# More than any report has: a bound on the cost.
_MOST_PLACES: Final = 40
_MOST_RELATED: Final = 300
_DISC: Final = re.compile(
    r"(?P<upper>[CTLctl]\d{1,2}) {0,2}[/\-～~—] {0,2}[CTLSctls]?(?P<lower>\d{1,2})[^，。；、\n\d]{0,6}?间盘"
    r"[^，。；\n左右]{0,8}(?P<side>左|右)(?:后|侧|旁|前|外)(?![^，。；\n]{0,2}右)"
)
# 对侧亦见…, 另一侧可见…; "信号较对侧低" only compares.
_ELSEWHERE: Final = re.compile(
    r"(?<![较与比同])(?:对侧|另一侧|另侧|健侧|余侧)[^，。；\n]{0,8}?(?:亦|也|(?<!未)见)"
)


def laterality_conflict(report: CheckedReport) -> Iterator[Hit]:
    """6.5.3: the findings describe nothing abnormal on the side that the conclusion gives, but on the
    other side."""
    impression, findings = report.texts["impression"], report.texts["findings"]
    if "左" not in impression.plain and "右" not in impression.plain:
        return
    reported: set[tuple[str, str]] = set()
    asked: set[tuple[str, str, frozenset[str]]] = set()
    for mention in _sided_mentions(impression):
        key = (mention.structure, mention.side)
        if len(asked) >= _MOST_PLACES:
            break
        if mention.side not in OPPOSITE or mention.inherited or key in reported:
            continue
        place = place_of(impression, mention)
        if (*key, place.parts) in asked or not _may_differ(impression, findings, place):
            continue
        if state(impression, mention) != "abnormal":
            continue
        if _is_stated_missing(impression, findings, mention):
            continue
        asked.add((*key, place.parts))
        opposite = _opposite_only(findings, place)
        if opposite is None:
            continue
        reported.add(key)
        there = findings.plain[opposite.mention.start : opposite.end]
        here = impression.plain[mention.start : place.end]
        message = f"结论写“{here}”，而描述中的异常只见于“{there}”，左右不一致，请对照图像核对。"
        yield Hit("impression", mention.start, place.end, message)
    yield from _disc_conflicts(impression, findings)


def _sided_mentions(impression: Text) -> Iterator[Mention]:
    """The mentions in clauses with a side character, in order; others have no side."""
    plain, start = impression.plain, 0
    for number, end in enumerate(impression.clause_ends):
        if plain.find("左", start, end) >= 0 or plain.find("右", start, end) >= 0:
            yield from mentions_of(impression, number)
        start = end


def _disc_conflicts(impression: Text, findings: Text) -> Iterator[Hit]:
    """A disc protrudes to one side, but in the findings only to the other: L4/5椎间盘向左后突出."""
    if "间盘" not in impression.plain:
        return
    described: dict[str, set[str]] = {}
    for match in _DISC.finditer(findings.plain):
        described.setdefault(_level(match), set()).add(match["side"])
    for match in _DISC.finditer(impression.plain):
        if described.get(_level(match)) == {OPPOSITE[match["side"]]}:
            message = f"结论写“{match.group()}”，描述中该椎间盘却偏向{OPPOSITE[match['side']]}侧，请核对。"
            yield Hit("impression", match.start(), match.end(), message)


def _level(match: re.Match[str]) -> str:
    """The normalised level: L4/5 and L4-L5 are equal."""
    return f"{match['upper'].upper()}/{match['lower']}"


def _may_differ(impression: Text, findings: Text, place: Place) -> bool:
    """May the findings contradict the side: is the other side mentioned, and nothing observed at this place?

    Cached by text, because a text may repeat itself.
    """
    mention, plain = place.mention, impression.plain
    words = (
        mention.side,
        plain[mention.start : mention.word_start],
        plain[mention.word_start : mention.end],
        plain[mention.end : place.end],
    )
    cached: dict[tuple[str, ...], bool] = findings.shared.setdefault("may differ", {})
    if words not in cached:
        cached[words] = not _has_no_opposite(impression, findings, mention) and not _is_seen_there(
            impression, findings, place
        )
    return cached[words]


def _has_no_opposite(impression: Text, findings: Text, mention: Mention) -> bool:
    """Do the findings mention the structure with this side only?"""
    if impression.plain[mention.start : mention.end] not in findings.plain:
        return False
    if OPPOSITE[mention.side] not in findings.plain:
        return True
    bare = impression.plain[mention.word_start : mention.end].lstrip("左右双两")
    return not _is_near(OPPOSITE[mention.side], bare, findings.plain)


def _is_seen_there(impression: Text, findings: Text, place: Place) -> bool:
    """Do the findings observe something at the place in the same words?"""
    words = impression.plain[place.mention.start : place.end]
    at = findings.plain.find(words)
    return at >= 0 and _SEEN_NEXT.match(findings.plain, at + len(words)) is not None


def _is_stated_missing(impression: Text, findings: Text, mention: Mention) -> bool:
    """左侧附件缺如, where the findings state that this side is not shown."""
    if not _GONE.search(impression.plain, *segment(impression, mention)):
        return False
    sides: dict[str, set[str]] = findings.shared.setdefault("not shown", {})
    if mention.structure not in sides:
        sides[mention.structure] = _sides_not_shown(findings, mention.structure)
    return mention.side in sides[mention.structure]


def _sides_not_shown(findings: Text, structure: str) -> set[str]:
    """The sides of the structure in clauses that state that something is not shown."""
    found: set[str] = set()
    for number in clauses_naming(findings, structure):
        if _NOT_SHOWN.search(findings.parts[number].plain):
            named = mentions_of(findings, number)
            found.update(other.side for other in named if other.structure == structure)
    return found


def _is_near(side: str, bare: str, plain: str) -> bool:
    """Does the term follow the side within 12 characters, without ，。； between?"""
    if not bare:
        return side in plain
    at = plain.find(bare)
    while at >= 0:
        near = plain.rfind(side, max(0, at - 1 - _NEAR), at)
        if near >= 0 and not has_any(plain[near + 1 : at], _PLACES_END):
            return True
        at = plain.find(bare, at + 1)
    return False


def _opposite_only(findings: Text, place: Place) -> Place | None:
    """The mention of the structure on the other side, if nothing supports this side."""
    mention = place.mention
    kin = tree()[mention.structure].near
    # 肝S8 implies a side.
    wanted = (mention.side, "双", "两", *("S段" if mention.structure == "肝" else ""))
    named_at_all = any(char in findings.plain for char in wanted)
    opposite: Place | None = None
    related = 0
    for other, side in _with_carried_sides(findings, (mention.structure, *kin)):
        same = other.structure == mention.structure
        if not same and other.structure not in kin:
            continue
        related += 1
        if related > _MOST_RELATED:
            return None
        there = place_of(findings, other)
        if same and not there.meets(place):
            continue
        verdict = state(findings, other)
        if side == OPPOSITE[mention.side]:
            if same and verdict == "abnormal":
                opposite = opposite or there
        elif named_at_all and _supports(findings, other, side, verdict, same):
            return None
    if opposite is None or _has_bare_side(findings, mention):
        return None
    return opposite


def _with_carried_sides(findings: Text, structures: tuple[str, ...]) -> Iterator[tuple[Mention, str]]:
    """Each mention in sentences about one of the structures, with its side or the last side in its
    sentence."""
    clauses = {number for name in structures for number in clauses_naming(findings, name)}
    done = -1
    for number in sorted(clauses):
        sentence = findings.sentence_number(findings.clause_ends[number] - 1)
        if sentence == done:
            continue
        done, carried = sentence, ""
        within = findings.sentences[sentence]
        for mention in mentions_within(findings, within.start, within.end):
            carried = mention.side or carried
            yield mention, carried


def _supports(findings: Text, other: Mention, side: str, verdict: str, same: bool) -> bool:
    """Does this mention support the side of the conclusion? In doubt, yes."""
    if side == "双" and not same:
        return False
    if other.structure == "肝" and not other.side:
        return verdict == "abnormal" and _SEEN.search(findings.plain, *segment(findings, other)) is not None
    return verdict == "abnormal" or (verdict == "unclear" and bool(other.side))


def _has_bare_side(findings: Text, mention: Mention) -> bool:
    """左侧为著, 对侧亦见: a side without its structure, so that nothing is certain."""
    if _ELSEWHERE.search(findings.plain):
        return True
    without_signs = 0  # up to here: text without a sign after one place has none after a later one
    for match in _BARE.finditer(findings.plain):
        if match["side"] == mention.side and not findings.is_negated(match.start()):
            end = findings.clause_at(match.start()).end
            if findings.plain[match.end() : min(end, match.end() + 1)] in tuple("为者亦也较更"):
                return True
            if end > without_signs and _LESION_SIGNS.search(findings.plain, match.end(), end):
                return True
            without_signs = max(end, without_signs)
    return False


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.3.1/laterality-vs-request", laterality_vs_request, reads=("findings", "impression")),
    Rule("6.5.3/laterality-conflict", laterality_conflict, reads=("findings", "impression")),
)
