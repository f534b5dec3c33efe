"""已知晓 and 申诉: read, appealed against, given to another assessor, decided with a reason.

Every function raises RefusedError, with a Chinese sentence, for what may not be done, and ConflictError when
the appeal was saved since the page that shows `version` was opened. Nothing is written then.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.appeals.domain.appeals import refuse_late
from audits.appeals.models import Acknowledgement, Appeal, AppealedFault
from audits.appeals.queries.own_findings import Problem, field_of, problem_for
from audits.appeals.queries.participants import DECIDES, refuse_to_decide
from audits.conflicts import RefusedError, expect_version
from audits.judging.domain.appeals import State, Subject
from audits.judging.models import Fault
from audits.judging.queries.judges import judges_of
from audits.judging.queries.results import case_results
from audits.monthly.models import MonthlyAudit, MonthlyCase
from audits.sampling.models import Audit, Case
from reports.archive.models import Report
from reports.findings.models import Finding
from staff.accounts.models import User
from trail.chain import record

REASON_LENGTH = 2000


@transaction.atomic
def acknowledge(subject: Subject, pk: int, *, by: User) -> Acknowledgement:
    """已知晓: note that this person has read the ruling; idempotent."""
    problem = _own(subject, pk, by)
    thing = {f"{field_of(subject)}_id": pk}
    known: Acknowledgement | None = Acknowledgement.objects.filter(user=by, subject=subject, **thing).first()
    if known is not None and problem.acknowledged_at is not None:
        return known
    known = known or Acknowledgement(
        user=by, subject=subject, department_id=problem.report.department_id, **thing
    )
    known.at = timezone.now()
    known.save()
    detail = {"subject": subject, "report": problem.report.pk, "clauses": list(problem.codes)}
    record("audits.acknowledge", by=by, target=known, detail=detail)
    return known


@transaction.atomic
def lodge_appeal(
    subject: Subject, pk: int, *, reason: str, by: User, faults: Collection[int] | None = None
) -> Appeal:
    """Lodge an appeal (申诉) against a ruling on an own report. `faults`: ids of its faults; None: all."""
    _lock(subject, pk)
    problem = _own(subject, pk, by)
    _refuse_unfit(problem)
    reason = _reason(problem.report, reason, "申诉请写明理由：哪里判得不对，依据是什么。")
    against = _faults_of(subject, pk)
    chosen = [one for one in against if faults is None or one.pk in faults]
    if against and not chosen:
        raise RefusedError("请至少选择一项要申诉的问题。")
    appeal = Appeal(
        department_id=problem.report.department_id,
        report=problem.report,
        subject=subject,
        appellant=by,
        reason=reason,
        visible_on=problem.visible_on,
        due_on=timezone.localdate() + timedelta(days=settings.QC_APPEAL_DECISION_DAYS),
        stood=problem.stood,
        **{f"{field_of(subject)}_id": pk},
    )
    try:
        with transaction.atomic():
            appeal.save()
    except IntegrityError:
        raise RefusedError("这项评定已有一件申诉，请等待复核结果。") from None
    column = "monthly_fault" if subject is Subject.MONTHLY else "fault"
    AppealedFault.objects.bulk_create([AppealedFault(appeal=appeal, **{column: one}) for one in chosen])
    detail = {"subject": subject, "report": appeal.report_id, "reason": reason}
    detail["clauses"] = [one.clause for one in chosen] or list(problem.codes)
    record("audits.lodge_appeal", by=by, target=appeal, detail=detail)
    return appeal


@transaction.atomic
def withdraw_appeal(appeal: Appeal, *, version: int, by: User) -> Appeal:
    """Withdraw an undecided appeal, by the appellant; a new one may be lodged within the time limit."""
    appeal = locked(appeal, version, State.OPEN, State.ASSIGNED)
    if appeal.appellant_id != by.pk:
        raise RefusedError("只有申诉人本人可以撤回申诉。")
    appeal.state, appeal.withdrawn_at = State.WITHDRAWN, timezone.now()
    saved(appeal)
    # The trail names the clauses; with the rows the judge could not rule on this part again.
    clauses = [row.ruled.clause for row in appeal.faults.all()]
    appeal.faults.all().delete()
    record("audits.withdraw_appeal", by=by, target=appeal, detail={"clauses": clauses})
    return appeal


@transaction.atomic
def assign_appeal(appeal: Appeal, *, assessor: User, version: int, by: User) -> Appeal:
    """Assign it, or reassign it, to an assessor who neither judged the case nor took part in the report."""
    appeal = locked(appeal, version, State.OPEN, State.ASSIGNED)
    refuse_obsolete(appeal)
    if assessor.pk not in {user.pk for user in judges_of(appeal.department, DECIDES)}:
        raise RefusedError(f"{assessor.full_name}没有本科室的申诉复核权限，请先由管理员授予“评审医师”角色。")
    refusal = refuse_to_decide(appeal, assessor)
    if refusal:
        raise RefusedError(refusal)
    appeal.state, appeal.assessor = State.ASSIGNED, assessor
    appeal.assigned_by, appeal.assigned_at = by, timezone.now()
    saved(appeal)
    record("audits.assign_appeal", by=by, target=appeal, detail={"assessors": [str(assessor)]})
    return appeal


def locked(appeal: Appeal, version: int, *states: State) -> Appeal:
    """The appeal, locked with the audit it is about; RefusedError when its state is none of `states`."""
    _lock(Subject(appeal.subject), getattr(appeal, f"{field_of(Subject(appeal.subject))}_id"))
    row: Appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    expect_version(row, version)
    if row.state not in states:
        raise RefusedError(f"{row}{row.get_state_display()}，不能再作此操作。")
    return row


def saved(appeal: Appeal) -> None:
    """Save with the next version."""
    appeal.version += 1
    appeal.save()


def _lock(subject: Subject, pk: int) -> None:
    """Lock the audit, as rulings, settling and signing do first, so that an appeal waits for them."""
    if subject is Subject.MONTHLY:
        month = MonthlyCase.objects.filter(pk=pk).values("audit_id")
        MonthlyAudit.objects.select_for_update().filter(pk__in=month).first()
    elif subject is not Subject.FINDING:
        Audit.objects.select_for_update().filter(pk__in=Case.objects.filter(pk=pk).values("audit_id")).first()


def _own(subject: Subject, pk: int, by: User) -> Problem:
    problem = problem_for(by, subject, pk)
    if problem is None:
        raise RefusedError("没有这项评定，或它还没有结果。")
    return problem


def _refuse_unfit(problem: Problem) -> None:
    if problem.appeal is not None:
        raise RefusedError("这项评定已有一件申诉，复核结论是最后的结论。")
    if problem.subject is Subject.FINDING and problem.stood != Finding.State.CONFIRMED:
        raise RefusedError("这条提示尚未由质控员确认，不必申诉；确认之后可以申诉。")
    late = refuse_late(problem.visible_on, timezone.localdate(), settings.QC_APPEAL_DAYS)
    if late:
        raise RefusedError(late)


def _faults_of(subject: Subject, pk: int) -> list[Any]:
    """The rows a person may choose among; none where the ruling is not a list of faults."""
    if subject is Subject.MONTHLY:
        return list(MonthlyCase.objects.get(pk=pk).faults.all())
    if subject is not Subject.DESCRIPTION:
        return []
    result = case_results(Case.objects.filter(pk=pk))[0]
    return list(Fault.objects.filter(pk__in=[fault.pk for fault in result.ruled_faults]))


def _reason(report: Report, given: str, asked: str) -> str:
    """The reason as typed, the patient masked; RefusedError when it is empty or too long."""
    text = given.strip()
    if not text:
        raise RefusedError(asked)
    if len(text) > REASON_LENGTH:
        raise RefusedError(f"理由最多{REASON_LENGTH}字，现有{len(text)}字，请精简。")
    return str(report.masked(text))


def reason_of(appeal: Appeal, given: str) -> str:
    """The reason of a decision, the patient masked; RefusedError without one."""
    return _reason(appeal.report, given, "复核请写明理由，申诉人会看到。")


def refuse_obsolete(appeal: Appeal) -> None:
    """Raise RefusedError when the draw was cancelled or the case replaced."""
    case, month = appeal.case, appeal.monthly_case
    if case is not None and case.audit.status == Audit.Status.CANCELLED:
        raise RefusedError("这次抽样已作废，申诉无须再处理。")
    if case is not None and case.state != Case.State.ACTIVE:
        raise RefusedError("这一例已被更换，申诉无须再处理。")
    if month is not None and month.audit.status == MonthlyAudit.Status.CANCELLED:
        raise RefusedError("这个月的检查已作废，申诉无须再处理。")
