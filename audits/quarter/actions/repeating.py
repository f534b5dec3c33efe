"""One sample per window: days drawn before need a reason to be drawn again, judged ones the head."""

from audits.conflicts import RefusedError
from audits.judging.models import Review
from audits.quarter.queries.draw_chain import overlapping_audits
from audits.quarter.queries.state import current_state
from audits.sampling.domain.window import Window
from audits.sampling.models import Audit
from audits.sampling.queries.pool import audit_window_of
from staff.accounts.models import User
from staff.departments.models import Department

REDRAWS = "audits.redraw"


def may_redraw(user: User | None, department: Department) -> bool:
    """True when `user` may draw judged days again and cancel judged draws; None: the command line, no."""
    return user is not None and user.may(REDRAWS, department)


def refuse_repeat(
    department: Department, window: Window, *, reason: str, by: User | None, other_than: int | None = None
) -> bool:
    """True when `window` overlaps an earlier draw; RefusedError without a reason, the head's if judged.

    An open draw without rulings is always refused: it must be drawn or cancelled first.
    """
    found = [audit for audit in overlapping_audits(department, window) if audit.pk != other_than]
    same = (window.start, window.end)
    for audit in found:
        unjudged = not audit.rulings and not audit.sheet_signed_at
        in_the_way = unjudged or (audit.window_start, audit.window_end) == same
        if audit.status != Audit.Status.CANCELLED and in_the_way:
            raise RefusedError(
                f"{_named(audit)}的抽样已经建立，与所选窗口重叠；请打开已有的抽样；确需重来，先写明理由作废它。"
            )
    drawn = [audit for audit in found if audit.drawn_at]
    judged = [audit for audit in drawn if audit.rulings or audit.sheet_signed_at]
    if judged and not (may_redraw(by, department) and reason.strip()):
        raise RefusedError(
            f"{_named(judged[-1])}的抽样已有评定，与所选窗口重叠；重新抽样须由科主任写明理由，"
            "理由会显示给签发人并印在迎检包中。"
        )
    if drawn and not (_may_draw(by, department) and reason.strip()):
        raise RefusedError(
            f"{_named(drawn[-1])}已抽取过，与所选窗口重叠；再次抽样须由质控员或科主任写明理由，"
            "理由会显示给签发人并印在迎检包中。"
        )
    return bool(drawn)


def needs_reason(audit: Audit) -> bool:
    """True for a planned audit that overlaps an earlier draw and has no reason yet; one query."""
    if audit.status != Audit.Status.PLANNED or audit.repeat_reason:
        return False
    found = overlapping_audits(audit.department_id, audit_window_of(audit))
    return any(one.drawn_at for one in found if one.pk != audit.pk)


def may_draw_now(user: User, audit: Audit) -> bool:
    """Whether `user` may freeze the list of a planned draw: the officer any, the head a repeated one."""
    if user.may("audits.draw", audit.department):
        return True
    return may_redraw(user, audit.department) and (bool(audit.repeat_reason) or needs_reason(audit))


def _may_draw(user: User | None, department: Department) -> bool:
    return may_redraw(user, department) or (user is not None and user.may("audits.draw", department))


def refuse_cancelling(audit: Audit, by: User | None) -> None:
    """Raise RefusedError when rulings exist and `by` is not the head."""
    rulings = Review.objects.filter(case__audit=audit, description_at__isnull=False).count()
    if rulings and not may_redraw(by, audit.department):
        raise RefusedError(f"这次抽样已有{rulings}项评定，须由科主任写明理由作废；评定会保留并显示给签发人。")


def _named(audit: Audit) -> str:
    return f"{audit.label}（{audit.window_start} 至 {audit.window_end}，{current_state(audit).label}）"
