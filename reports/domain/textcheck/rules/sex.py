"""Organs of the other sex (6.1.2): a report in the template of another patient."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.text import Text
from reports.domain.textcheck.vocabulary import any_of, pattern, terms

_MALE: Final = frozenset(("男", "男性", "M", "m", "male", "Male", "MALE"))
_FEMALE: Final = frozenset(("女", "女性", "F", "f", "female", "Female", "FEMALE"))


_PELVIC: Final = re.compile(r"膀胱|盆腔|直肠|盆底|子宫|卵巢|精囊|前列腺")


@cache
def _other_sex(female: bool) -> re.Pattern[str]:
    """The terms of the other sex, and the exceptions, longest first."""
    names = ("male_words",) if female else ("female_words",)
    return re.compile(any_of((*(w for n in names for w in terms(n)), *terms("sex_word_exceptions"))))


def sex_organ_conflict(report: CheckedReport) -> Iterator[Hit]:
    """6.1.2: an organ the patient's sex does not have, once per word and field."""
    sex = (report.sex or "").strip()
    if sex not in _MALE and sex not in _FEMALE:
        return
    female = sex in _FEMALE
    for field in ("findings", "impression"):
        text = report.texts[field]
        seen: set[str] = set()
        for match in _other_sex(female).finditer(text.plain):
            word = match.group()
            if word in seen or not _means_organ(text, match):
                continue
            if _is_special(report):
                return
            seen.add(word)
            shown = "女" if female else "男"
            message = f"受检者性别为{shown}，文中却写到“{word}”，请核对是否误用模板或性别登记有误。"
            yield Hit(field, match.start(), match.end(), message)


def _means_organ(text: Text, match: re.Match[str]) -> bool:
    """Does the term mean the organ, not an exception or the appendages of a vertebra?"""
    word = match.group()
    if word in terms("sex_word_exceptions"):
        return False
    if "附件" in word and not word.endswith("区"):
        if word == "附件" and not _is_pelvic(text, match.start()):
            return False
        sentence = text.sentence_at(match.start())
        of_bone: dict[int, bool] = text.shared.setdefault("of vertebrae", {})
        if sentence.start not in of_bone:
            of_bone[sentence.start] = pattern("vertebra_words").search(sentence.of(text.plain)) is not None
        return not of_bone[sentence.start]
    return True


def _is_pelvic(text: Text, at: int) -> bool:
    """Does a bare 附件 stand beside organs of the pelvis, in a sentence without bones?"""
    number = text.sentence_number(at)
    sentences = text.sentences
    around = sentences[max(0, number - 1) : number + 2]
    return any(_PELVIC.search(text.plain, span.start, span.end) for span in around)


def _is_special(report: CheckedReport) -> bool:
    """Is it a disorder of sex development or reassignment, with organs of both sexes?"""
    request = report.request
    given = (
        report.clinical_diagnosis,
        report.surgical_history,
        report.findings,
        report.impression,
        request and request.clinical_diagnosis,
        request and request.surgical_history,
    )
    return any(value and pattern("sex_history_exceptions").search(value) for value in given)


RULES: Final[tuple[Rule, ...]] = (Rule("6.1.2/sex-organ-conflict", sex_organ_conflict, reads=("sex",)),)
