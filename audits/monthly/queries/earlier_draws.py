"""Sentences on a month's cancelled draws, for calendar, month's page, record, suggestion and packet."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from audits.monthly.models import MonthlyAudit
from staff.departments.models import Department


def cancelled_draws_by_month(
    department: Department | int, months: Iterable[date]
) -> dict[date, tuple[str, ...]]:
    """Month → a sentence for each of its cancelled draws, oldest first; one query."""
    found: dict[date, list[str]] = defaultdict(list)
    for audit in MonthlyAudit.objects.filter(department=department, month__in=list(months)).cancelled_draws():
        found[audit.month].append(_sentence(audit))
    return {month: tuple(sentences) for month, sentences in found.items()}


def earlier_draws_of(audit: MonthlyAudit) -> tuple[str, ...]:
    """The draws of the month made before this one, and why it was drawn again."""
    rows = MonthlyAudit.objects.filter(department=audit.department_id, month=audit.month, pk__lt=audit.pk)
    return (*(_sentence(one) for one in rows.cancelled_draws()), *filter(None, (repeat_sentence(audit),)))


def repeat_sentence(audit: MonthlyAudit) -> str:
    """The head's reason for drawing a checked month again; "" when it was not."""
    return f"重新抽查，{audit.repeat_by}写明的理由：{audit.repeat_reason}" if audit.repeat_reason else ""


def _sentence(audit: MonthlyAudit) -> str:
    drawn = f"{timezone.localtime(audit.drawn_at):%Y-%m-%d %H:%M}抽取"
    checked = f"已检查{audit.checked}份" if audit.checked else "未检查"
    return f"{audit.label}此前抽取过、已作废：{drawn}，{checked}。作废理由：{audit.cancelled_reason}"
