"""Months checked and measures set the short way, through the same actions as the pages."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from audits.judging.actions.rulings import FaultInput
from audits.measures.actions import MeasureInput, check_effect, finish_measure, set_measure
from audits.measures.domain.measures import month_due
from audits.measures.models import Measure
from audits.monthly.actions.checking import check_case
from audits.monthly.actions.months import assign_month, close_month, draw_month, open_month
from audits.monthly.domain.monthly import next_month
from audits.monthly.models import MonthlyAudit, MonthlyCase
from reports.archive.models import Report
from staff.accounts.models import User
from staff.departments.models import Department
from tests.factories import make_report

MONTH = date(2026, 9, 1)
CLAUSE = "6.4.3.2"
DUE = date(2026, 10, 20)
FAULT = FaultInput(clause=CLAUSE, reason="未指明参照组织。")
SEED = "month-seed"
_MODALITIES = ("CT", "MRI", "DR")


def reports_of(department: Department, month: date = MONTH, n: int = 6, **fields: Any) -> list[Report]:
    """`n` final reports of one month, one a patient and a day, going round the modalities."""
    made = []
    for place in range(n):
        at = datetime.combine(month, datetime.min.time()) + timedelta(days=place, hours=9)
        values = {"modality": _MODALITIES[place % 3], "examined_at": at, "reported_at": at} | fields
        made.append(make_report(department, f"M{month:%y%m}{place:03d}", **values))
    return made


def drawn_month(
    department: Department, by: User, *, month: date = MONTH, n: int = 6, size: int = 3
) -> MonthlyAudit:
    """A drawn month over `n` reports, its cases with `by`."""
    reports_of(department, month, n)
    audit = open_month(department=department, month=month, size=size, by=by, seed=f"{SEED}-{month}")
    return draw_month(audit, version=audit.version, by=by)


def cases_of(audit: MonthlyAudit) -> list[MonthlyCase]:
    return list(audit.cases.order_by("position"))


def check_all(audit: MonthlyAudit, by: User, faulty: int = 0) -> MonthlyAudit:
    """Every case ruled on: the first `faulty` with one fault, the others without."""
    for place, case in enumerate(cases_of(audit)):
        bad = place < faulty
        check_case(
            case,
            verdict="nonconforming" if bad else "conforming",
            faults=[FAULT] if bad else [],
            version=case.version,
            by=by,
        )
    audit.refresh_from_db()
    return audit


def closed_month(
    department: Department,
    by: User,
    *,
    month: date = MONTH,
    size: int = 3,
    faulty: int = 0,
    n: int = 6,
    days_late: int | None = None,
) -> MonthlyAudit:
    """A finished month with `faulty` reports under CLAUSE; `days_late`: as it was finished then, not now."""
    audit = check_all(drawn_month(department, by, month=month, size=size, n=n), by, faulty)
    at = None
    if days_late is not None:
        due = datetime.combine(month_due(month), datetime.min.time()) + timedelta(days=days_late, hours=17)
        at = timezone.make_aware(due)
    return close_month(audit, summary="已检查。", version=audit.version, by=by, at=at)


def given(owner_user: User | None = None, **changes: Any) -> MeasureInput:
    values: dict[str, Any] = {
        "clauses": [CLAUSE],
        "problem": "密度描述未指明参照组织。",
        "action": "科内培训并更新模板。",
        "due_on": timezone.localdate() + timedelta(days=30),
        "owner_user": owner_user,
    }
    return MeasureInput(**values | changes)


def open_measure(
    audit: MonthlyAudit, by: User, owner: User | None = None, due_on: date = DUE, **changes: Any
) -> Measure:
    """A measure against CLAUSE in the month, `by` itself answering for it unless another is named."""
    return set_then(set_measure(source=audit, given=given(owner or by, **changes), by=by), due_on)


def set_then(measure: Measure, due_on: date = DUE) -> Measure:
    """As it was set on the first day after its month, due on `due_on`: tests tell of months long past."""
    assert measure.audit is not None
    measure.set_on, measure.due_on = next_month(measure.audit.month), due_on
    measure.save(update_fields=["set_on", "due_on"])
    return measure


def done_measure(measure: Measure, by: User, done_on: date = date(2026, 10, 8)) -> Measure:
    return finish_measure(measure, text="已培训。", done_on=done_on, version=measure.version, by=by)


def checked_measure(
    measure: Measure, by: User, effect: str = "unclear", done_on: date = date(2026, 10, 8)
) -> Measure:
    """Carried out and its effect checked; a later month must be finished."""
    measure = done_measure(measure, by, done_on)
    return check_effect(measure, effect=effect, text="后续月份未再出现。", version=measure.version, by=by)


def assign_all(audit: MonthlyAudit, users: list[User]) -> MonthlyAudit:
    return assign_month(audit, assessors=users, version=audit.version, by=None)[0]
