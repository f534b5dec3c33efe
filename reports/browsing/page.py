"""Frozen values of the report page: the report, its versions and its outcomes."""

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace

from reports.archive.models import Report
from reports.archive.page import shown_report
from reports.domain.systems import system_of_disease
from reports.fields import System
from reports.outcomes.models import Outcome
from staff.accounts.models import User

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
