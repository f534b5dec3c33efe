"""Only the head may draw a month again, with a reason, once it was checked and cancelled."""

from datetime import date

from audits.conflicts import RefusedError
from audits.monthly.models import MonthlyAudit
from audits.quarter.actions.repeating import may_redraw
from staff.accounts.models import User
from staff.departments.models import Department


def refuse_repeated_month(department: Department, month: date, *, reason: str, by: User | None) -> bool:
    """True for a month checked and cancelled before; RefusedError unless the head gives a reason."""
    rows = MonthlyAudit.objects.filter(department=department, month=month).cancelled_draws()
    checked = sum(audit.checked for audit in rows)
    if checked and not (may_redraw(by, department) and reason.strip()):
        raise RefusedError(
            f"{month.year}年{month.month}月抽查过、已检查{checked}份而后作废；重新抽查须由科主任写明理由，"
            "理由会显示在年历、记录和迎检包中。"
        )
    return bool(checked)


def refuse_cancelling_month(audit: MonthlyAudit, by: User | None) -> None:
    """Raise RefusedError when reports were checked and `by` is not the head."""
    checked = audit.cases.exclude(verdict="").count()
    if checked and not may_redraw(by, audit.department):
        raise RefusedError(f"{audit.label}已检查{checked}份报告，须由科主任写明理由作废；检查结果会保留。")
