"""The life of a month's check: opened with a committed seed, drawn, checked, closed with a summary.

Every function raises RefusedError, with a Chinese sentence, for what may not be done, and ConflictError when
the month was saved since the page that shows `version` was opened.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.conflicts import RefusedError, expect_version
from audits.judging.actions.assignment import least_busy
from audits.judging.queries.judges import judges_of
from audits.monthly.actions.repeating import refuse_cancelling_month, refuse_repeated_month
from audits.monthly.domain.figures import refuse_summary
from audits.monthly.domain.monthly import (
    MOST,
    SAMPLE_SIZE,
    first_of_month,
    last_of_month,
    monthly_document,
    monthly_draw,
)
from audits.monthly.models import MonthlyAudit, MonthlyCase
from audits.monthly.queries.hashes import closing_hash, month_draw_hash
from audits.monthly.queries.pool import freeze_month, month_pool
from audits.monthly.queries.results import month_result
from audits.sampling.actions import (
    cancel_seed,
    locked_draw,
    note_seed,
    plan_seed,
    refuse_unfit_seed,
    reveal_seed,
)
from staff.accounts.models import User
from staff.conflicts.refusals import notes_refusal
from staff.departments.models import Department
from standards.loader import CURRENT
from trail.chain import record


@transaction.atomic
def open_month(
    *,
    department: Department,
    month: date,
    by: User | None,
    size: int = SAMPLE_SIZE,
    seed: str = "",
    secret: str = "",
    repeat_reason: str = "",
) -> MonthlyAudit:
    """Plan the check of a past month and commit to a seed, before anyone looks at the list.

    `seed`: only to repeat a draw, marked as chosen. `secret`: see `plan_seed`. `repeat_reason`: where the
    month was drawn and cancelled before; the head's, once it was checked.
    """
    month = first_of_month(month)
    if last_of_month(month) >= timezone.localdate():
        raise RefusedError(f"{month.year}年{month.month}月尚未结束，月末之后才能抽查；名单须包括全月的报告。")
    if not 1 <= size <= MOST:
        raise RefusedError(f"抽查份数应为1至{MOST}，收到“{size}”。")
    refuse_unfit_seed(seed)
    repeats = refuse_repeated_month(department, month, reason=repeat_reason, by=by)
    try:
        with transaction.atomic():
            audit = MonthlyAudit.objects.create(
                department=department,
                month=month,
                size=size,
                edition=CURRENT,
                created_by=by,
                repeat_reason=repeat_reason.strip() if repeats else "",
                repeat_by=by if repeats else None,
            )
    except IntegrityError:
        raise RefusedError(f"{month.year}年{month.month}月的月度质控已经建立，请打开已有的一次。") from None
    detail = {"month": audit.label, "sample_size": size} | plan_seed(audit, f"m{audit.pk}", seed, secret)
    audit.save()
    if repeats:
        detail["repeat_reason"] = audit.repeat_reason
    record("audits.open_month", by=by, target=audit, detail=detail)
    return audit


@notes_refusal(note_seed)
def draw_month(
    audit: MonthlyAudit,
    *,
    version: int,
    by: User | None,
    repeat_reason: str = "",
    at: datetime | None = None,
) -> MonthlyAudit:
    """Reveal the seed, freeze the list of the month, draw, and assign to `by` the cases that they may check.

    `repeat_reason`: where the month was drawn before and the plan has no reason yet. `at`: given by the
    demonstration alone, whose months are long past; no page or command passes it on.
    """
    audit = locked_draw(audit, version, MonthlyAudit.Status.PLANNED, "这个月已经抽取过，不能再抽。")
    given = repeat_reason.strip()
    whole = "\n".join(part for part in (audit.repeat_reason, given) if part)
    who = by if given else audit.repeat_by
    if refuse_repeated_month(audit.department, audit.month, reason=whole, by=who):
        audit.repeat_reason, audit.repeat_by = whole, who
    pool = month_pool(audit.department, audit.month)
    if not pool.entries:
        raise RefusedError(f"{audit.label}没有一份最终报告，无从抽取；请先导入该月的报告。")
    revealed = reveal_seed(audit)
    try:
        drawn = monthly_draw(pool.entries, audit.seed, audit.size)
    except ValueError as unfit:
        raise RefusedError(str(unfit)) from None
    audit.status, audit.drawn_at, audit.drawn_by = MonthlyAudit.Status.DRAWN, at or timezone.now(), by
    audit.pool_list = [list(entry) for entry in drawn.entries]
    audit.pool_hash, audit.pool_size, audit.excluded = drawn.list_hash, len(drawn.entries), pool.excluded
    audit.draw = monthly_document(drawn, audit.month)
    _save(audit)
    freeze_month(audit, drawn.drawn)
    if by is not None and by in judges_of(audit.department):
        _spread(audit, [by])
    numbers = audit.draw["drawn"]
    detail = revealed | {"list_sha256": audit.pool_hash, "digest": audit.draw["digest"]}
    detail["hash"] = month_draw_hash(audit)
    if given and audit.repeat_reason:
        detail["repeat_reason"] = audit.repeat_reason
    record(
        "audits.draw_month", by=by, target=audit, detail=detail | {"pool": audit.pool_size, "drawn": numbers}
    )
    return audit


@transaction.atomic
def assign_month(
    audit: MonthlyAudit, *, assessors: Sequence[User], version: int, by: User | None
) -> tuple[MonthlyAudit, list[str]]:
    """Distribute unjudged cases among `assessors`; returns a sentence for each case that none may check."""
    audit = locked_draw(audit, version, MonthlyAudit.Status.DRAWN, "只有检查中的月份可以分配检查人。")
    if not assessors:
        raise RefusedError("请至少选择一位检查人。")
    able = {user.pk for user in judges_of(audit.department)}
    if any(user.pk not in able for user in assessors):
        raise RefusedError("所选的人没有评审权限，不能担任检查人。")
    problems = _spread(audit, assessors)
    _save(audit)
    detail = {"assessors": [user.pk for user in assessors], "unassigned": len(problems)}
    record("audits.assign_month", by=by, target=audit, detail=detail)
    return audit, problems


def _spread(audit: MonthlyAudit, assessors: Sequence[User]) -> list[str]:
    """Give each unjudged case to the least busy assessor who did not write, review or sign the report."""
    cases = list(audit.cases.select_related("report", "revision").order_by("position"))
    load: Counter[int] = Counter({user.pk: 0 for user in assessors})
    judged_by = (case.assessor_id for case in cases if case.verdict and case.assessor_id)
    load.update(assessor for assessor in judged_by if assessor in load)
    problems = []
    for case in cases:
        if case.verdict:
            continue
        chosen = least_busy(case, assessors, load)
        if chosen is None:
            problems.append(f"第{case.position}份没有可分配的检查人（本人参与的报告不能由本人检查）。")
        else:
            load[chosen.pk] += 1
        if case.assessor_id != (chosen.pk if chosen else None):
            case.assessor = chosen
            case.version += 1
            case.save(update_fields=["assessor", "version"])
    return problems


@transaction.atomic
def close_month(
    audit: MonthlyAudit, *, summary: str, version: int, by: User, at: datetime | None = None
) -> MonthlyAudit:
    """Close (完成) a month whose cases are all ruled on, with a summary. `at`: see `draw_month`."""
    audit = locked_draw(audit, version, MonthlyAudit.Status.DRAWN, "只有检查中的月份可以完成。")
    summary, result = masked_for(audit, summary), month_result(audit)
    refusal = refuse_summary(
        summary, checked=result.judged, waiting=result.unjudged, problems=result.problems
    )
    if refusal:
        raise RefusedError(refusal)
    audit.status, audit.summary = MonthlyAudit.Status.CLOSED, summary
    audit.closed_at, audit.closed_by = at or timezone.now(), by
    _save(audit)
    faulty = audit.cases.filter(verdict=MonthlyCase.Verdict.FAULTY).count()
    detail = {"checked": audit.cases.count(), "faulty": faulty, "summary": summary}
    detail["hash"] = closing_hash(audit)
    record("audits.close_month", by=by, target=audit, detail=detail)
    return audit


@transaction.atomic
def close_month_without_reports(audit: MonthlyAudit, *, summary: str, version: int, by: User) -> MonthlyAudit:
    """End (本月无报告) a planned month that has no final report, with the circumstances as text.

    It counts as done (D-04): there was nothing to check. Reports that arrive later contradict it; then the
    month is cancelled and opened again.
    """
    audit = locked_draw(
        audit, version, MonthlyAudit.Status.PLANNED, "只有待抽样的月份可以登记为“本月无报告”。"
    )
    pool = month_pool(audit.department, audit.month)
    if pool.entries:
        raise RefusedError(f"{audit.label}有{len(pool.entries)}份最终报告，须抽查，不能登记为“本月无报告”。")
    summary = summary.strip()
    if not summary:
        raise RefusedError("请写明本月没有报告的情况，例如设备停机、科室停诊。")
    audit.status, audit.summary, audit.excluded = MonthlyAudit.Status.NO_REPORTS, summary, pool.excluded
    audit.closed_at, audit.closed_by = timezone.now(), by
    detail = {"month": audit.label, "summary": summary} | cancel_seed(audit)
    _save(audit)
    detail["hash"] = closing_hash(audit)
    record("audits.close_month_without_reports", by=by, target=audit, detail=detail)
    return audit


@transaction.atomic
def reopen_month(audit: MonthlyAudit, *, reason: str, version: int, by: User) -> MonthlyAudit:
    """Back to 检查中 with a reason: a ruling or the summary was wrong. The trail has the closed summary."""
    audit = locked_draw(audit, version, MonthlyAudit.Status.CLOSED, "只有已完成的月份可以重新检查。")
    reason = masked_for(audit, reason)
    if not reason:
        raise RefusedError("重新检查须写明理由。")
    audit.status, audit.closed_at, audit.closed_by = MonthlyAudit.Status.DRAWN, None, None
    _save(audit)
    record("audits.reopen_month", by=by, target=audit, detail={"reason": reason})
    return audit


@transaction.atomic
def cancel_month(audit: MonthlyAudit, *, reason: str, version: int, by: User) -> MonthlyAudit:
    """作废, with a reason; the rows stay. Refused for a finished month and for one with measures."""
    audit = MonthlyAudit.objects.select_for_update().get(pk=audit.pk)
    expect_version(audit, version)
    if audit.status in (MonthlyAudit.Status.CANCELLED, MonthlyAudit.Status.CLOSED):
        raise RefusedError(f"{audit.label}的月度质控{audit.get_status_display()}，不能作废。")
    if audit.measures.exclude(status="cancelled").exists():
        raise RefusedError("已针对本月的问题制定改进措施，不能作废；请先取消这些措施。")
    reason = masked_for(audit, reason)
    if not reason:
        raise RefusedError("作废须写明理由。")
    refuse_cancelling_month(audit, by)
    audit.status, audit.cancelled_reason = MonthlyAudit.Status.CANCELLED, reason
    revealed = cancel_seed(audit)
    _save(audit)
    record("audits.cancel_month", by=by, target=audit, detail={"reason": reason} | revealed)
    return audit


def masked_for(audit: MonthlyAudit, text: str) -> str:
    """The text with the patients of the month's sample masked: records are printed and filed."""
    text = text.strip()
    for case in audit.cases.select_related("report").order_by("position") if text else ():
        text = case.report.masked(text)
    return text


def _save(audit: MonthlyAudit) -> None:
    audit.version += 1
    audit.save()
