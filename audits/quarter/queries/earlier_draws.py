"""Sentences on earlier draws over the same days, for the quarter's page, the signer and the packet."""

from dataclasses import dataclass

from django.utils import timezone

from audits.sampling.domain.window import Window, repeats
from audits.sampling.models import Audit
from audits.sampling.queries.pool import audit_window_of
from staff.departments.models import Department


@dataclass(frozen=True)
class EarlierDraw:
    """One draw that was made before over some of the same days, in a sentence."""

    pk: int
    sentence: str


def overlapping_audits(department: Department | int, window: Window, kind: str = "quarterly") -> list[Audit]:
    """The department's audits whose windows share days with this one, oldest first; one query."""
    rows = Audit.objects.overlapping(department, window.start, window.end, kind)
    return [audit for audit in rows.without_draw() if repeats(window, audit_window_of(audit))]


def earlier_draws(audit: Audit) -> tuple[EarlierDraw, ...]:
    """Earlier draws over the same days, in any state, oldest first; one query."""
    rows = overlapping_audits(audit.department_id, audit_window_of(audit), audit.kind)
    return tuple(EarlierDraw(one.pk, _sentence(one)) for one in rows if one.drawn_at and one.pk < audit.pk)


def repeat_sentence(audit: Audit) -> str:
    """The head's reason for drawing judged days again; "" when none were."""
    return f"重新抽样，{audit.repeat_by}写明的理由：{audit.repeat_reason}" if audit.repeat_reason else ""


def earlier_notes(audit: Audit) -> tuple[str, ...]:
    """Earlier draws and the reason for drawing again, as lines of a document."""
    return (*(one.sentence for one in earlier_draws(audit)), *filter(None, (repeat_sentence(audit),)))


def _sentence(audit: Audit) -> str:
    state = audit.get_status_display() + ("、评分表已签发" if audit.sheet_signed_at else "")
    days = f"{audit.label}（{audit.window_start} 至 {audit.window_end}）"
    judged = f"已作{audit.rulings}项评定" if audit.rulings else "未作评定"
    reason = f"作废理由：{audit.cancelled_reason}" if audit.cancelled_reason else ""
    drawn = f"{timezone.localtime(audit.drawn_at):%Y-%m-%d %H:%M}抽取"
    return f"此前抽取过、{state}：{days}，{drawn}，{judged}。{reason}"
