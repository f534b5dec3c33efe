"""Periods in force, and what is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from staff.access.retention import Kind, kinds
from staff.retention.models import RetentionPeriod


@dataclass(frozen=True)
class Period:
    """A kind with the period in force for it and its basis."""

    kind: Kind
    days: int
    basis: str
    is_default: bool

    @property
    def before(self) -> datetime:
        """What is older than this is due."""
        return timezone.now() - timedelta(days=self.days)


def periods() -> list[Period]:
    """Every kind; one query."""
    rows = {row.kind: row for row in RetentionPeriod.objects.all()}
    return [_period(kind, rows.get(code)) for code, kind in kinds().items()]


def period_of(code: str) -> Period | None:
    """The period of one kind; None for a code that no app registered."""
    kind = kinds().get(code)
    return _period(kind, RetentionPeriod.objects.filter(kind=code).first()) if kind else None


def _period(kind: Kind, row: RetentionPeriod | None) -> Period:
    if row is None:
        return Period(kind, kind.days, kind.basis, True)
    # A shorter period than is allowed now was set under an earlier version.
    return Period(kind, max(row.days, kind.least), row.basis, False)
