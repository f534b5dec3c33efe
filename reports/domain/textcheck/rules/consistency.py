"""6.1.2 前后呼应: lesions that the conclusion leaves out, and findings that contradict themselves."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from reports.domain.textcheck.concepts import GENERIC, excludes_all, is_akin
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.joins import is_evidence, lesions_of
from reports.domain.textcheck.levels import differ
from reports.domain.textcheck.neighbours import BOTH, is_near, same_structure, sides_meet
from reports.domain.textcheck.places import Place
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.sizes import sizes_in
from reports.domain.textcheck.statements import Statement, statements
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import group, pattern, term_set

_ALWAYS: Final = frozenset(group("concluded_families")["always"])
_UNLESS_SMALL: Final = frozenset(group("concluded_families")["unless_small"])
_ASKED: Final = group("concluded_at")
_SMALL: Final = pattern("small_findings")
_SMALL_MM: Final = 8
_MEASURED: Final = frozenset(("肿块", "囊", GENERIC))
_GRAVE: Final = _ALWAYS | {"肿块", "骨破坏"}
_WEAR: Final = frozenset(("退变", "钙化"))  # kin to much, and concludes nothing but itself
_OF_SHAPE: Final = term_set("families_of_shape")
_OLD: Final = re.compile("陈旧|术后|可疑")
_BETTER: Final = re.compile(r"[^，。；\n]{0,6}较前[^，。；\n]{0,8}(?:吸收|减少|好转|减轻|消散|缩小)")
_EDGE: Final = re.compile(r"缘|壁|膜|周|旁|前方|后方")
_OTHERS: Final = pattern("not_of_all")
# Families whose words all mean one thing; of the others only the same word can be denied and stated.
_ONE_THING: Final = term_set("families_of_one_thing")
_MOST: Final = 20  # denials of a structure: a bound on the cost
_MOST_HITS: Final = 3


def finding_not_concluded(report: CheckedReport) -> Iterator[Hit]:
    """A lesion that matters is described, and no item of the conclusion speaks of it."""
    text = report.texts["findings"]
    if report.texts["impression"].is_blank:
        return
    claims = lesions_of(report, "impression")
    if not claims and any(one.excludes for one in statements(report, "impression")):
        return  # a conclusion that only calls things normal is 6.1.2/conclusion-unsupported
    lesions = lesions_of(report, "findings")
    # A claim without evidence is on the wrong side or level, which its own rule tells.
    astray = [claim for claim in claims if not any(is_evidence(claim, one) for one in lesions)]
    concluded = [_is_concluded(one, claims, astray) for one in lesions]
    hits = 0
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(lesions):
        if concluded[place] or not _matters(text, one) or (one.place.organ, one.family) in seen:
            continue
        if _is_part_of_account(text, one, lesions, concluded):
            continue
        seen.add((one.place.organ, one.family))
        start, end = min(one.place.start, one.start), one.end
        shown = text.plain[start:end]
        yield Hit(
            "findings", start, end, f"描述写有“{shown[:40]}”，诊断结论没有与之对应的条目，请核对是否遗漏。"
        )
        hits += 1
        if hits >= _MOST_HITS:
            return


def _matters(text: Text, one: Statement) -> bool:
    """Is it a lesion that a conclusion must not leave out?"""
    if one.polarity != "present" or one.points_back or one.is_rest or not one.place.name:
        return False
    clause = text.clause(one.clause)
    if one.place.name in _ASKED.get(one.family, ()):
        return not _SMALL.search(text.plain, one.place.end, one.start)
    if one.family in _ALWAYS:
        return not _OLD.search(text.plain, one.place.end, one.start)
    if one.family not in _UNLESS_SMALL or _SMALL.search(text.plain, clause.start, clause.end):
        return False
    if _BETTER.match(text.plain, one.end, clause.end):
        return False
    sizes = sizes_in(text.plain, one.end, one.until) if one.family in _MEASURED else ()
    return not sizes or max(size[0] for size in sizes) >= _SMALL_MM


def _is_concluded(one: Statement, claims: Iterable[Statement], astray: Sequence[Statement]) -> bool:
    for claim in claims:
        if claim.family in _WEAR and claim.family != one.family and one.family in _GRAVE:
            continue
        if is_akin(claim.family, one.family) and _may_conclude(claim, one):
            return True
    return any(is_akin(claim.family, one.family) and is_near(claim.place, one.place) for claim in astray)


def _may_conclude(claim: Statement, one: Statement) -> bool:
    """May the claim's place be the lesion's? A neighbour only for a lesion of the same family."""
    place, found = claim.place, one.place
    if not place.name:
        return True
    if not sides_meet(place.side, found.side):
        return False
    if same_structure(place, found):
        return not differ(place.levels, found.levels)
    if place.is_open or found.is_open:
        return claim.family == one.family
    if place.name == found.name or not is_near(place, found):
        return False
    # A shadow is a sign of the disease of a neighbour too: 肺野见致密影, 胸腔积液.
    return claim.family in (one.family, GENERIC) or one.word.endswith("影")


def _is_part_of_account(
    text: Text, one: Statement, lesions: Sequence[Statement], concluded: list[bool]
) -> bool:
    """Does it belong to the account of a concluded lesion, in the same part of its sentence?"""
    segment = text.segment_at(one.start)
    return any(
        done
        and other.family != GENERIC
        and not other.points_back
        and segment.start <= other.start < segment.end and sides_meet(one.place.side, other.place.side)
        and (other.place.organ == one.place.organ or other.start < one.start)
        for other, done in zip(lesions, concluded, strict=True)
    )  # fmt: skip


def findings_contradict(report: CheckedReport) -> Iterator[Hit]:
    """The findings deny a lesion, or call a structure well, and describe the lesion there."""
    text = report.texts["findings"]
    denials = _denials(report)
    for lesion in lesions_of(report, "findings"):
        if lesion.polarity != "present" or lesion.points_back:
            continue
        for denial in denials.get(lesion.place.name, ()):
            if _contradicts(text, denial, lesion):
                one, other = _shown(text, denial), _shown(text, lesion)
                start, end = min(lesion.place.start, lesion.start), lesion.end
                message = f"描述中“{one}”与“{other}”互相矛盾，请对照图像核对。"
                yield Hit("findings", start, end, message)
                return


def _denials(report: CheckedReport) -> dict[str, list[Statement]]:
    """The statements that deny a lesion or call a place well, by structure."""
    found: dict[str, list[Statement]] = {}
    for one in statements(report, "findings"):
        if one.polarity in ("absent", "normal") and not one.is_rest:
            of_place = found.setdefault(one.place.name, [])
            if len(of_place) < _MOST:
                of_place.append(one)
    return found


def _shown(text: Text, one: Statement) -> str:
    clause = text.clause(one.clause)
    return clause.of(text.plain)[:40]


def _contradicts(text: Text, denial: Statement, lesion: Statement) -> bool:
    if denial.clause == lesion.clause or not _is_same_place(denial.place, lesion.place):
        return False
    if not _denies(text, denial, lesion) or not _same_word(text, denial, lesion):
        return False
    if denial.points_back and text.segment_at(denial.start).start == text.segment_at(lesion.start).start:
        return False  # of the lesion itself: 见骨折线，断端无错位
    clause = text.clause(denial.clause)
    return not _OTHERS.search(text.plain, clause.start, clause.end)


def _same_word(text: Text, denial: Statement, lesion: Statement) -> bool:
    """Is the structure named by the same word, and not by its edge or wall (椎体后缘连续)?"""
    one, other = (_last_two(text, each.place) for each in (denial, lesion))
    if one != other and denial.place.name == lesion.place.name and not denial.place.side:
        return False
    return denial.points_back or not _EDGE.search(text.plain, denial.place.end, denial.start)


def _last_two(text: Text, place: Place) -> str:
    return text.plain[max(place.start, place.end - 2) : place.end]


def _is_same_place(denial: Place, lesion: Place) -> bool:
    """Is the denied place the lesion's, or does it contain it?"""
    if not denial.name or not lesion.name or not same_structure(denial, lesion):
        return False
    if denial.part != lesion.part or denial.name != lesion.name:
        return False
    if denial.side not in (lesion.side, BOTH) or differ(denial.levels, lesion.levels):
        return False
    return not denial.levels or bool(lesion.levels)


def _is_of_signal(text: Text, denial: Statement) -> bool:
    """脊髓信号未见异常: of what the inside looks like, not of shape or place."""
    return text.plain.startswith(("信号", "密度"), denial.place.end)


def _denies(text: Text, denial: Statement, lesion: Statement) -> bool:
    if denial.polarity == "normal":
        if excludes_all(denial.excludes):
            return not denial.points_back and not (lesion.family in _OF_SHAPE and _is_of_signal(text, denial))
        return lesion.family in denial.excludes and not denial.points_back
    if denial.family == GENERIC:
        return not denial.points_back and denial.word.startswith("异常") and len(denial.word) > 2
    if denial.family != lesion.family:
        return False
    return denial.family in _ONE_THING or denial.word in lesion.word or lesion.word in denial.word


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.1.2/finding-not-concluded", finding_not_concluded, reads=("findings", "impression")),
    Rule("6.1.2/findings-contradict", findings_contradict),
)
