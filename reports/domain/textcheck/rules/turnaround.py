"""6.1.2 及时有效: hours from examination to report, against limits the hospital sets.

The draft gives no limit, so none is set as delivered: `turnaround_hours` of terms.yaml maps terms of the
patient's class (急诊) to whole hours, and is empty. Exceeding a limit is a suspect, never a violation.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from reports.domain.textcheck.engine import Rule
from reports.domain.textcheck.finding import Hit, absent
from reports.domain.textcheck.report import CheckedReport, Moment
from reports.domain.textcheck.vocabulary import group


def limits_of(given: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Term of the patient's class → hours; ValueError unless it is one whole number of hours."""
    limits = {}
    for word, hours in given.items():
        if len(hours) != 1 or not hours[0].isdecimal():
            raise ValueError(f"turnaround_hours: {word}: expected one whole number, found {list(hours)}")
        limits[word] = int(hours[0])
    return limits


LIMITS: Final = limits_of(group("turnaround_hours"))


def turnaround(report: CheckedReport) -> Iterable[Hit]:
    """The limit of the patient's class is exceeded; skipped without limits or exact times."""
    return over_limit(report, LIMITS) if LIMITS else ()


def over_limit(report: CheckedReport, limits: Mapping[str, int]) -> Iterable[Hit]:
    """The one hit when the hours from examination to report exceed the limit of the class."""
    minutes = _minutes(report.examined_at, report.reported_at)
    word = next((word for word in limits if word in (report.patient_class or "")), None)
    if minutes is None or word is None or minutes <= limits[word] * 60:
        return ()
    taken = f"{minutes // 60}小时{minutes % 60}分"
    return absent("reported_at", f"{word}检查至报告用时{taken}，超过本机构规定的{limits[word]}小时。")


def _minutes(examined: Moment | None, reported: Moment | None) -> int | None:
    if not examined or not reported or not examined.at or not reported.at:
        return None
    if "day" in (examined.grain, reported.grain):
        return None
    return int((reported.at - examined.at).total_seconds() // 60)


RULES: Final[tuple[Rule, ...]] = (
    Rule("6.1.2/turnaround", turnaround, reads=("examined_at", "reported_at", "patient_class")),
)
