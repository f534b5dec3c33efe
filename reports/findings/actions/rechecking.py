"""Check the stored reports of a department again in a background job with progress.

The job gets only the id of its run. Each chunk of waiting reports and its progress are one transaction: a job
that is interrupted and delivered again continues where it stopped.
"""

import logging
from collections.abc import Callable
from traceback import format_tb

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_q.tasks import async_task

from reports.conflicts import RefusedError, expect_shown
from reports.domain.textcheck.registry import RULES_VERSION, bound_rules
from reports.findings.actions.checking import Changes, check_waiting, let_wait, waiting
from reports.findings.models import CheckRun, RuleSetting
from reports.findings.queries.switches import shown_switch
from reports.imports.models import ImportSource
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record

logger = logging.getLogger(__name__)
Status = CheckRun.Status


def recheck(department: Department, *, by: User | None, everything: bool = True) -> CheckRun:
    """Begin a re-check and queue its job; if one is running, its job is queued again instead.

    `everything`: all reports; else only those not yet checked with the present rules.
    """
    return begin_recheck(department, by=by, everything=everything, queue=True)


@transaction.atomic
def begin_recheck(
    department: Department, *, by: User | None, everything: bool = True, queue: bool = True
) -> CheckRun:
    """Begin a re-check; with `queue=False` the caller runs it directly with `run_recheck`."""
    Department.objects.select_for_update().get(pk=department.pk)
    if everything:
        let_wait(department)
    run = CheckRun.objects.filter(department=department, status__in=CheckRun.OPEN).first()
    if run is None:
        run = CheckRun(department=department, asked_by=by)
    run.rules_version = RULES_VERSION
    run.progress_total = run.progress_done + waiting(department).count()
    run.save()
    record("reports.recheck", by=by, target=run, detail={"reports": run.progress_total})
    if queue:
        label = f"recheck {run.pk}"
        transaction.on_commit(lambda: async_task(f"{__name__}.run_recheck", run.pk, task_name=label))
    return run


def recheck_where_due() -> list[CheckRun]:
    """Begin a re-check in every department with reports not yet checked with the present rules."""
    departments = Department.objects.select_related("institution")
    return [recheck(d, by=None, everything=False) for d in departments if waiting(d).exists()]


def run_recheck(run_id: int, progress: Callable[[int], None] | None = None) -> None:
    """Job: check the waiting reports. A finished run is not changed."""

    def note(changes: Changes) -> None:
        done = _note_chunk(run_id, changes)
        if progress:
            progress(done)

    run = CheckRun.objects.select_related("department", "asked_by").get(pk=run_id)
    if run.status not in CheckRun.OPEN:
        return
    CheckRun.objects.filter(pk=run_id, started_at__isnull=True).update(started_at=timezone.now())
    CheckRun.objects.filter(pk=run_id, status=Status.QUEUED).update(status=Status.RUNNING)
    try:
        check_waiting(department=run.department, by=run.asked_by, each_chunk=note)
    except Exception as error:
        # The message of the error may quote a report: the log gets only its type and traceback.
        fault = f"check run {run_id} failed: {type(error).__name__}"
        logger.error("%s\n%s", fault, "".join(format_tb(error.__traceback__)))
        _finish(run_id, Status.FAILED, problem="检查时发生内部错误；已检查的报告保持结果，请联系管理员。")
        raise RuntimeError(fault) from None
    _finish(run_id, Status.DONE)


def _note_chunk(run_id: int, changes: Changes) -> int:
    """Add the changes of a chunk to the run, in its transaction; returns the number of reports done."""
    run: CheckRun = CheckRun.objects.select_for_update().get(pk=run_id)
    by_code = run.by_code
    for code, counts in changes.by_code.items():
        counted = by_code.setdefault(code, dict.fromkeys(counts, 0))
        for name, count in counts.items():
            counted[name] += count
    CheckRun.objects.filter(pk=run_id).update(
        by_code=by_code,
        progress_done=F("progress_done") + changes.reports,
        added=F("added") + changes.added.total(),
        gone=F("gone") + changes.gone.total(),
        kept=F("kept") + changes.kept.total(),
    )
    return run.progress_done + changes.reports


def _finish(run_id: int, status: str, problem: str = "") -> None:
    CheckRun.objects.filter(pk=run_id, status__in=CheckRun.OPEN).update(
        status=status, problem=problem, finished_at=timezone.now()
    )


@transaction.atomic
def switch_rule(
    department: Department,
    code: str,
    *,
    enabled: bool,
    by: User,
    reason: str = "",
    source: ImportSource | None = None,
    version: str | None = None,
) -> RuleSetting:
    """Switch a rule on or off in a department or one of its import sources, and re-check stored reports.

    Raises ConflictError; RefusedError for an unknown rule, a foreign source, or a missing reason.
    """
    reason = reason.strip()
    if code not in {bound.rule.code for bound in bound_rules()}:
        raise RefusedError(f"没有代码为“{code}”的规则。")
    if source is not None and source.department_id != department.pk:
        raise RefusedError("所选来源不属于本科室。")
    if not enabled and not reason:
        raise RefusedError("停用规则请写明理由。")
    if len(reason) > 300:
        raise RefusedError(f"理由有{len(reason)}个字，上限为300个。")
    rows = RuleSetting.objects.select_for_update().filter(department=department, source=source, code=code)
    expect_shown(rows.first(), shown_switch(rows.first()), version)
    setting, _ = RuleSetting.objects.update_or_create(
        department=department,
        source=source,
        code=code,
        defaults={"enabled": enabled, "reason": reason, "set_by": by, "set_at": timezone.now()},
    )
    detail = {"code": code, "enabled": enabled, "source": source.name if source else "", "reason": reason}
    record("reports.switch_rule", by=by, target=department, department=department, detail=detail)
    let_wait(department, source_id=source.pk if source else None)
    recheck(department, by=by, everything=False)
    return setting


@transaction.atomic
def set_keeps_lines(source: ImportSource, *, keeps_lines: bool, by: User) -> None:
    """Set whether the export of a source preserves line breaks; without them paragraphs are not checked."""
    source.keeps_lines = keeps_lines
    source.save(update_fields=["keeps_lines", "updated_at"])
    detail = {"source": source.name, "keeps_lines": keeps_lines}
    record("reports.keep_lines", by=by, target=source, detail=detail)
    let_wait(source.department, source_id=source.pk)
    recheck(source.department, by=by, everything=False)
