"""6.1.1, 6.2.1, 6.2.2, 6.3.1: the elements of Table A.1, and the identity of the patient."""

import re
from collections.abc import Iterable
from datetime import timedelta
from operator import attrgetter
from typing import Final

from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit
from reports.domain.textcheck.identity import differences, sex_of, years_of
from reports.domain.textcheck.report import CheckedReport, Moment, once_per_report
from reports.domain.textcheck.rules.placeholders import placeholder
from reports.domain.textcheck.times import CLOCK_SKEW, is_complete
from reports.domain.textcheck.vocabulary import term_set
from standards.loader import current_edition

_PLACEHOLDERS: Final = term_set("header_placeholders")
# A field of only these characters is empty: XXX, ——, ---, /, （ ）, ？.
_SIGNS: Final = re.compile(
    r"[XxＸｘ×*＊]{2,12}|[-—–－_/\\.。…·?？、,，;；:：]{1,12}|[（(\[【]\s{0,6}[）)\]】]"
)
_LONGEST_PLACEHOLDER: Final = 12
_ELEMENTS: Final = tuple((e.field, e.label_zh, e.clause) for e in current_edition().template.elements)
_FIELDS: Final = tuple(field for field, _, _ in _ELEMENTS)
_VALUES: Final = attrgetter(*_FIELDS)
# The seven fields that 6.2.1 names.
_PATIENT_FIELDS: Final = {
    "patient_name": "姓名",
    "sex": "性别",
    "age": "年龄",
    "requesting_department": "科别",
    "accession_number": "检查号",
    "clinical_diagnosis": "临床诊断",
    "examined_at": "检查时间",
}
_CHECK_UP: Final = re.compile("体检|查体|健康检查|健康体检")
_AGE: Final = re.compile(
    r"(?:(?:早产|新生|婴|幼)儿?\s?)?(?:[<＜]\s?|出生后?|生后|不足|未满)?"
    r"(?:(?:约|大约)?(?:\d{1,3}(?:\.\d)?|[零〇一二两三四五六七八九十百]{1,5})[余多来]?\s?"
    r"(?:周岁|岁半|岁|年|个半月|个月|月龄|月|周|日龄|天|日|小时|时|分钟|分|Y|M|W|D|H|y|m|w|d|h|yrs?|years?|\+)?\s?[+,，]?\s?){1,3}(?:余|多|左右)?"
)
_OLDEST: Final = 130


@once_per_report
def _missing(report: CheckedReport) -> dict[str, str]:
    """The elements that are known to be empty, with the placeholder in their place or ""."""
    found: dict[str, str] = {}
    for name, value in zip(_FIELDS, _VALUES(report), strict=True):
        if value is None:
            continue
        if isinstance(value, Moment):
            value = value.text
        if _is_empty(value) and not _is_excused(report, name):
            found[name] = value if value.strip() else ""
    return found


def _is_empty(value: str) -> bool:
    """Blank, or a placeholder instead of an answer."""
    return value.isspace() if len(value) > _LONGEST_PLACEHOLDER else _is_placeholder(value)


def _is_placeholder(value: str) -> bool:
    bare = value.strip()
    if not bare or bare in _PLACEHOLDERS:
        return True
    return not ("\u4e00" <= bare[0] <= "\u9fff") and _SIGNS.fullmatch(bare) is not None


def _is_excused(report: CheckedReport, name: str) -> bool:
    if name == "reviewing_physician":
        return report.one_step_reporting
    if name == "institution_name":  # the title names the institution as well: XX医院放射影像检查报告
        title = report.report_title
        return title is None or bool(title.strip())
    if name == "requesting_department":  # check-ups have no requesting department
        return any(map(_CHECK_UP.search, (report.patient_class or "", report.clinical_diagnosis or "")))
    return False


def component_missing(report: CheckedReport) -> Iterable[Hit]:
    """An element of Table A.1 is known to be empty or holds a placeholder."""
    missing = _missing(report)
    if not missing:
        return
    for name, label, number in _ELEMENTS:
        if name in missing:
            yield _absence(name, missing[name], f"附录A的“{label}”（{number}）", "每份报告都应具备")


def field_missing(report: CheckedReport) -> Iterable[Hit]:
    """One of the patient's and examination's data of 6.2.1 is known to be empty or holds a placeholder."""
    missing = _missing(report)
    if not missing:
        return
    for name, label in _PATIENT_FIELDS.items():
        if name in missing:
            yield _absence(name, missing[name], f"“{label}”", "报告应写明")


def _absence(name: str, value: str, what: str, why: str) -> Hit:
    if not value:
        return Hit(name, 0, 0, f"{what}为空，{why}。")
    return Hit(name, 0, len(value), f"{what}只写了占位内容“{value.strip()}”，{why}实际内容。")


def implausible(report: CheckedReport) -> Iterable[Hit]:
    """An impossible sex, age or examination time."""
    missing = _missing(report)
    sex, age = report.sex, report.age
    if sex and "sex" not in missing and sex_of(sex) is None:
        yield Hit("sex", 0, len(sex), f"性别写作“{sex[:12]}”，不是男、女或未说明。")
    if age and "age" not in missing:
        yield from _age(age)
    moment, now = report.examined_at, report.now
    if moment and moment.at and now and moment.at > now + _future(moment.grain):
        yield Hit("examined_at", 0, len(moment.text), f"检查时间{moment.text}晚于当前时间。")


def _future(grain: str) -> timedelta:
    return timedelta(days=1) if grain == "day" else CLOCK_SKEW


def _age(age: str) -> Iterable[Hit]:
    years = years_of(age)
    bare = age.strip()
    if years is not None and years > _OLDEST:
        yield Hit("age", 0, len(age), f"年龄“{bare}”超过{_OLDEST}岁，不可能属实。")
    elif years is None and bare not in term_set("age_words") and not _reads_as_age(bare):
        yield Hit("age", 0, len(age), f"年龄写作“{bare[:12]}”，读不出岁数。")


def _reads_as_age(text: str) -> bool:
    return len(text) <= 20 and _AGE.fullmatch(text) is not None


def incomplete_exam_time(report: CheckedReport) -> Iterable[Hit]:
    """The examination time as displayed lacks year, month, day, hour or minute."""
    moment = report.examined_at
    if moment is None or "examined_at" in _missing(report) or is_complete(moment):
        return
    message = f"检查时间显示为“{moment.text.strip()[:24]}”，应显示年、月、日、时、分。"
    yield Hit("examined_at", 0, len(moment.text), message)


def identity_mismatch(report: CheckedReport) -> Iterable[Hit]:
    """Report and request name different persons or examinations."""
    if report.request is None:
        return
    for name, label, mine, theirs in differences(report, report.request):
        end = len(report.value(name) or "")
        yield Hit(name, 0, end, f"{label}与申请单不一致：报告为“{mine}”，申请单为“{theirs}”。")


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.1.1/component-missing", component_missing, reads=()),
    Rule("6.1.1/placeholder", placeholder, reads=()),
    Rule("6.2.1/field-missing", field_missing, reads=()),
    Rule("6.2.1/implausible", implausible, reads=()),
    Rule("6.2.2/incomplete-exam-time", incomplete_exam_time, reads=("examined_at",)),
    Rule("6.3.1/identity-mismatch", identity_mismatch, reads=("request",)),
)
