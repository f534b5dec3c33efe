"""Which cases a conference can have discussed."""

from datetime import date

from django.utils import timezone

from reports.archive.models import Report


def is_examined_later(report: Report, held_on: date) -> bool:
    """Whether the examination was after a conference's day: it cannot have been discussed there."""
    return report.examined_at is not None and timezone.localdate(report.examined_at) > held_on
