"""Input of the checks: a report as plain values, with its related records.

None is "not known" (checks that need it are skipped), "" is "known to be empty" (docs/quality.md C2).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any, Literal, TypeVar

from reports.domain.textcheck.text import Text, text_of

Grain = Literal["", "day", "minute", "second"]
_T = TypeVar("_T")
_MOMENT = re.compile(
    r"\s*(\d{4})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})(?:\s*日)?"
    r"(?:[T\s]*(?:(上午|下午|晚上)\s*)?(\d{1,2})\s*(?:时|点|[:：])\s*(\d{1,2})(?:\s*分)?"
    r"(?:\s*(?:[:：]\s*)?(\d{1,2})(?:\.\d+)?(?:\s*秒)?)?)?\s*(?:(?:Z|[+-]\d\d:?\d\d)\s*)?"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as shown (`text`), parsed (`at`, Beijing wall time, None when unreadable), and its precision."""

    text: str
    at: datetime | None
    grain: Grain


def moment_of(text: str) -> Moment:
    """Parse a displayed time: year, month, day, and hour and minute where given."""
    found = _MOMENT.fullmatch(text)
    if not found:
        return Moment(text, None, "")
    year, month, day, half, hour, minute, second = found.groups()
    hours = int(hour or 0) + (12 if half in ("下午", "晚上") and int(hour or 0) < 12 else 0)
    try:
        at = datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0))
    except ValueError:
        return Moment(text, None, "")
    return Moment(text, at, "day" if hour is None else "minute" if second is None else "second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A stored earlier examination of the same patient."""

    examined_on: date
    modality: str = ""
    examination_name: str = ""
    body_part: str = ""
    impression: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """申请单 of this examination (6.3.1)."""

    accession_number: str | None = None
    patient_id: str | None = None
    patient_name: str | None = None
    sex: str | None = None
    age: str | None = None
    birth_on: date | None = None
    clinical_diagnosis: str | None = None
    clinical_question: str | None = None
    surgical_history: str | None = None
    requested_examination: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """危急值记录 of this examination (4.1). Times naive Beijing wall times.

    `unknown_times` lists the times without a column in the file: they are not known, rather than empty.
    """

    content: str | None = None
    found_at: datetime | None = None
    notified_at: datetime | None = None
    notified_by: str | None = None
    received_by: str | None = None
    unknown_times: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class CheckedReport:
    """A report with the glossary's field names, times as shown, and its related records.

    `alerts` and `request`: None where no such record was ever imported for the department (not known);
    an empty tuple where alert records are imported and this report has none. `priors`: None when not known.
    `now`: the moment of checking (rules have no clock). `keeps_lines`: False for a source whose export
    loses line breaks.
    """

    accession_number: str | None = None
    patient_id: str | None = None
    patient_name: str | None = None
    sex: str | None = None
    age: str | None = None
    birth_on: date | None = None
    patient_class: str | None = None
    requesting_department: str | None = None
    clinical_diagnosis: str | None = None
    surgical_history: str | None = None
    examination_name: str | None = None
    modality: str | None = None
    modality_code: str | None = None
    body_part: str | None = None
    examined_at: Moment | None = None
    technique: str | None = None
    findings: str | None = None
    impression: str | None = None
    reporting_physician: str | None = None
    reviewing_physician: str | None = None
    signed_by: str | None = None
    signature_method: str | None = None
    signed_at: Moment | None = None
    last_modified_by: str | None = None
    last_modified_at: Moment | None = None
    modification_kind: str | None = None
    reported_at: Moment | None = None
    report_status: str | None = None
    institution_name: str | None = None
    report_title: str | None = None
    one_step_reporting: bool = False
    has_prior: bool | None = None
    priors: tuple[Prior, ...] | None = None
    request: Request | None = None
    alerts: tuple[Alert, ...] | None = None
    now: datetime | None = None
    keeps_lines: bool = True

    @cached_property
    def texts(self) -> dict[str, Text]:
        """The free texts, shared by all rules; an empty one where not known."""
        return {name: text_of(getattr(self, name)) for name in TEXT_FIELDS}

    def text(self, field: str) -> Text:
        """The text of the field; an empty one when not known (rules list what they need in `reads`)."""
        return self.texts[field]

    def value(self, field: str) -> str | None:
        """The shown text of any field; None when not known."""
        found = getattr(self, field, None)
        return found.text if isinstance(found, Moment) else found

    @cached_property
    def facts(self) -> dict[object, Any]:
        """Cache of the values derived from this report (see `once_per_report`)."""
        return {}


def once_per_report(derive: Callable[[CheckedReport], _T]) -> Callable[[CheckedReport], _T]:
    """Cache a value derived from a report with the report: several rules need it."""

    @wraps(derive)
    def derived(report: CheckedReport) -> _T:
        cache: dict[object, _T] = report.facts
        if derive not in cache:
            cache[derive] = derive(report)
        return cache[derive]

    return derived


TEXT_FIELDS = (
    "findings",
    "impression",
    "technique",
    "examination_name",
    "clinical_diagnosis",
    "surgical_history",
    "body_part",
)
