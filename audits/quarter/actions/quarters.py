"""The life of a quarterly audit: opened with a committed seed, drawn, settled or cancelled.

Every function raises RefusedError, with a Chinese sentence, for what may not be done, and ConflictError when
the audit was saved since the page that shows `version` was opened.
"""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.conflicts import RefusedError, expect_version
from audits.judging.queries.results import audit_results
from audits.quarter.actions.repeating import refuse_cancelling, refuse_repeat
from audits.sampling.actions import (
    cancel_seed,
    locked_draw,
    note_seed,
    plan_seed,
    refuse_unfit_seed,
    reveal_seed,
)
from audits.sampling.domain.document import draw_document
from audits.sampling.domain.draw import draw
from audits.sampling.domain.pool import Pool
from audits.sampling.domain.replacement import Sample
from audits.sampling.domain.window import Window, extended_window
from audits.sampling.models import Audit
from audits.sampling.queries.hashes import hash_detail
from audits.sampling.queries.pool import audit_window_of, freeze_cases, pool_of
from staff.accounts.models import User
from staff.conflicts.refusals import notes_refusal
from staff.departments.models import Department
from standards.loader import CURRENT
from trail.chain import record


@transaction.atomic
def open_audit(
    *,
    department: Department,
    window: Window,
    by: User | None,
    readers: int = 1,
    cut_off: date | None = None,
    seed: str = "",
    secret: str = "",
    repeat_reason: str = "",
) -> Audit:
    """Plan an audit and commit to a seed, before anyone looks at the pool.

    `cut_off`: the last day an outcome may bear, inclusive; today by default, never before the window ends.
    `seed`: only to repeat a draw, marked as chosen; else the audit's id and 128 random bits, secret until the
    draw. `secret`: see `plan_seed`. `repeat_reason`: where the window overlaps an earlier draw. Raises
    RefusedError.
    """
    if readers not in (1, 2):
        raise RefusedError(f"每例评审人数应为1或2，收到“{readers}”。")
    cut_off = cut_off or max(timezone.localdate(), window.end)
    if cut_off < window.end:
        raise RefusedError(f"结局截止日 {cut_off} 早于窗口末日 {window.end}，请改为窗口末日或其后的日期。")
    refuse_unfit_seed(seed)
    Department.objects.select_for_update().get(pk=department.pk)  # two windows opened at once may overlap
    repeats = refuse_repeat(department, window, reason=repeat_reason, by=by)
    audit = _planned(
        window,
        department=department,
        cut_off_on=cut_off,
        repeat_reason=repeat_reason.strip() if repeats else "",
        repeat_by=by if repeats else None,
        readers=readers,
        created_by=by,
    )
    detail = {"window": window.dates, "cut_off": cut_off, "readers": readers}
    detail |= plan_seed(audit, str(audit.pk), seed, secret)
    audit.save()
    if repeats:
        detail["repeat_reason"] = audit.repeat_reason
    record("audits.open", by=by, target=audit, detail=detail)
    return audit


def _planned(window: Window, **values: Any) -> Audit:
    """Store an audit of the window; RefusedError when there is one already."""
    audit = Audit(
        label=window.label,
        window_start=window.start,
        window_end=window.end,
        extended_reason=window.extension_reason,
        edition=CURRENT,
        **values,
    )
    try:
        with transaction.atomic():
            audit.save(force_insert=True)
    except IntegrityError:
        raise RefusedError(
            f"{window.dates} 的抽样已经建立，请打开已有的抽样；确需重来，先写明理由作废它。"
        ) from None
    return audit


@transaction.atomic
def extend_audit(audit: Audit, *, start: date, reason: str, version: int, by: User | None) -> Audit:
    """Begin the window of a planned audit earlier, with a reason (D-07)."""
    audit = locked_draw(
        audit, version, Audit.Status.PLANNED, "抽样已完成，窗口不能再改；确需延长，请先作废再建立。"
    )
    if len(pool_of(audit).entries) >= 10:
        raise RefusedError("窗口内的合格报告已不少于10份，不能延长窗口。")
    try:
        window = extended_window(audit_window_of(audit), start, reason)
    except ValueError as unfit:
        raise RefusedError(str(unfit)) from None
    Department.objects.select_for_update().get(pk=audit.department_id)
    _check_repeat(audit, window, reason, by)
    audit.window_start, audit.extended_reason, audit.label = (
        window.start,
        window.extension_reason,
        window.label,
    )
    _save(audit)
    record(
        "audits.extend",
        by=by,
        target=audit,
        detail={"window": window.dates, "reason": window.extension_reason},
    )
    return audit


@notes_refusal(note_seed)
def draw_audit(audit: Audit, *, version: int, by: User | None, repeat_reason: str = "") -> Audit:
    """Reveal the seed, freeze the list, draw up to ten, write ledger, document and cases at their revisions.

    Fewer than ten eligible reports give a smaller sample, with a note on the page, not an error.
    `repeat_reason`: where the window overlaps an earlier draw and the plan has no reason yet.
    """
    audit = locked_draw(
        audit, version, Audit.Status.PLANNED, "这次抽样已经抽取过，不能再抽；确需重来，请先写明理由作废。"
    )
    Department.objects.select_for_update().get(pk=audit.department_id)
    _check_repeat(audit, audit_window_of(audit), repeat_reason, by)
    pool = pool_of(audit)
    if not pool.entries:
        if audit.window_start > timezone.localdate():
            raise RefusedError(
                f"窗口首日 {audit.window_start} 在今天之后，还没有报告可抽；请改用已开始的窗口。"
            )
        raise RefusedError("窗口内没有一份合格报告，无从抽取；请先登记结局，或写明理由后延长抽样窗口。")
    revealed = reveal_seed(audit)
    drawn = draw(pool.entries, audit.seed)
    audit.drawn_at, audit.drawn_by, audit.status = timezone.now(), by, Audit.Status.DRAWN
    audit.pool_list = [list(entry) for entry in drawn.entries]
    audit.pool_hash, audit.pool_size = drawn.list_hash, len(drawn.entries)
    audit.ledger = ledger_of(pool)
    audit.draw = draw_document(Sample(drawn))
    _save(audit)
    freeze_cases(audit, [entry.accession_number for entry in drawn.drawn])
    detail = revealed | {"list_sha256": audit.pool_hash, "digest": audit.draw["digest"]} | hash_detail(audit)
    if repeat_reason.strip() and audit.repeat_reason:
        detail["repeat_reason"] = audit.repeat_reason
    numbers = [entry.accession_number for entry in drawn.drawn]
    record("audits.draw", by=by, target=audit, detail=detail | {"pool": audit.pool_size, "drawn": numbers})
    return audit


def _check_repeat(audit: Audit, window: Window, reason: str, by: User | None) -> None:
    """Refuse a planned audit over days drawn before without a good reason; a `reason` given now is added."""
    given = reason.strip()
    whole = "\n".join(part for part in (audit.repeat_reason, given) if part)
    who = by if given else audit.repeat_by
    if refuse_repeat(audit.department, window, reason=whole, by=who, other_than=audit.pk):
        audit.repeat_reason, audit.repeat_by = whole, who


def ledger_of(pool: Pool) -> dict[str, Any]:
    """The ledger as stored: counts, rows, and the notes on eligible reports."""
    return pool.ledger.as_json() | {"notes": [{"accession_number": a, "zh": text} for a, text in pool.notes]}


@transaction.atomic
def cancel_audit(audit: Audit, *, reason: str, version: int, by: User | None) -> Audit:
    """作废, with a reason; the rows stay. Refused for a settled audit and for one with a signed sheet.

    Once there are rulings, only the head may cancel. Raises RefusedError, ConflictError.
    """
    audit = Audit.objects.select_for_update().get(pk=audit.pk)
    expect_version(audit, version)
    if audit.status in (Audit.Status.CANCELLED, Audit.Status.SETTLED):
        raise RefusedError(f"这次抽样{audit.get_status_display()}，不能作废。")
    if audit.sheet_signed_at:
        # Reopened for a correction it may be judged again, never drawn again: its result is already known.
        raise RefusedError("这次抽样的评分表已签发，不能作废重抽；评定有误请更正评分表，重开评审后改判。")
    if not reason.strip():
        raise RefusedError("作废抽样须写明理由。")
    refuse_cancelling(audit, by)
    audit.status, audit.cancelled_reason = Audit.Status.CANCELLED, reason.strip()
    revealed = cancel_seed(audit)
    _save(audit)
    record("audits.cancel", by=by, target=audit, detail={"reason": audit.cancelled_reason} | revealed)
    return audit


@transaction.atomic
def settle_audit(audit: Audit, *, version: int, by: User | None) -> Audit:
    """评审完成: every case settled; the rulings are closed from here on."""
    audit = locked_draw(audit, version, Audit.Status.DRAWN, "只有评审中的抽样可以标为评审完成。")
    results = audit_results(audit)
    if not results.finished:
        raise RefusedError("评审尚未完成：" + "".join(results.waiting[:3] or ("没有在评的病例。",)))
    audit.status = Audit.Status.SETTLED
    _save(audit)
    counts = {"description": results.description_sample, "conclusion": results.conclusion_sample}
    detail = {part: {"size": count.size, "failed": count.failed} for part, count in counts.items()}
    record("audits.settle", by=by, target=audit, detail=detail)
    return audit


@transaction.atomic
def reopen_audit(audit: Audit, *, reason: str, version: int, by: User | None) -> Audit:
    """Open the rulings of a settled audit again, with a reason: its sheet is returned, or being corrected.

    What was signed stays as it was signed; the new rulings count in the next version only.
    """
    audit = locked_draw(audit, version, Audit.Status.SETTLED, "只有评审完成的抽样可以重开评审。")
    if not reason.strip():
        raise RefusedError("重开评审须写明理由。")
    audit.status = Audit.Status.DRAWN
    _save(audit)
    record("audits.reopen", by=by, target=audit, detail={"reason": reason.strip()})
    return audit


def _save(audit: Audit) -> None:
    audit.version += 1
    audit.save()
