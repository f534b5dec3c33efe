"""Frozen values of the report page; identity is masked here unless a reason was given."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from exporting.masking import mask_id, mask_in_text, mask_name
from reports.archive.models import CONTENT_FIELDS, Report
from reports.domain.systems import system_of_disease
from reports.fields import System
from reports.findings.queries.check_input import time_text
from reports.outcomes.models import Outcome
from staff.models import User
from trail.chain import record

UNMASK_MINUTES = 10
_FREE_TEXTS = ("clinical_diagnosis", "surgical_history", "technique", "findings", "impression")
LABELS = {f.name: str(f.verbose_name) for f in Report._meta.local_fields}


@dataclass(frozen=True)
class Version:
    """One revision as the page lists it."""

    number: int
    reported_at: datetime | None
    received_at: datetime
    changed: tuple[str, ...]
    is_current: bool


@dataclass(frozen=True)
class OutcomeLine:
    """One outcome as the page lists it."""

    kind: str
    observed_on: date
    text: str
    recorded_by: str
    match: str
    suggested_system: str


@dataclass(frozen=True)
class ReportPage:
    """A report as shown: `report` has the glossary's field names, masked or not."""

    report: SimpleNamespace
    unmasked: bool
    versions: tuple[Version, ...]
    outcomes: tuple[OutcomeLine, ...]
    show_outcomes: bool

    @classmethod
    def of(cls, report: Report, *, unmasked: bool, with_outcomes: bool, reader: User) -> "ReportPage":
        """Two queries: revisions, and the outcomes not withheld from `reader`."""
        seen = report.outcomes.matched().not_withheld_from(reader)
        outcomes = tuple(_line(o, report) for o in seen) if with_outcomes else ()
        shown = shown_report(report, unmasked=unmasked)
        return cls(shown, unmasked, tuple(_versions(report)), outcomes, with_outcomes)


def shown_report(report: Report, *, unmasked: bool = False) -> SimpleNamespace:
    """The report's fields for components/_report_a1.html; names and ids masked, inside free text too."""
    values: dict[str, Any] = {name: getattr(report, name) for name in CONTENT_FIELDS}
    values |= {
        "pk": report.pk,
        "accession_number": report.accession_number,
        "system": report.get_system_display(),
        "modality_words": report.get_modality_display(),
        "department": report.department,
        "is_signed": report.is_signed,
        "revision_number": report.revision_number,
        "source": report.source.name if report.source else "",
    }
    values["examined_at_text"] = time_text(report.examined_at, report.examined_at_precision)
    values["reported_at_text"] = time_text(report.reported_at, report.reported_at_precision)
    return SimpleNamespace(**(values if unmasked else masked(values)))


def masked(values: dict[str, Any]) -> dict[str, Any]:
    """Name and id masked; the patient's own name is masked wherever free text repeats it."""
    name, identity = values.get("patient_name") or "", values.get("patient_id") or ""
    hidden = {
        field: mask_in_text(values[field], name, (identity,)) for field in _FREE_TEXTS if values.get(field)
    }
    born = values.get("birth_on")
    return (
        values
        | hidden
        | {
            "patient_name": mask_name(name),
            "patient_id": mask_id(identity),
            "birth_on": f"{born.year}年" if born else None,
            "extra": {},
        }
    )


def _versions(report: Report) -> list[Version]:
    rows = report.revisions.order_by("-number").defer("content")
    return [
        Version(
            r.number,
            r.reported_at,
            r.received_at,
            tuple(LABELS.get(f, f) for f in r.changed_fields if not f.endswith("_precision")),
            r.number == report.revision_number,
        )
        for r in rows
    ]


def _line(outcome: Outcome, report: Report) -> OutcomeLine:
    suggested = system_of_disease(outcome.text)
    differs = suggested and suggested != report.system
    text = outcome.masked(report.masked(outcome.text))
    return OutcomeLine(
        outcome.get_kind_display(),
        outcome.observed_on,
        text,
        outcome.recorded_by,
        outcome.get_match_display(),
        System(suggested).label if suggested and differs else "",
    )


def unmask(request: HttpRequest, report: Report, *, reason: str) -> None:
    """Show this report's identity to this session for ten minutes; recorded with its reason."""
    until = timezone.now() + timedelta(minutes=UNMASK_MINUTES)
    opened = request.session.get("unmasked", {})
    request.session["unmasked"] = opened | {str(report.pk): until.timestamp()}
    by: User = request.user  # type: ignore[assignment]  # the view is guarded by @requires
    record("reports.unmask", by=by, target=report, detail={"reason": report.masked(reason)})


def is_unmasked(request: HttpRequest, report: Report) -> bool:
    """Was a reason given in this session within the last ten minutes, and is the right still held?"""
    until = request.session.get("unmasked", {}).get(str(report.pk), 0)
    return until > timezone.now().timestamp() and request.user.may("reports.unmask", report.department)


def masked_outcome(outcome: Outcome) -> SimpleNamespace:
    """An outcome as given, the patient's name and id masked."""
    return SimpleNamespace(
        pk=outcome.pk,
        kind=outcome.get_kind_display(),
        match=outcome.get_match_display(),
        match_note=outcome.masked(outcome.match_note),
        observed_on=outcome.observed_on,
        text=outcome.masked(outcome.text),
        recorded_by=outcome.recorded_by,
        given_accession=outcome.given_accession,
        given_patient_id=mask_id(outcome.given_patient_id),
        given_patient_name=mask_name(outcome.given_patient_name),
        given_examined_on=outcome.given_examined_on,
        report=outcome.report,
    )
