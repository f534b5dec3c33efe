"""候选: reports whose texts or outcomes suggest a follow-up, gathered as new versions are imported.

Each version is searched once, in the order of the rows, and the result is stored: the worklist of a
department with 100,000 reports queries rows and never searches texts.
"""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audits.follow_up.actions.records import examined_on
from audits.follow_up.domain.follow_up import FollowUpRules, Found, cues_in
from audits.follow_up.models import FollowUp, FollowUpScan
from audits.follow_up.rules import follow_up_rules
from exporting.days import day_start
from reports.archive.models import Report, Revision
from reports.outcomes.models import Outcome
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record

CHUNK = 1000
OUTCOME = "outcome"  # a cue from an outcome, not from a text: preserved when a new version is searched
_FIELDS = ("id", "department_id", "examined_at", "reported_at")
_OPERATED = (Outcome.Kind.SURGICAL_PATHOLOGY, Outcome.Kind.SURGICAL_FINDING)


def gather_candidates(
    department: Department, *, by: User | None, today: date | None = None, most_chunks: int | None = None
) -> int:
    """Search the versions imported since the last run; returns the number of new candidates.

    A chunk is one transaction. `most_chunks`: stop after so many, so that a page answers soon; the worker
    continues from there.
    """
    rules = follow_up_rules()
    since = (today or timezone.localdate()) - timedelta(days=rules.window_days)
    found, chunks = 0, 0
    while most_chunks is None or chunks < most_chunks:
        read, new = _gather_chunk(department, rules, since)
        found, chunks = found + new, chunks + 1
        if read < CHUNK:
            break
    found += _gather_outcomes(department, since)
    if found:
        record(
            "audits.gather_follow_ups",
            by=by,
            target=department,
            department=department,
            detail={"created": found},
        )
    return found


def gather_everywhere() -> int:
    """Job of the worker: every department in turn."""
    return sum(gather_candidates(department, by=None) for department in Department.objects.all())


def schedule_candidates() -> None:
    """Schedule the search on the worker, every quarter of an hour."""
    from django_q.models import Schedule

    Schedule.objects.update_or_create(
        name="随访候选",
        defaults={
            "func": f"{__name__}.gather_everywhere",
            "schedule_type": Schedule.MINUTES,
            "minutes": 15,
        },
    )


def waiting_versions(department: Department) -> int:
    """The number of report versions not searched yet, counted up to CHUNK."""
    scan = FollowUpScan.objects.filter(department=department).first()
    number: int = _after(department, scan.revision_id if scan else 0)[:CHUNK].count()
    return number


def _after(department: Department, revision_id: int) -> "QuerySet[Revision]":
    return Revision.objects.filter(pk__gt=revision_id, report__department=department)


@transaction.atomic
def _gather_chunk(department: Department, rules: FollowUpRules, since: date) -> tuple[int, int]:
    """Search one chunk; returns (versions read, new candidates)."""
    # Imports hold the same lock: within a department rows become visible in the order of their ids.
    Department.objects.select_for_update().get(pk=department.pk)
    scan, _ = FollowUpScan.objects.get_or_create(department=department)
    rows = list(_after(department, scan.revision_id).order_by("pk").values_list("pk", "report_id")[:CHUNK])
    if not rows:
        return 0, 0
    reports = Report.objects.filter(
        pk__in={report for _, report in rows}, is_final=True, reported_at__gte=day_start(since)
    ).only(*_FIELDS, *rules.fields)
    speaking = {report: cues for report in reports if (cues := _cues(report, rules))}
    new = _keep(department, speaking)
    scan.revision_id = rows[-1][0]
    scan.save()
    return len(rows), new


def _cues(report: Report, rules: FollowUpRules) -> tuple[Found, ...]:
    return cues_in({name: getattr(report, name) for name in rules.fields}, rules)


@transaction.atomic
def _gather_outcomes(department: Department, since: date) -> int:
    """Store reports with an outcome in the window and without a follow-up; the number of new candidates."""
    Department.objects.select_for_update().get(pk=department.pk)
    rows = Outcome.objects.filter(
        department=department, observed_on__gte=since, report__follow_up__isnull=True
    ).matched()
    found: dict[Report, list[Found]] = {}
    for outcome in rows.select_related("report").order_by("observed_on", "pk"):
        operated = outcome.kind in _OPERATED
        name = f"已有结局：{outcome.get_kind_display()}"
        cue = Found(OUTCOME, "operated" if operated else "followed", name, "")
        assert outcome.report is not None  # it is matched
        found.setdefault(outcome.report, []).append(cue)
    return _keep(department, {report: tuple(cues) for report, cues in found.items()})


def _keep(department: Department, speaking: dict[Report, tuple[Found, ...]]) -> int:
    """Store candidates; returns the number of new ones. Existing cases get the present cues only."""
    stored = {row.report_id: row for row in FollowUp.objects.filter(report__in=speaking)}
    new, changed = [], []
    for report, cues in speaking.items():
        row = stored.get(report.pk)
        listed = [asdict(cue) for cue in cues]
        if row is None:
            new.append(_candidate(department, report, cues, listed))
            continue
        listed += [cue for cue in row.cues if cue["code"] == OUTCOME and cue not in listed]
        if row.cues != listed or row.examined_on != examined_on(report):
            row.cues, row.examined_on = listed, examined_on(report)
            changed.append(row)
    FollowUp.objects.bulk_create(new)
    FollowUp.objects.bulk_update(changed, ["cues", "examined_on"])
    return len(new)


def _candidate(
    department: Department, report: Report, cues: tuple[Found, ...], listed: list[dict[str, Any]]
) -> FollowUp:
    return FollowUp(
        department=department,
        report=report,
        cues=listed,
        is_operated=any(cue.kind == "operated" for cue in cues),
        is_difficult=any(cue.kind == "difficult" for cue in cues),
        examined_on=examined_on(report),
    )
