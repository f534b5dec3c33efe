"""6.1.2 前后呼应: claims of the conclusion need findings, and vice versa."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Final

from reports.domain.textcheck.abnormal import affirmed, is_abnormal
from reports.domain.textcheck.anatomy import organ_of, organs_named
from reports.domain.textcheck.clauses import Clause
from reports.domain.textcheck.concepts import GENERIC, is_akin
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.joins import lesions_of
from reports.domain.textcheck.neighbours import is_near, same_structure, sides_meet
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.statements import Statement, statements
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import Sieve, any_of, group, has_any, pattern, term_set, terms, tree

_CONCEPT_OF: Final = {claim: concept for concept, claims in group("claims").items() for claim in claims}
_CLAIM: Final = Sieve(_CONCEPT_OF, terms("not_claims"))  # 结节性甲状腺肿 and similar terms are not claims
_SIGNS: Final = {concept: re.compile(any_of(signs)) for concept, signs in group("claim_signs").items()}
_UNSURE: Final = pattern("claims_excused")
_NEGATIVE_HEADS: Final = ("无", "未", "不")
_ORGAN_OF = {name: organ for organ, names in group("claim_organs").items() for name in names}
_PLACES_OF: Final = {
    organ: re.compile(any_of(places)) for organ, places in group("claim_organ_places").items()
}
_ORGAN_OF |= dict.fromkeys(terms("other_organs"), "")
_ORGAN: Final = re.compile(any_of(_ORGAN_OF))
_NUMBER: Final = re.compile(r"\s*[（(]?\d{1,2}[)）]?[、.．](?!\d)\s*")
_PART: Final = re.compile(r"[^，,]+")
# Shorter findings are not a description; 6.1.1 applies.
_LEAST_FINDINGS: Final = 15
# A bound on the cost for a text that is not a report.
_MOST_CLAIMS: Final = 20
_ENOUGH_TO_LEAVE_OUT: Final = 30
# Places that findings describe by other names.
_SELDOM_NAMED: Final = term_set("seldom_named")


def conclusion_unsupported(report: CheckedReport) -> Iterable[Hit]:
    """6.1.2: a claim without counterpart in the findings, or a normal one against a described lesion."""
    findings, impression = report.texts["findings"], report.texts["impression"]
    if findings.is_blank or impression.is_blank:
        return
    is_full = len(findings.plain) >= _LEAST_FINDINGS
    found = list(_claims_without_sign(findings, impression)) if is_full else []
    told = {(hit.start, hit.end) for hit in found}
    yield from found
    yield from (hit for hit in _claims_denied(report) if not any(_overlaps(hit, span) for span in told))
    if is_full:
        yield from _normal_against_lesion(findings, impression)


def _overlaps(hit: Hit, span: tuple[int, int]) -> bool:
    return hit.start < span[1] and span[0] < hit.end


def _claims_denied(report: CheckedReport) -> Iterator[Hit]:
    """Claims about a structure that the findings call well, deny such a lesion of, or do not name at all."""
    text = report.texts["impression"]
    found = statements(report, "findings")
    lesions = lesions_of(report, "findings")
    claims = lesions_of(report, "impression")[:_MOST_CLAIMS]
    # A claim of several places (左侧额颞部头皮血肿) is founded in the findings of one.
    founded = {
        claim.start
        for claim in claims
        if any(is_akin(claim.family, one.family) and is_near(claim.place, one.place) for one in lesions)
    }
    for claim in claims:
        place = claim.place
        if claim.polarity != "present" or claim.family == GENERIC or not place.name or place.is_inherited:
            continue
        clause = text.clause(claim.clause)
        if _UNSURE.search(text.plain, clause.start, clause.end):
            continue
        if claim.start in founded:
            continue
        why = _denied_by(report, claim, found)
        if why:
            number = _NUMBER.match(text.plain, clause.start, clause.end)
            start = number.end() if number else clause.start
            seen_words = text.plain[start : clause.end][:40]
            yield Hit("impression", start, clause.end, f"结论写“{seen_words}”，影像描述{why}，前后不呼应。")


def _denied_by(report: CheckedReport, claim: Statement, found: Iterable[Statement]) -> str:
    """What the findings say against a claim; "" when nothing."""
    text = report.texts["findings"]
    is_named, well = False, ""
    for one in found:
        if (
            not one.place.name
            or not is_near(claim.place, one.place)
            or not sides_meet(claim.place.side, one.place.side)
        ):
            continue
        is_named = True
        said = text.plain[one.place.end : text.clause_ends[one.clause]]
        if one.polarity != "absent" and is_abnormal(said):
            return ""
        if one.polarity == "absent" and one.family == claim.family and same_structure(claim.place, one.place):
            return f"却写“{text.clause(one.clause).of(text.plain)[:40]}”"
        if one.polarity == "normal" and not one.points_back and _speaks_for(claim, one):
            well = f"却写“{text.clause(one.clause).of(text.plain)[:40]}”"
    if well:
        return well
    if not is_named and not claim.place.is_open and _is_left_out(report, claim):
        return f"没有提到“{claim.place.part or claim.place.name}”"
    return ""


def _speaks_for(claim: Statement, one: Statement) -> bool:
    """Does a word for what is well speak of the claimed structure, or of a part of its organ?"""
    if same_structure(claim.place, one.place):
        return True
    return claim.place.name == one.place.organ or claim.place.organ == one.place.name


def _is_left_out(report: CheckedReport, claim: Statement) -> bool:
    """Do full findings name neither the structure nor its organ or neighbours?"""
    text = report.texts["findings"]
    if len(text.plain) < _ENOUGH_TO_LEAVE_OUT or claim.place.name in _SELDOM_NAMED:
        return False
    organs = organs_named(text)
    around = {claim.place.organ, *(organ_of(name) for name in tree()[claim.place.name].near)}
    return organs.isdisjoint(around)


def _claims_without_sign(findings: Text, impression: Text) -> Iterator[Hit]:
    for claim, start, end in islice(_claims(impression), _MOST_CLAIMS):
        concept = _CONCEPT_OF[claim]
        if not _described(findings, _SIGNS[concept]):
            seen = impression.plain[start:end].strip()[:40]
            message = f"结论写“{seen}”，影像描述中未见与“{claim}”对应的征象，前后不呼应。"
        elif organ := _organ_called_normal(findings, impression.plain[start:end], _SIGNS[concept]):
            seen = impression.plain[start:end].strip()[:40]
            message = f"结论写“{seen}”，影像描述中“{organ}”未写任何异常，前后不呼应。"
        elif organ := _organ_left_out(findings, impression.plain[start:end]):
            seen = impression.plain[start:end].strip()[:40]
            message = f"结论写“{seen}”，影像描述中没有提到“{organ}”，前后不呼应。"
        else:
            continue
        yield Hit("impression", start, end, message)


def _claims(impression: Text) -> Iterator[tuple[str, int, int]]:
    """The stated claims with the bounds of their clause, one per clause."""
    start = 0
    for clause in impression.parts:
        if found := _first_claim(clause):
            claim, first, last = found
            yield claim, start + first, start + last
        start += clause.size


def _first_claim(clause: Clause) -> tuple[str, int, int] | None:
    """The first claim of a clause without negation, and the bounds of the clause; None when the clause is
    uncertain or a question."""
    if not _CLAIM.search(clause.plain):
        return None
    text = Text(clause.plain)
    match = next((m for m in _CLAIM.finditer(text.plain) if not text.is_negated(m.start())), None)
    if match is None:
        return None
    start, end = clause.span
    if text.plain[end : end + 1] in ("?", "？") or _UNSURE.search(text.plain, start, end):
        return None
    number = _NUMBER.match(text.plain, start, end)
    return match.group(), number.end() if number else start, end


def _described(findings: Text, signs: re.Pattern[str]) -> bool:
    for match in signs.finditer(findings.plain):
        # 无肺纹理 is a sign although it begins like a negation.
        if match.group().startswith(_NEGATIVE_HEADS) or not findings.is_negated(match.start()):
            return True
    return False


def _organ_called_normal(findings: Text, claim: str, signs: re.Pattern[str]) -> str:
    """The organ of the claim when the findings only call it normal; "" otherwise."""
    organ = _only_organ(claim)
    if not organ:
        return ""
    if _is_shown_at(findings, organ, signs):
        return ""
    mentioned, about = False, False
    for segment in findings.segments:
        words_of_segment = segment.of(findings.plain)
        organs = _organs_named(words_of_segment)
        if organs:
            about = organ in organs
        mentioned = mentioned or about
        if (about or not organs) and _is_abnormal(words_of_segment, signs):
            return ""
    return organ if mentioned else ""


def _only_organ(claim: str) -> str:
    named = _organs_named(claim)
    return named.pop() if len(named) == 1 else ""


def _organ_left_out(findings: Text, claim: str) -> str:
    """The organ of the claim when the findings mention neither the organ nor its parts; "" otherwise."""
    organ = _only_organ(claim)
    places = _PLACES_OF.get(organ)
    return organ if places and not places.search(findings.plain) else ""


def _is_shown_at(findings: Text, organ: str, signs: re.Pattern[str]) -> bool:
    """Does a segment about the organ describe something abnormal?"""
    done = 0
    for match in _names_of(organ).finditer(findings.plain):
        if match.start() < done:
            continue
        segment = findings.segment_at(match.start())
        done = segment.end
        phrase = segment.of(findings.plain)
        if organ in _organs_named(phrase) and _is_abnormal(phrase, signs):
            return True
    return False


@cache
def _names_of(organ: str) -> re.Pattern[str]:
    return re.compile(any_of(name for name, owner in _ORGAN_OF.items() if owner == organ))


def _is_abnormal(segment: str, signs: re.Pattern[str]) -> bool:
    for part in _PART.finditer(segment):
        phrase = part.group()
        if is_abnormal(phrase) or signs.search(affirmed(phrase)):
            return True
    return False


_LESION_SEEN: Final = re.compile(
    rf"(?<!未)(?<!不)(?<!难)(?<!未能)(?:可见|见|示|显示|发现|呈|探及|查见)[^，。；;\n未无]{{0,30}}?(?P<lesion>{any_of(terms('definite_lesions'))})"
    rf"|(?P<plain>{any_of(terms('plain_lesions'))})"
)
_ANY_LESION: Final = pattern("definite_lesions", "plain_lesions")
_NORMAL_WORDS: Final = ("异常", "病变", "正常")
_NORMAL: Final = re.compile(
    r"[未无正](?:(?<!余.)(?:(?<=无)|(?<=未)(?:见|发现|示))(?:明显|明确|确切|显著)?的?(?:器质性|影像学|占位性|骨质|CT|MRI?|X线)?"
    r"(?:异常|病变)(?:改变|征象|表现|病变|密度影?|信号影?|所见)?"
    r"|(?<=正)(?<!大致正)(?<!基本正)(?<!余正)(?<!不正)常)"
)
_WHOLE: Final = pattern("whole_examination")


def _normal_against_lesion(findings: Text, impression: Text) -> Iterator[Hit]:
    """Every item is normal, although the findings describe a lesion of those parts."""
    whole = impression.plain
    if not has_any(whole, _NORMAL_WORDS) or "余" in whole:
        return
    place = _NORMAL.search(whole)
    if place is None or not all(_NORMAL.search(whole, item.start, item.end) for item in impression.items):
        return
    if _CLAIM.search(whole) or not _ANY_LESION.search(findings.plain):
        return
    is_of_all = _WHOLE.search(whole) is not None
    phrase = _organs_named(whole)
    concerned: dict[int, bool] = {}  # by start of sentence: does it mention an organ of the conclusion?
    for match in _LESION_SEEN.finditer(findings.plain):
        lesion, sentence = match["lesion"] or match["plain"], findings.sentence_at(match.end() - 1)
        if findings.is_negated(match.start()) or pattern("harmless_findings").search(match.group()):
            continue
        if sentence.start not in concerned:
            named = is_of_all or not phrase.isdisjoint(_organs_named(sentence.of(findings.plain)))
            concerned[sentence.start] = named
        if not concerned[sentence.start]:
            continue
        yield Hit(
            "impression",
            place.start(),
            place.end(),
            f"影像描述写有“{match.group().strip()}”，结论却为“{whole.strip()[:40]}”，{lesion}在结论中没有交代。",
        )
        return


def _organs_named(phrase: str) -> set[str]:
    return {_ORGAN_OF[match.group()] for match in _ORGAN.finditer(phrase)}


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.1.2/conclusion-unsupported", conclusion_unsupported, reads=("findings", "impression")),
)
