"""A month is drawn again with a reason only; by the head only, once it was checked and cancelled."""

from datetime import date

from audits.conflicts import RefusedError
from audits.monthly.models import MonthlyAudit
from audits.quarter.actions.repeating import may_redraw
from staff.accounts.models import User
from staff.departments.models import Department


def refuse_repeated_month(department: Department, month: date, *, reason: str, by: User | None) -> bool:
    """True for a month drawn before; RefusedError without a reason, of the head once it was checked."""
    rows = list(MonthlyAudit.objects.filter(department=department, month=month).cancelled_draws())
    checked = sum(audit.checked for audit in rows)
    if checked and not (may_redraw(by, department) and reason.strip()):
        raise RefusedError(
            f"{month.year}年{month.month}月抽查过、已检查{checked}份而后作废；重新抽查须由科主任写明理由，"
            "理由会显示在年历、记录和迎检包中。"
        )
    if rows and not (_may_draw(by, department) and reason.strip()):
        raise RefusedError(
            f"{month.year}年{month.month}月抽取过、而后作废；再次抽查须写明理由，理由会显示在年历、记录和迎检包中。"
        )
    return bool(rows)


def month_needs_reason(audit: MonthlyAudit) -> bool:
    """True for a planned month that was drawn before and has no reason yet; one query at most."""
    if audit.status != MonthlyAudit.Status.PLANNED or audit.repeat_reason:
        return False
    rows = MonthlyAudit.objects.filter(department=audit.department_id, month=audit.month)
    return rows.cancelled_draws().exists()


def may_draw_month_now(user: User, audit: MonthlyAudit) -> bool:
    """Whether `user` may freeze the list of a planned month: the officer any, the head a repeated one."""
    if user.may("audits.run_monthly", audit.department):
        return True
    return may_redraw(user, audit.department) and (bool(audit.repeat_reason) or month_needs_reason(audit))


def _may_draw(user: User | None, department: Department) -> bool:
    return may_redraw(user, department) or (user is not None and user.may("audits.run_monthly", department))


def refuse_cancelling_month(audit: MonthlyAudit, by: User | None) -> None:
    """Raise RefusedError when reports were checked and `by` is not the head."""
    checked = audit.cases.exclude(verdict="").count()
    if checked and not may_redraw(by, audit.department):
        raise RefusedError(f"{audit.label}已检查{checked}份报告，须由科主任写明理由作废；检查结果会保留。")
