"""The clinical question (6.4.1.1 c, 6.5.1): the organ of the suspected disease, and an answer."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Final

from reports.domain.textcheck import facts
from reports.domain.textcheck.anatomy import (
    Mention,
    clauses_naming,
    mentions,
    mentions_of,
    mentions_within,
    regions_in,
)
from reports.domain.textcheck.concepts import GENERIC, WORD, family_of
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.neighbours import are_near
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.statements import statements
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, group, pattern, term_set, tree

_PIECES: Final = re.compile(r"[^，,。；;、\s/+＋]+")
# 上腹部 is not the whole abdomen; 全腹部 is a synonym of 全腹.
_REGION_NAMES: Final = (("上腹部", "上腹"), ("下腹部", "下腹"), ("全腹部", "全腹"))


_NARROW: Final = pattern("narrowed_examinations")
# Too wide to be asked for by name.
_VAGUE: Final = frozenset(("腹壁", "盆腔", "颈部", "骨质", "淋巴结", "下肢", "上肢", "胸壁", "腹膜", "脑"))
_MOST_WORDS: Final = 60


@cache
def _diseases() -> tuple[re.Pattern[str], dict[str, str]]:
    owner = {word: organ for organ, words in group("suspected_diseases").items() for word in words}
    return re.compile(any_of(owner)), owner


@cache
def _words(organ: str) -> re.Pattern[str] | None:
    words = group("suspected_organ_words").get(organ)
    return re.compile(any_of(words)) if words else None


def names_organ(text: Text, organ: str) -> bool:
    """Does a text name the organ? A word inside the name of another organ (肾 in 肾上腺) does not."""
    words = _words(organ)
    if words is None:
        return _names_structure(text, organ)
    for match in islice(words.finditer(text.plain), _MOST_WORDS):
        over = _mention_over(text, match.start(), match.end())
        if over is None or over.organ in _organs_meant(organ):
            return True
    return False


def _mention_over(text: Text, start: int, end: int) -> Mention | None:
    """The mention whose term is longer than, and contains, this stretch."""
    for mention in mentions_within(text, max(0, start - 4), end):
        if (
            mention.word_start <= start
            and end <= mention.end
            and end - start < mention.end - mention.word_start
        ):
            return mention
    return None


@cache
def _organs_meant(organ: str) -> frozenset[str]:
    """The organs that the words for an organ of the request belong to."""
    words = group("suspected_organ_words")[organ]
    return frozenset(m.organ for word in (organ, *words) for m in mentions(Text(word)))


def _names_structure(text: Text, word: str) -> bool:
    """Does a text name the structure of this word, or all bones together?"""
    (asked, *_) = mentions(Text(word))
    if "骨" in word and pattern("all_bones").search(text.plain):
        return True
    if any(
        m.structure == asked.structure and (m.part == asked.part or not m.part)
        for number in clauses_naming(text, asked.structure)
        for m in mentions_of(text, number)
    ):
        return True
    # 颅内动脉 is named by 颈内动脉 and its branches: a whole by its neighbours.
    return not asked.part and any(_is_beside(asked.structure, m.structure) for m in mentions(text))


def _is_beside(one: str, other: str) -> bool:
    """Are two structures neighbours in the tree?"""
    return other in tree()[one].near or one in tree()[other].near


def _names_signs(report: CheckedReport, disease: str, organ: str) -> bool:
    """Do the findings state or deny the asked disease by its signs: 无肺纹理区 for 气胸?"""
    asked_of = [family_of(match.group()) for match in WORD.finditer(disease)]
    if organ not in tree() or not asked_of or asked_of[-1] in ("", GENERIC):
        return False
    return any(
        one.family == asked_of[-1] and not one.place.is_open and are_near(organ, one.place.name)
        for one in statements(report, "findings")
    )


@cache
def _examination(organ: str) -> re.Pattern[str]:
    return re.compile(any_of(group("suspected_examinations")[organ]))


def asked(report: CheckedReport, *, purpose: bool) -> Iterator[tuple[str, str]]:
    """(disease, organ) suspected in diagnosis and purpose of the request, each organ once."""
    request = report.request
    given = [report.clinical_diagnosis]
    if request:
        given += [request.clinical_diagnosis, request.clinical_question if purpose else None]
    seen: set[str] = set()
    for source in dict.fromkeys(value for value in given if value):
        for disease, organ in _suspected(source):
            if organ not in seen:
                seen.add(organ)
                yield disease, organ


def _suspected(source: str) -> tuple[tuple[str, str], ...]:
    """Each (disease, organ) suspected in a diagnosis."""
    pattern_of, owner = _diseases()
    found = []
    for piece in map(re.Match.group, _PIECES.finditer(source)):
        match = pattern_of.search(piece)
        if pattern("answered_diagnosis_words").search(piece):
            continue
        if match is None:
            found += _asked_openly(piece)
        elif not _is_denied(piece, match.start()):
            found.append((match.group(), owner[match.group()]))
    return tuple(found)


def _asked_openly(piece: str) -> list[tuple[str, str]]:
    """髌骨骨折？: a structure of the tree with a lesion, in doubt; the organ is the structure as named."""
    doubt = pattern("suspicion_words").search(piece)
    text = Text(piece)
    named = [m for m in mentions(text) if m.structure not in _VAGUE]
    if not doubt or not named:
        return []
    last = named[-1]
    word = WORD.match(piece, last.end)
    if not word or not family_of(word.group()) or _is_denied(piece, last.start):
        return []
    return [(piece[last.start : word.end()], piece[last.word_start : last.end])]


def _is_denied(piece: str, at: int) -> bool:
    return piece.endswith("无", 0, at) and not piece.endswith("有无", 0, at)


def _shows_structure(report: CheckedReport, word: str, disease: str) -> bool:
    """Does the examination show a structure of the tree: its own name, or that of its region?"""
    kind, name = facts.kind(report), facts.named(report)
    (asked, *_) = mentions(Text(word))
    own = any(m.structure == asked.structure for m in mentions(Text(name)))
    if kind == "DR":
        return own and ("骨折" in disease or "脱位" in disease)
    if kind not in ("CT", "MRI"):
        return False
    region = asked.region
    if own:
        return True
    return region not in ("四肢", "脊柱", "") and region in regions_in(name) and not _NARROW.search(name)


def lies_within(report: CheckedReport, organ: str, disease: str) -> bool:
    """Does this examination show the organ, judged by its name? In doubt, no."""
    if _words(organ) is None:
        return _shows_structure(report, organ, disease)
    kind = facts.kind(report)
    if kind == "DR":
        if organ not in term_set("suspected_on_dr"):
            return False
    elif kind not in ("CT", "MRI") or (kind == "CT" and organ in term_set("suspected_on_mri")):
        return False
    name = facts.named(report)
    for long, short in _REGION_NAMES:
        name = name.replace(long, short)
    found = _examination(organ).search(name)
    if found is None:
        return False
    narrowed = pattern("narrowed_examinations").search(name)
    if narrowed is None or found.group() in narrowed.group():  # the discs belong to 腰椎
        return True
    return any(word in name for word in group("suspected_organ_words")[organ])


def suspected_organ_silent(report: CheckedReport) -> Iterator[Hit]:
    """6.4.1.1 c: the organ of the suspected disease is examined and the findings do not name it."""
    findings = report.texts["findings"]
    if findings.is_blank:
        return
    for disease, organ in asked(report, purpose=False):
        if names_organ(findings, organ) or not lies_within(report, organ, disease):
            continue
        if _names_signs(report, disease, organ):
            continue
        yield Hit(
            "findings",
            0,
            0,
            f"临床拟诊“{disease}”，描述中没有提到“{organ}”；拟诊疾病的器官即使未见异常也应重点描述。",
        )


def question_not_answered(report: CheckedReport) -> Iterator[Hit]:
    """6.5.1: neither conclusion nor findings name the asked disease or its organ."""
    impression, findings = report.texts["impression"], report.texts["findings"]
    if impression.is_blank:
        return
    for disease, organ in asked(report, purpose=True):
        named = names_organ(impression, organ) or names_organ(findings, organ)
        if named or disease in impression.plain or disease in findings.plain:
            continue
        if lies_within(report, organ, disease) and not _names_signs(report, disease, organ):
            yield Hit(
                "impression",
                0,
                0,
                f"申请提出“{disease}”，结论和描述都没有提到“{organ}”，临床的问题没有得到回答。",
            )


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.4.1.1c/suspected-organ-silent", suspected_organ_silent),
    Rule("6.5.1/question-not-answered", question_not_answered, reads=("findings", "impression")),
)
