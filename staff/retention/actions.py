"""Set periods, ask for and confirm purges, carry them out; the daily clean-up of what is nobody's record."""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import async_task

from staff.access.retention import Order, kinds
from staff.accounts.models import User
from staff.conflicts.versions import RefusedError, expect_shown
from staff.jobs.retry import twice
from staff.retention.models import Purge, RetentionPeriod
from staff.retention.queries import Period, period_of, periods
from trail.chain import record

logger = logging.getLogger(__name__)
Status = Purge.Status
_STALLED = timedelta(hours=2)  # a purge that runs longer was killed: it is begun again
_HOUR = 3  # of the night


def shown_period(period: Period) -> dict[str, object]:
    """Values in the form of a period."""
    return {"days": period.days, "basis": period.basis}


@transaction.atomic
def set_period(code: str, *, days: int, basis: str, by: User, version: str | None = None) -> RetentionPeriod:
    """Set how long a kind is kept. RefusedError below the shortest period, ConflictError."""
    period = _known(code)
    expect_shown(period, shown_period(period), version)
    if days < period.kind.least:
        raise RefusedError(f"“{period.kind.label}”至少保存{period.kind.least}天，收到{days}天。")
    if not basis.strip():
        raise RefusedError("请写明保存期限的依据，例如文件名称与条款。")
    values = {"days": days, "basis": basis.strip(), "set_by": by}
    row = RetentionPeriod.objects.update_or_create(kind=code, defaults=values)[0]
    changed = {"days": [period.days, days], "basis": [period.basis, basis.strip()]}
    detail = {"retention": period.kind.label, "changed": changed}
    record("staff.retention", by=by, detail=detail)
    return row


def _known(code: str) -> Period:
    period = period_of(code)
    if period is None or period.kind.purge is None:
        raise RefusedError("没有这一类别，或这一类别不清除。")
    return period


@transaction.atomic
def ask_purge(code: str, *, reason: str, by: User) -> Purge:
    """Ask that what is past its period be deleted. RefusedError when nothing is, or it was asked already."""
    period = _known(code)
    if period.kind.by_schedule:
        raise RefusedError("这一类别每天自动清理，不必申请。")
    if not reason.strip():
        raise RefusedError("请写明清除的理由。")
    before = period.before
    counted = period.kind.count(before)
    if not counted:
        raise RefusedError("没有超过保存期限的内容，不必清除。")
    try:
        with transaction.atomic():
            purge = Purge.objects.create(
                kind=code, before=before, counted=counted, reason=reason.strip(), asked_by=by
            )
    except IntegrityError:
        raise RefusedError("这一类别已有待确认或进行中的清除。") from None
    detail = _detail(purge) | {"rows": counted, "reason": purge.reason}
    record("staff.purge_ask", by=by, target=purge, detail=detail)
    return purge


def _detail(purge: Purge) -> dict[str, object]:
    kind = kinds().get(purge.kind)
    on = timezone.localtime(purge.before)
    return {"retention": kind.label if kind else purge.kind, "older_than": f"{on:%Y-%m-%d %H:%M}"}


@transaction.atomic
def confirm_purge(purge: Purge, *, by: User) -> Purge:
    """Confirm another's request; a job carries it out. RefusedError."""
    purge = _asked(purge)
    if purge.asked_by_id == by.pk:
        raise RefusedError("清除须由另一人确认，申请人不能确认自己的申请。")
    period = period_of(purge.kind)
    if period is None or purge.before > period.before:
        raise RefusedError("保存期限在申请之后已延长，请撤回后重新申请。")
    purge.status, purge.decided_by, purge.decided_at = Status.RUNNING, by, timezone.now()
    purge.save()
    record("staff.purge_confirm", by=by, target=purge, detail=_detail(purge))
    transaction.on_commit(lambda: queue_purge(purge.pk))
    return purge


@transaction.atomic
def refuse_purge(purge: Purge, *, by: User) -> Purge:
    """Take back one's own request, or refuse another's. RefusedError when it was decided already."""
    purge = _asked(purge)
    purge.status, purge.decided_by, purge.decided_at = Status.REFUSED, by, timezone.now()
    purge.save()
    record("staff.purge_refuse", by=by, target=purge, detail=_detail(purge))
    return purge


def _asked(purge: Purge) -> Purge:
    found = Purge.objects.select_for_update().get(pk=purge.pk)
    if found.status != Status.ASKED:
        raise RefusedError(f"这项清除已是“{found.get_status_display()}”，请刷新后核对。")
    return found


def queue_purge(pk: int) -> None:
    """Hand a confirmed purge to the worker."""
    async_task(f"{__name__}.run_purge", pk, task_name=f"purge {pk}")


def run_purge(pk: int) -> None:
    """The job of a confirmed purge. Begun again after a kill it deletes what is left.

    Where this process may not delete the kind, the purge goes on running, with the reason as its problem.
    """
    running = Purge.objects.filter(pk=pk, status=Status.RUNNING)
    purge = running.select_related("asked_by", "decided_by").first()
    kind = kinds().get(purge.kind) if purge else None
    if purge is None or kind is None or kind.purge is None:
        return
    if why := kind.hindrance():
        running.update(problem=why)
        return
    order = Order(purge.before, purge.asked_by, purge.decided_by)
    try:
        removed, problem = twice(lambda: kind.purge(order)), ""  # type: ignore[misc]  # looked at above
    except ValueError as refused:
        removed, problem = 0, str(refused)[:500]
    with transaction.atomic():
        status = Status.FAILED if problem else Status.DONE
        if running.update(status=status, removed=removed, problem=problem):
            detail = _detail(purge) | {"rows": removed, "asked_by": str(purge.asked_by)}
            detail |= {"problem": problem} if problem else {}
            result = "refused" if problem else "done"
            record("staff.purge", by=purge.decided_by, target=purge, detail=detail, result=result)


def run_hindered_purges() -> list[Purge]:
    """Carry out the confirmed purges that the app's own processes may not; by the owner of the tables."""
    waiting = list(Purge.objects.filter(status=Status.RUNNING).exclude(problem="").order_by("pk"))
    for purge in waiting:
        run_purge(purge.pk)
        purge.refresh_from_db()
    return waiting


def clean_up() -> dict[str, int]:
    """The daily job: delete what is over and nobody's record; one event with the counts by kind."""
    for pk in Purge.objects.filter(status=Status.RUNNING, decided_at__lt=timezone.now() - _STALLED):
        queue_purge(pk.pk)
    counts: dict[str, int] = {}
    for period in periods():
        if period.kind.by_schedule and period.kind.purge is not None:
            counts[period.kind.label] = period.kind.purge(Order(period.before, None, None))
    record("staff.clean_up", by=None, detail={"cleaned": counts})
    return counts


def schedule_clean_up() -> None:
    """Schedule the daily job; called at each start, so that a restored database has it too."""
    now = timezone.localtime()
    first = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    Schedule.objects.get_or_create(
        name="到期清理",
        defaults={
            "func": f"{__name__}.clean_up",
            "schedule_type": Schedule.DAILY,
            "next_run": first if first > now else first + timedelta(days=1),
        },
    )
