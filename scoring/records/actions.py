"""Compare all records with the trail, and record the result there: nightly, by command, by the button."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import async_task

from scoring.records.queries import VERIFY, Verification, verify_records
from staff.accounts.models import User
from trail.chain import record

_STORED = 50  # sentences that the event stores; the counts are of all
_HOUR = 2  # of the night


def run_verification(*, by: User | None) -> Verification:
    """Compare everything; the counts and what differs go into the trail."""
    found = verify_records()
    detail: dict[str, Any] = {
        kind: {"checked": checked, "differing": differing, "unrecorded": unrecorded}
        for kind, (checked, differing, unrecorded) in found.counts.items()
    }
    detail["differences"] = [
        {"department": one.department_id, "text": one.text} for one in found.differences[:_STORED]
    ]
    record(VERIFY, by=by, detail=detail, result="done" if found.holds else "refused")
    return found


def run_queued(user_id: int | None = None) -> None:
    """The job of the button and of the night; `user_id` is who asked."""
    run_verification(by=User.objects.filter(pk=user_id).first() if user_id else None)


def queue_verification(*, by: User) -> None:
    """Hand the comparison to the worker: it reads every stored file."""
    async_task(f"{__name__}.run_queued", by.pk, task_name="verify records")


def schedule_verification() -> None:
    """Schedule the nightly run; called at each start, so that a restored database has it too."""
    now = timezone.localtime()
    first = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    Schedule.objects.get_or_create(
        name="签发记录核对",
        defaults={
            "func": f"{__name__}.run_queued",
            "schedule_type": Schedule.DAILY,
            "next_run": first if first > now else first + timedelta(days=1),
        },
    )
