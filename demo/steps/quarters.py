"""The quarters of the demonstration, brought as far as the story says by the actions the pages use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audits.judging.actions.assignment import assign_fairly
from audits.judging.actions.rulings import (
    FaultInput,
    concordance_ruling,
    reveal_outcome,
    rule_conclusion,
    rule_description,
)
from audits.judging.models import Review
from audits.quarter.actions.quarters import draw_audit, open_audit
from audits.sampling.domain.window import Window
from audits.sampling.models import Audit
from demo.content import DemoDepartment, DemoReport
from demo.content.exports import outcome_csv, report_csv
from demo.content.values import DemoQuarter
from reports.imports.actions.batches import commit, open_batch
from reports.imports.models import ImportBatch
from scoring.downloads.actions import grant_packet
from scoring.sheets.actions.notes import add_evidence
from scoring.sheets.actions.sheets import create_sheet, set_row
from scoring.sheets.models import Sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from scoring.unmasking.actions.requests import ask_unmasked
from staff.accounts.models import User
from staff.departments.models import Department

GRANT_DAYS = 90
SOURCES = {"reports": "RIS导出", "outcomes": "随访登记", "alerts": "危急值登记"}
_AGAINST = "纸质原件当场核对无误，尚未登记入系统。"
_WITH_NAMES = "该季度未达标，检查专家现场复核时需对照病历原件，核实病理结果与报告为同一受检者。"


@dataclass(frozen=True)
class Cast:
    """Who acts in the story."""

    officer: User
    assessors: Sequence[User]
    head: User
    inspector: User


@dataclass(frozen=True)
class Staged:
    """A quarter after its last step; `sheet` is None while it is being judged."""

    audit: Audit
    sheet: Sheet | None


def import_quarter(
    demo: DemoDepartment, quarter: DemoQuarter, department: Department, by: User
) -> dict[str, int]:
    """Take the quarter's two exports in as the import page does; counts of both together."""
    reports = demo.reports_of(quarter)
    files = (
        ("reports", f"检查报告_{quarter.window_start}.csv", report_csv(reports)),
        ("outcomes", f"结局_{quarter.window_start}.csv", outcome_csv(reports)),
    )
    totals = {"reports": 0, "amended": 0, "outcomes": 0, "pending": 0, "refused": 0}
    for kind, name, data in files:
        counts = import_export(department, kind, SimpleUploadedFile(name, data), by)
        totals["reports" if kind == "reports" else "outcomes"] += counts["created"]
        totals["amended"] += counts["updated"]
        totals["pending"] += counts["pending"]
        totals["refused"] += counts["refused"]
    return totals


def import_export(department: Department, kind: str, upload: SimpleUploadedFile, by: User) -> dict[str, int]:
    """One file of the RIS or of a register, uploaded and committed."""
    batch = open_batch(department=department, kind=kind, source_name=SOURCES[kind], upload=upload, by=by)
    # The page's own path from here on is a queued job; the command is that job.
    ImportBatch.objects.filter(pk=batch.pk).update(status=ImportBatch.Status.COMMITTING)
    commit(batch.pk)
    batch.refresh_from_db()
    if batch.status != ImportBatch.Status.DONE:
        raise RuntimeError(f"demo export {upload.name} was not taken: {batch.problem}")
    counts: dict[str, int] = batch.counts
    return counts


def stage_quarter(demo: DemoDepartment, quarter: DemoQuarter, department: Department, cast: Cast) -> Staged:
    """Draw, assign, judge; then the sheet, as far as the quarter has come."""
    audit = open_audit(
        department=department,
        window=Window(quarter.window_start, quarter.window_end),
        by=cast.officer,
        cut_off=quarter.cut_off,
        secret=demo.secret(quarter.label),
    )
    audit = draw_audit(audit, version=audit.version, by=cast.officer)
    _, problems = assign_fairly(audit, assessors=cast.assessors, version=audit.version, by=cast.officer)
    if problems:
        raise RuntimeError(f"demo cases without assessor: {problems}")
    truths = {report.accession_number: report for report in demo.reports_of(quarter)}
    reviews = Review.objects.filter(case__audit=audit, case__position__lte=quarter.judged)
    for review in reviews.select_related("assessor", "case__report").order_by("case__position"):
        _judge(review, truths[review.case.report.accession_number])
    audit.refresh_from_db()
    if quarter.stage == "judging":
        return Staged(audit, None)
    sheet = _fill_sheet(audit, quarter, cast.officer)
    if quarter.stage == "signed":
        sheet = _sign(sheet, cast)
        if not quarter.passes:
            ask_unmasked(sheet, inspector=cast.inspector, institution="", reason=_WITH_NAMES, by=cast.officer)
    audit.refresh_from_db()
    return Staged(audit, sheet)


def _judge(review: Review, report: DemoReport) -> None:
    """Description first and blind, then the outcome, then the conclusion: as the truth says."""
    by, truth = review.assessor, report.truth
    assert truth is not None, "a drawn report has an outcome"
    faults = [FaultInput(f.clause, f.reason, f.field, excerpt=f.excerpt) for f in report.description_faults]
    verdict = Review.Description.NONCONFORMING if faults else Review.Description.CONFORMING
    review = rule_description(review, verdict=verdict, faults=faults, version=review.version, by=by)
    review = reveal_outcome(review, version=review.version, by=by)
    ruling = concordance_ruling(
        localisation=truth.localisation,
        characterisation=truth.characterisation,
        error_kind=truth.error_kind,
        judgement=truth.judgement,
        reason=truth.reason,
        stage_differs=truth.stage_differs,
    )
    rule_conclusion(review, ruling=ruling, version=review.version, by=by)


def _fill_sheet(audit: Audit, quarter: DemoQuarter, by: User) -> Sheet:
    sheet = create_sheet(audit=audit, by=by)
    for row in quarter.section_one:
        for shown in row.evidence:
            add_evidence(
                sheet,
                row=row.row,
                title=shown.title,
                dated_on=shown.dated_on,
                note=shown.note,
                version=sheet.version,
                by=by,
            )
            sheet.refresh_from_db()
        sheet = set_row(
            sheet,
            row=row.row,
            state=row.state,
            reason=row.reason or None,
            differs_reason=row.reason or _AGAINST,
            version=sheet.version,
            by=by,
        )
    return submit_sheet(sheet, version=sheet.version, by=by)


def _sign(sheet: Sheet, cast: Cast) -> Sheet:
    sheet = sign_sheet(sheet, version=sheet.version, by=cast.head)
    until = timezone.localdate() + timedelta(days=GRANT_DAYS)
    grant_packet(sheet, inspector=cast.inspector, until=until, by=cast.head)
    return sheet
