"""The clinical question (6.4.1.1 c, 6.5.1): the organ of the suspected disease, and an answer."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from reports.domain.textcheck import facts
from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.vocabulary import any_of, group, pattern, term_set

_PIECES: Final = re.compile(r"[^，,。；;、\s/+＋]+")
# 上腹部 is not the whole abdomen; 全腹部 is a synonym of 全腹.
_REGION_NAMES: Final = (("上腹部", "上腹"), ("下腹部", "下腹"), ("全腹部", "全腹"))


@cache
def _diseases() -> tuple[re.Pattern[str], dict[str, str]]:
    owner = {word: organ for organ, words in group("suspected_diseases").items() for word in words}
    return re.compile(any_of(owner)), owner


@cache
def _organ(organ: str) -> re.Pattern[str]:
    return re.compile(any_of(group("suspected_organ_words")[organ]))


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
        if match is None or pattern("answered_diagnosis_words").search(piece):
            continue
        if not _is_denied(piece, match.start()):
            found.append((match.group(), owner[match.group()]))
    return tuple(found)


def _is_denied(piece: str, at: int) -> bool:
    return piece.endswith("无", 0, at) and not piece.endswith("有无", 0, at)


def lies_within(report: CheckedReport, organ: str) -> bool:
    """Does this examination show the organ, judged by its name? In doubt, no."""
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
        if _organ(organ).search(findings.plain) or not lies_within(report, organ):
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
        named = _organ(organ).search(impression.plain) or _organ(organ).search(findings.plain)
        if named or disease in impression.plain or disease in findings.plain:
            continue
        if lies_within(report, organ):
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
