"""The exceptions of a period, kept in memory while neither the register nor the department's reports change.

    period = kept_qualified(department, since, until)   # a QualifiedPeriod, worked out after a write alone
    signed = kept_signed(department, since, until)      # a SignedPeriod, likewise

Who opens the page again, filters or turns a leaf finds everything worked out. The database's own stamps
(`staff.stamps`) tell whether anything was written; each process keeps its own.
"""

from datetime import date
from functools import lru_cache

from reports.answers import Answers
from reports.qualified import QualifiedPeriod
from reports.signed import FIELDS, SignedPeriod
from staff.models import Department
from staff.people import roster_of
from staff.stamps import REPORTS, Stamp, Watched, stamp_of

_PERIODS = 24  # kept by a process; one of 50,000 reports with 5,000 exceptions takes about a megabyte
_REGISTERS = 8
_READ = {*FIELDS, "department_id", "modality", "operator", "examined_at"}
REPORTS_TABLE = Watched("reports_report", REPORTS, "SELECT {row}.department_id", tuple(sorted(_READ)))


def kept_qualified(department: Department, since: date | None, until: date | None) -> QualifiedPeriod:
    """4.3 and 4.4 of the period's reports, as the database has them now."""
    stamp = stamp_of(department.pk)
    if stamp is None:
        return QualifiedPeriod(department, since, until)
    return _qualified(department.pk, since, until, stamp)


def kept_signed(department: Department, since: date | None, until: date | None) -> SignedPeriod:
    """4.5 of the period's reports, as the database has them now."""
    stamp = stamp_of(department.pk)
    if stamp is None:
        return SignedPeriod(department, since, until)
    return _signed(department.pk, since, until, stamp)


# Keyed by the stamp read beforehand: what is written meanwhile changes it, and this is answered no more.
@lru_cache(maxsize=_PERIODS)
def _qualified(department: int, since: date | None, until: date | None, stamp: Stamp) -> QualifiedPeriod:
    return QualifiedPeriod(_department(department), since, until, answers=_answers(department, stamp[0]))


@lru_cache(maxsize=_REGISTERS)
def _answers(department: int, _: tuple[str, ...]) -> Answers:
    return Answers(roster_of(_department(department)))


@lru_cache(maxsize=_PERIODS)
def _signed(department: int, since: date | None, until: date | None, _: Stamp) -> SignedPeriod:
    return SignedPeriod(_department(department), since, until)


def _department(pk: int) -> Department:
    return Department.objects.select_related("institution").get(pk=pk)
