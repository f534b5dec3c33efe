"""Between the rows of the database and the draw's pure rules: candidates in, frozen cases out."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from audits.sampling.domain.draw import draw
from audits.sampling.domain.frozen_list import Entry
from audits.sampling.domain.judges import name_forms
from audits.sampling.domain.pool import Candidate, OutcomeFact, Pool, build_pool
from audits.sampling.domain.replacement import Replacement, Sample, Source
from audits.sampling.domain.window import Window
from audits.sampling.models import Audit, Case
from exporting.days import day_end, day_start
from reports.archive.models import Report, Revision
from reports.outcomes.models import Outcome
from staff.departments.models import Department

_COLUMNS = (
    "accession_number",
    "patient_key",
    "modality",
    "system",
    "reported_at",
    "examined_at",
    "is_final",
    "is_signed",
    "reporting_physician",
)


def audit_window_of(audit: Audit) -> Window:
    """The window of the audit as a domain value."""
    return Window(audit.window_start, audit.window_end, audit.extended_reason)


def pool_of(audit: Audit) -> Pool:
    """The present eligible reports and the ledger; three queries."""
    window = audit_window_of(audit)
    return build_pool(candidates(audit.department, window), window, audit.cut_off_on)


def candidates(department: Department, window: Window) -> list[Candidate]:
    """Every report completed in the window, and those examined in it whose report time is not known."""
    facts = _outcome_facts(department, window)
    zone = timezone.get_current_timezone()  # once: per report it cost as much as the query
    physicians: dict[str, str] = {}
    found = []
    for number, patient, modality, system, reported, examined, final, signed, physician in _reports(
        department, window
    ).values_list(*_COLUMNS):
        if physician not in physicians:
            physicians[physician] = physician_token(department, physician)
        found.append(
            Candidate(
                accession_number=number,
                patient_key=patient,
                modality=modality,
                system=system,
                reported_on=_day(reported, zone),
                examined_on=_day(examined, zone),
                is_final=final,
                is_signed=signed,
                reporting_physician=physicians[physician],
                outcomes=tuple(facts.get(number, ())),
            )
        )
    return found


def _reports(department: Department, window: Window) -> "QuerySet[Report]":
    first, beyond = day_start(window.start), day_end(window.end)
    reported = Q(reported_at__gte=first, reported_at__lt=beyond)
    unknown = Q(reported_at__isnull=True, examined_at__gte=first, examined_at__lt=beyond)
    return Report.objects.filter(reported | unknown, department=department).order_by()


def _outcome_facts(department: Department, window: Window) -> dict[str, list[OutcomeFact]]:
    """Accession number → outcomes. An unconfirmed one counts for every report it may belong to."""
    facts: dict[str, list[OutcomeFact]] = defaultdict(list)
    rows = Outcome.objects.filter(department=department).order_by("observed_on", "pk")
    # From the window's reports to their outcomes: the other way round reads every outcome of all years.
    matched = rows.matched().filter(report__in=_reports(department, window).values("pk"))
    for kind, day, text, number in matched.values_list(
        "kind", "observed_on", "text", "report__accession_number"
    ):
        facts[number].append(OutcomeFact(kind, day, bool(text.strip()), True))
    pending = rows.pending().values_list("kind", "observed_on", "text", "candidates", "given_accession")
    for kind, day, text, numbers, given in pending:
        for number in {*numbers, given} - {""}:
            facts[number].append(OutcomeFact(kind, day, bool(text.strip()), False))
    return facts


def _day(moment: datetime | None, zone: tzinfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None


def physician_token(department: Department, written: str | None) -> str:
    """A keyed token, the same for every way a RIS writes one physician; "" when not known."""
    forms = "|".join(sorted(name_forms(written or "")))
    if not forms:
        return ""
    message = f"{department.code}|physician|{forms}".encode()
    return hmac.new(settings.QC_PATIENT_SECRET.encode(), message, hashlib.sha256).hexdigest()[:16]


def sample_of(audit: Audit, judged: Iterable[str] = ()) -> Sample:
    """The draw repeated from the stored list and seed, with the replacements made since."""
    drawn = draw([Entry(*row) for row in audit.pool_list], audit.seed, audit.draw["size"])
    steps = tuple(
        Replacement(step["removed"], step["added"], step["reason"], Source.NONE)
        for step in audit.draw["replacements"]
    )
    return Sample(drawn, steps, frozenset(judged))


def freeze_cases(
    audit: Audit, numbers: Sequence[str], *, position: int = 1, replaces: Case | None = None
) -> list[Case]:
    """Cases for these accession numbers in order, from `position` on, at the revision and with the outcomes
    that were known when the audit was drawn."""
    reports = {
        report.accession_number: report
        for report in Report.objects.filter(
            department=audit.department, accession_number__in=numbers
        ).prefetch_related("revisions", "outcomes")
    }
    systems = {row[0]: row[1] for row in audit.pool_list}
    cases = []
    for place, number in enumerate(numbers, start=position):
        report = reports[number]
        case = Case.objects.create(
            audit=audit,
            report=report,
            revision=_revision_then(report, audit.drawn_at),
            position=place,
            system=systems[number],
            modality=report.modality,
            replaces=replaces,
        )
        case.outcomes.set(_outcomes_then(report, audit))
        cases.append(case)
    return cases


def _revision_then(report: Report, drawn_at: datetime | None) -> Revision:
    revisions = sorted(report.revisions.all(), key=lambda revision: revision.number)
    known = [r for r in revisions if drawn_at is None or r.received_at <= drawn_at]
    return known[-1] if known else revisions[0]


def _outcomes_then(report: Report, audit: Audit) -> list[Outcome]:
    """Matched outcomes of the report that made it eligible: from the examination to the cut-off day."""
    zone = timezone.get_current_timezone()
    examined = _day(report.examined_at, zone) or _day(report.reported_at, zone)
    return [
        outcome
        for outcome in report.outcomes.all()
        if outcome.match in Outcome.MATCHED
        and outcome.text.strip()
        and (examined is None or examined <= outcome.observed_on)
        and outcome.observed_on <= audit.cut_off_on
        and (audit.drawn_at is None or outcome.created_at <= audit.drawn_at)
    ]
