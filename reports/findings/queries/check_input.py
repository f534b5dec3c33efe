"""Stored reports as input of the text checks, with priors, request and alerts.

The number of queries does not depend on the number of reports.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from reports.archive.content import patient_key, time_text
from reports.archive.models import Report
from reports.domain.textcheck.identity import is_unnamed
from reports.domain.textcheck.report import Alert, CheckedReport, Grain, Moment, Prior, Request
from reports.imports.models import CriticalAlert, ImagingRequest, ImportSource
from spreadsheets import is_placeholder
from staff.departments.models import Department

# More reports under one patient id are a placeholder's of the hospital's own, not a person's.
ONE_PERSON = 300
_PRIORS_SHOWN = 20
_COLUMN_TOLD_BY = 200  # reports of a source that are asked whether its export has a column
_PLAIN = tuple(
    name
    for name in CheckedReport.__dataclass_fields__
    if name not in ("priors", "request", "alerts", "now", "has_prior", "keeps_lines", "one_step_reporting")
    and not name.endswith("_at")
)
_REQUEST = tuple(Request.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class _Examination:
    """A report in the history of a patient."""

    pk: int
    accession: str
    at: datetime
    grain: str
    prior: Prior


@dataclass(frozen=True)
class Surroundings:
    """Related records of a chunk of reports: priors, requests and alerts."""

    department: Department
    history: dict[str, list[_Examination]]
    requests: dict[str, Request]
    alerts: dict[str, list[Alert]] | None
    without_lines: frozenset[int]
    without_exam_times: frozenset[int]
    now: datetime

    @classmethod
    def of(cls, department: Department, reports: Sequence[Report]) -> "Surroundings":
        numbers = [report.accession_number for report in reports]
        return cls(
            department=department,
            history=_history(department, {r.patient_key for r in reports if is_identified(r)}),
            requests=_requests(department, numbers),
            alerts=_alerts(department, numbers),
            without_lines=frozenset(
                ImportSource.objects.filter(department=department, keeps_lines=False).values_list(
                    "pk", flat=True
                )
            ),
            without_exam_times=_without_exam_times(reports),
            now=timezone.localtime().replace(tzinfo=None),
        )

    def checked(self, report: Report) -> CheckedReport:
        """The report as input of the checks, with its related records."""
        values: dict[str, Any] = {name: getattr(report, name) for name in _PLAIN} | self._times(report)
        return CheckedReport(
            **values,
            one_step_reporting=self.department.one_step_reporting,
            priors=self._priors(report),
            request=self.requests.get(report.accession_number),
            alerts=None if self.alerts is None else tuple(self.alerts.get(report.accession_number, ())),
            now=self.now,
            keeps_lines=report.source_id not in self.without_lines,
        )

    def later_than(self, reports: Iterable[Report]) -> set[int]:
        """Keys of later reports of the same patients, whose priors are among `reports`."""
        given = {report.pk for report in reports}
        found: set[int] = set()
        for examinations in self.history.values():
            earlier = [e for e in examinations if e.pk in given]
            if earlier and len(examinations) <= ONE_PERSON:
                found |= {e.pk for e in examinations if any(_is_before(k, e) for k in earlier)}
        return found - given

    def _priors(self, report: Report) -> tuple[Prior, ...] | None:
        examinations = self.history.get(report.patient_key)
        if not is_identified(report) or examinations is None or len(examinations) > ONE_PERSON:
            return None
        mine = next((e for e in examinations if e.pk == report.pk), None)
        earlier = [e.prior for e in examinations if mine and _is_before(e, mine)]
        return tuple(earlier[-_PRIORS_SHOWN:])

    def _times(self, report: Report) -> dict[str, Moment | None]:
        """Times of the report; an empty one is known to be empty where the export has its column."""
        has_exam_time = report.source_id is not None and report.source_id not in self.without_exam_times
        return {
            "examined_at": _moment(report.examined_at, report.examined_at_precision, given=has_exam_time),
            "reported_at": _moment(report.reported_at, report.reported_at_precision, given=True),
            "signed_at": _moment(report.signed_at, "", given=report.signature_method is not None),
            "last_modified_at": _moment(
                report.last_modified_at, "", given=report.last_modified_by is not None
            ),
        }


def with_surroundings(report: CheckedReport, department: Department) -> CheckedReport:
    """Add priors and request to a report that is not stored.

    Given values are not replaced. Alerts are not added: they may be imported after signing.
    """
    more: dict[str, Any] = {"one_step_reporting": department.one_step_reporting}
    if report.priors is None and not is_placeholder(report.patient_id or ""):
        key = patient_key(department, {"patient_id": report.patient_id}, report.accession_number or "")
        history = _history(department, {key}).get(key, [])
        at = report.examined_at.at if report.examined_at else None
        earlier = [
            e.prior for e in history if (at is None or e.at < at) and e.accession != report.accession_number
        ]
        if len(history) <= ONE_PERSON:
            more["priors"] = tuple(earlier[-_PRIORS_SHOWN:])
    if report.request is None and report.accession_number:
        more["request"] = _requests(department, [report.accession_number]).get(report.accession_number)
    return replace(report, **more)


def is_identified(report: Report) -> bool:
    """Does the report identify its patient, so that other reports can be found?"""
    by_number = not is_placeholder(report.patient_id or "")
    return by_number or bool(report.birth_on and not is_unnamed(report.patient_name))


def _moment(value: datetime | None, precision: str, *, given: bool) -> Moment | None:
    if value is None:
        return Moment("", None, "") if given else None
    grains: dict[str, Grain] = {"day": "day", "minute": "minute", "second": "second"}
    grain: Grain = grains.get(precision) or ("second" if value.second else "minute")
    return Moment(time_text(value, grain), timezone.localtime(value).replace(tzinfo=None), grain)


def _history(department: Department, keys: set[str]) -> dict[str, list[_Examination]]:
    """The final reports of these patients, earliest first."""
    found: dict[str, list[_Examination]] = defaultdict(list)
    rows = Report.objects.filter(department=department, patient_key__in=keys, is_final=True).values_list(
        "pk",
        "patient_key",
        "accession_number",
        "examined_at",
        "examined_at_precision",
        "reported_at",
        "reported_at_precision",
        "modality",
        "examination_name",
        "body_part",
        "impression",
    )
    for pk, key, accession, examined, examined_grain, reported, reported_grain, *texts in rows:
        at, grain = (examined, examined_grain) if examined else (reported, reported_grain)
        if at is not None:
            at = timezone.localtime(at).replace(tzinfo=None)
            found[key].append(_Examination(pk, accession, at, grain, _prior(at.date(), texts)))
    for examinations in found.values():
        examinations.sort(key=lambda e: (e.at, e.pk))
    return found


def _prior(day: date, texts: Sequence[str | None]) -> Prior:
    modality, name, part, impression = (text or "" for text in texts)
    return Prior(
        examined_on=day, modality=modality, examination_name=name, body_part=part, impression=impression
    )


def _is_before(one: _Examination, other: _Examination) -> bool:
    if "day" in (one.grain, other.grain):
        return one.at.date() < other.at.date()
    return one.at < other.at


def _requests(department: Department, numbers: Iterable[str]) -> dict[str, Request]:
    """The newest request of each examination."""
    rows = ImagingRequest.objects.for_accessions(department, numbers).order_by("requested_at", "pk")
    # Those without a time come first on SQLite and last on PostgreSQL: sorted once more, the same on both.
    dated = sorted(rows, key=lambda row: row.requested_at is not None)
    return {row.accession_number: Request(**{name: getattr(row, name) for name in _REQUEST}) for row in dated}


def _alerts(department: Department, numbers: Iterable[str]) -> dict[str, list[Alert]] | None:
    """The alert records by examination; None where the department imports none."""
    found: dict[str, list[Alert]] = defaultdict(list)
    for row in CriticalAlert.objects.for_accessions(department, numbers).order_by("pk"):
        found[row.accession_number].append(
            Alert(
                content=row.content,
                found_at=_wall(row.found_at),
                notified_at=_wall(row.notified_at),
                notified_by=row.notified_by,
                received_by=row.received_by,
                unknown_times=frozenset(
                    name for name in ("found_at", "notified_at") if getattr(row, f"{name}_precision") is None
                ),
            )
        )
    if not found and not CriticalAlert.objects.filter(department=department).exists():
        return None
    return found


def _wall(value: datetime | None) -> datetime | None:
    return timezone.localtime(value).replace(tzinfo=None) if value else None


def _without_exam_times(reports: Sequence[Report]) -> frozenset[int]:
    """Sources whose export has no 检查时间, judged by their first reports."""
    asked = {r.source_id for r in reports if r.examined_at is None and r.source_id is not None}
    return frozenset(source for source in asked if not _has_exam_times(source))


def _has_exam_times(source_id: int) -> bool:
    first = Report.objects.filter(source_id=source_id).order_by("pk").values_list("examined_at", flat=True)
    return any(first[:_COLUMN_TOLD_BY])
