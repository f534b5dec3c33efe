"""Values returned by intake.

Times are naive Beijing wall times; None means "not known", "" means "known to be empty".
"""

from dataclasses import dataclass
from datetime import date, datetime

Extra = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingReport:
    """One report row: the content fields of a Report, its row in the file and its accession number."""

    row: int
    accession_number: str
    modality: str
    patient_id: str | None = None
    patient_name: str | None = None
    sex: str | None = None
    age: str | None = None
    age_days: int | None = None
    birth_on: date | None = None
    patient_class: str | None = None
    requesting_department: str | None = None
    clinical_diagnosis: str | None = None
    surgical_history: str | None = None
    examination_name: str | None = None
    modality_code: str | None = None
    body_part: str | None = None
    examined_at: datetime | None = None
    examined_at_precision: str = ""
    technique: str | None = None
    findings: str | None = None
    impression: str | None = None
    reporting_physician: str | None = None
    reviewing_physician: str | None = None
    signed_by: str | None = None
    signature_method: str | None = None
    signed_at: datetime | None = None
    last_modified_by: str | None = None
    last_modified_at: datetime | None = None
    modification_kind: str | None = None
    operator: str | None = None
    reported_at: datetime | None = None
    reported_at_precision: str = ""
    report_status: str | None = None
    institution_name: str | None = None
    report_title: str | None = None
    extra: Extra = ()


# Limit of a workbook cell: a longer text is several reports merged because of a missing quote.
LONGEST_TEXT = 32_767
# Maximum text length per field; longer texts are refused, never truncated.
LIMITS = {
    "accession_number": 64,
    "patient_id": 100,
    "patient_name": 100,
    "sex": 10,
    "age": 30,
    "patient_class": 100,
    "requesting_department": 100,
    "examination_name": 300,
    "modality_code": 20,
    "body_part": 200,
    "reporting_physician": 100,
    "reviewing_physician": 100,
    "signed_by": 100,
    "signature_method": 100,
    "last_modified_by": 100,
    "modification_kind": 100,
    "operator": 100,
    "report_status": 30,
    "institution_name": 100,
    "report_title": 200,
    "recorded_by": 100,
    "request_number": 64,
    "requested_examination": 300,
    "notified_by": 100,
    "receiving_department": 100,
    "received_by": 100,
    **dict.fromkeys(
        (
            "clinical_diagnosis",
            "surgical_history",
            "technique",
            "findings",
            "impression",
            "clinical_question",
            "content",
            "text",
        ),
        LONGEST_TEXT,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingOutcome:
    """One outcome row, as given; reports.outcomes.domain.matching finds the report it belongs to."""

    row: int
    kind: str
    observed_on: date
    text: str
    accession_number: str | None = None
    patient_id: str | None = None
    patient_name: str | None = None
    examined_on: date | None = None
    recorded_by: str | None = None
    system: str | None = None
    extra: Extra = ()

    @classmethod
    def typed(cls, accession_number: str, *, kind: str, observed_on: date, text: str) -> "IncomingOutcome":
        """An outcome entered by a person on the page of the report with this number."""
        return cls(row=0, accession_number=accession_number, kind=kind, observed_on=observed_on, text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRequest:
    """One 申请单. A precision is None without such a column, and empty where its cell was empty."""

    row: int
    request_number: str | None = None
    accession_number: str = ""
    patient_id: str | None = None
    patient_name: str | None = None
    sex: str | None = None
    age: str | None = None
    age_days: int | None = None
    birth_on: date | None = None
    requesting_department: str | None = None
    clinical_diagnosis: str | None = None
    clinical_question: str | None = None
    surgical_history: str | None = None
    requested_examination: str | None = None
    requested_at: datetime | None = None
    requested_at_precision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingAlert:
    """One 危急值记录, complete or not; the checks report empty fields."""

    row: int
    accession_number: str
    content: str | None = None
    found_at: datetime | None = None
    found_at_precision: str | None = None
    notified_at: datetime | None = None
    notified_at_precision: str | None = None
    notified_by: str | None = None
    receiving_department: str | None = None
    received_by: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused row: position, what was found, what is expected, the message, and a stable code."""

    row: int
    column: str
    found: str
    expected: str
    reason: str
    code: str
    accession_number: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ignored:
    """A skipped row and why: title, blank, repeated_header, total, note, excluded, duplicate, joined."""

    row: int
    why: str


@dataclass(frozen=True)
class UnknownValue:
    """A value without an explanation: its field and column, number of occurrences, and first rows."""

    field: str
    label: str
    value: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class _Read:
    """Facts about a file other than its rows: `mapping` is header → field, `ambiguous` duplicate headers.

    `unused`: headers of columns with data but without a field.
    """

    refusals: tuple[Refusal, ...]
    ignored: tuple[Ignored, ...]
    headers: tuple[str, ...]
    mapping: dict[str, str]
    ambiguous: tuple[str, ...]
    encoding: str
    header_row: int
    unused: tuple[str, ...] = ()
    unknown_values: tuple[UnknownValue, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReadReports(_Read):
    reports: tuple[IncomingReport, ...]


@dataclass(frozen=True, kw_only=True)
class ReadOutcomes(_Read):
    outcomes: tuple[IncomingOutcome, ...]


@dataclass(frozen=True, kw_only=True)
class ReadRequests(_Read):
    requests: tuple[IncomingRequest, ...]


@dataclass(frozen=True, kw_only=True)
class ReadAlerts(_Read):
    alerts: tuple[IncomingAlert, ...]
