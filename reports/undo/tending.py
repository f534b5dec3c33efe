"""Scheduled work on imports and their undos: those that were killed go on."""

from django_q.models import Schedule

from reports.imports.actions.resuming import resume_imports
from reports.undo.actions import resume_undos


def tend_imports() -> None:
    """Job of the worker, every minute; also run when the server starts."""
    resume_imports()
    resume_undos()


def schedule_imports() -> None:
    """Schedule the job; called at each start, so that a restored database has it too."""
    Schedule.objects.update_or_create(
        name="导入续传",
        defaults={
            "func": f"{__name__}.{tend_imports.__name__}",
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
        },
    )
