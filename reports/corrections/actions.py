"""Correct imported data; each correction asks the apps above and stores the prior values and a reason."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from reports.archive.content import content_of, fill, to_json
from reports.archive.models import Report, ReportCorrection, Revision
from reports.conflicts import RefusedError, expect_shown
from reports.corrections.guards import objection_to_outcome, objection_to_report
from reports.corrections.models import OutcomeCorrection
from reports.domain.versions import content_hash
from reports.findings.actions.checking import check_arrived
from reports.outcomes.actions import rematch_outcomes
from reports.outcomes.models import Outcome
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record

GIVEN = ("given_accession", "given_patient_id", "given_patient_name", "given_examined_on")
EDITABLE = ("kind", "observed_on", "text", "recorded_by", *GIVEN)
Kind = OutcomeCorrection.Kind
Match = Outcome.Match


def shown_outcome(outcome: Outcome) -> dict[str, Any]:
    """The values of an outcome that the correction forms show."""
    return {name: getattr(outcome, name) for name in (*EDITABLE, "report_id", "match")}


@transaction.atomic
def edit_outcome(
    outcome: Outcome, *, values: dict[str, Any], reason: str, by: User, version: str | None = None
) -> Outcome:
    """Correct what was registered: kind, day, text, recorder, and whose it is. RefusedError, ConflictError.

    The imported identity is unchanged, so importing the same file again does not restore the old text. A
    pending outcome is matched again; one that has its report stays there until it is rematched.
    """
    outcome = _locked(outcome, version, taken_away=False)
    before = {name: getattr(outcome, name) for name in EDITABLE if getattr(outcome, name) != values[name]}
    if not before:
        raise RefusedError("内容没有改动。")
    _refuse_day(values["observed_on"], outcome.report, values["given_examined_on"])
    reason = outcome.masked(reason)  # by the identity that is about to be replaced
    for name in before:
        setattr(outcome, name, values[name])
    outcome.save(update_fields=[*before])
    _corrected(outcome, Kind.EDITED, before, reason, by)
    if outcome.match in Outcome.PENDING:
        rematch_outcomes(outcome.department, by=by)
        outcome.refresh_from_db()
    return outcome


@transaction.atomic
def rematch_outcome(
    outcome: Outcome, *, report: Report, reason: str, by: User, version: str | None = None
) -> Outcome:
    """Match an outcome to another report of the department. RefusedError, ConflictError."""
    outcome = _locked(outcome, version, taken_away=True)
    if report.department_id != outcome.department_id:
        raise RefusedError("所选报告不属于本科室。")
    if report.pk == outcome.report_id and outcome.match in Outcome.MATCHED:
        raise RefusedError("这条结局已经归在这份报告。")
    _refuse_day(outcome.observed_on, report)
    before = {"report": outcome.report_id, "match": outcome.match}
    outcome.report, outcome.match = report, Match.PERSON
    _settle(outcome, reason, by)
    return _corrected(outcome, Kind.REMATCHED, before, reason, by)


@transaction.atomic
def withdraw_outcome(outcome: Outcome, *, reason: str, by: User, version: str | None = None) -> Outcome:
    """Withdraw an outcome; it remains in the list as 不采用 and can be matched to a report again."""
    outcome = _locked(outcome, version, taken_away=True)
    if outcome.match == Match.DISMISSED:
        raise RefusedError("这条结局已经不采用。")
    before = {"report": outcome.report_id, "match": outcome.match}
    outcome.report, outcome.match = None, Match.DISMISSED
    _settle(outcome, reason, by)
    return _corrected(outcome, Kind.WITHDRAWN, before, reason, by)


def _locked(outcome: Outcome, version: str | None, *, taken_away: bool) -> Outcome:
    rows = Outcome.objects.select_for_update(of=("self",)).select_related("report")
    outcome = rows.get(pk=outcome.pk)
    expect_shown(outcome, shown_outcome(outcome), version)
    if objection := objection_to_outcome(outcome, taken_away=taken_away):
        raise RefusedError(objection)
    return outcome


def _refuse_day(day: date, report: Report | None, given: date | None = None) -> None:
    if day > timezone.localdate():
        raise RefusedError(f"结局日期{day}尚未到来，请核对。")
    examined = timezone.localtime(report.examined_at).date() if report and report.examined_at else given
    if examined and day < examined:
        raise RefusedError(f"结局日期{day}早于检查日期{examined}，请核对。")


def _settle(outcome: Outcome, reason: str, by: User) -> None:
    outcome.match_note, outcome.settled_by, outcome.settled_at = reason, by, timezone.now()
    outcome.save(update_fields=["report", "match", "match_note", "settled_by", "settled_at"])


def _corrected(outcome: Outcome, kind: str, before: dict[str, Any], reason: str, by: User) -> Outcome:
    if not reason.strip():
        raise RefusedError("请写明理由。")
    outcome.corrections.create(kind=kind, before=to_json(before), reason=reason.strip(), corrected_by=by)
    detail = {"kind": kind, "changed": sorted(before), "reason": outcome.masked(reason.strip())}
    record("outcomes.correct", by=by, target=outcome, detail=detail)
    return outcome


METADATA = (
    "patient_name",
    "patient_id",
    "sex",
    "age",
    "birth_on",
    "patient_class",
    "requesting_department",
    "clinical_diagnosis",
    "examination_name",
    "modality",
    "body_part",
    "examined_at",
    "reported_at",
    "reporting_physician",
    "reviewing_physician",
    "signed_by",
    "operator",
)


def shown_metadata(report: Report) -> dict[str, Any]:
    """The metadata of a report that the correction form shows."""
    return {name: getattr(report, name) for name in METADATA}


@transaction.atomic
def correct_metadata(
    report: Report,
    *,
    values: dict[str, Any],
    age_days: int | None,
    reason: str,
    by: User,
    version: str | None = None,
) -> Report:
    """Correct fields of a report other than its texts. RefusedError, ConflictError.

    This is not a revision in the sense of 4.5: the current version gets the corrected values, unless a drawn
    case refers to it, because a version must stay as it was judged. `values` may contain any of METADATA;
    times are aware.
    """
    if not reason.strip():
        raise RefusedError("请写明更正的理由。")
    department = (
        Department.objects.select_for_update().select_related("institution").get(pk=report.department_id)
    )
    report = Report.objects.select_for_update().get(pk=report.pk)
    report.department = department
    expect_shown(report, shown_metadata(report), version)
    if objection := objection_to_report(report):
        raise RefusedError(objection)
    changed = [name for name in values if getattr(report, name) != values[name]]
    if not changed:
        raise RefusedError("内容没有改动。")
    times = [values.get(name, getattr(report, name)) for name in ("examined_at", "reported_at")]
    _refuse_order(*times)
    before = to_json(content_of(report))
    after = to_json(_write_metadata(report, {name: values[name] for name in changed}, age_days))
    report.corrections.bulk_create(
        ReportCorrection(
            report=report, field=name, before=before[name], after=after[name], reason=reason, corrected_by=by
        )
        for name in changed
    )
    check_arrived([report], department=department, by=by)
    detail = {"changed": changed, "reason": report.masked(reason.strip())}
    record("reports.correct", by=by, target=report, detail=detail)
    return report


def _write_metadata(report: Report, values: dict[str, Any], age_days: int | None) -> dict[str, Any]:
    """Store the values and what follows from them; the whole content afterwards."""
    for name, value in values.items():
        setattr(report, name, value)
        if name in ("examined_at", "reported_at"):
            setattr(report, f"{name}_precision", "minute" if value else "")
    if "age" in values:
        report.age_days = age_days
    content = content_of(report)
    fill(report, content)
    report.content_hash = content_hash(content)
    report.save()
    _complete_revision(report, content)
    return content


def _refuse_order(examined_at: datetime | None, reported_at: datetime | None) -> None:
    if examined_at and reported_at and reported_at < examined_at:
        raise RefusedError("报告时间早于检查时间，请核对。")


def _complete_revision(report: Report, content: dict[str, Any]) -> None:
    unused = {relation.name: None for relation in Revision._meta.related_objects}
    rows = report.revisions.filter(number=report.revision_number, **unused)
    rows.update(content=to_json(content), content_hash=report.content_hash)
