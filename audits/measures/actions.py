"""改进措施: set, carry out, check against the months after, and close a measure.

Every function takes the `version` the page showed (ConflictError when it was saved since) and raises
RefusedError, with a Chinese sentence, for what may not be done. Each adds an entry, which is never changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from audits.conflicts import RefusedError, expect_version
from audits.measures.domain.measures import (
    NOBODY,
    Act,
    Person,
    refuse_act,
    refuse_closer,
    refuse_done_on,
    refuse_due_on,
    refuse_effect,
)
from audits.measures.models import Measure, MeasureEntry
from audits.measures.queries.effects import effect_json, effect_now, months_of
from audits.monthly.actions.months import masked_for
from audits.monthly.domain.monthly import last_of_month
from audits.monthly.models import MonthlyAudit
from audits.sampling.models import Audit
from staff.accounts.models import User
from staff.departments.models import Department
from staff.register.models import Member
from standards.loader import load_edition
from trail.chain import record

Kind = MeasureEntry.Kind


@dataclass(frozen=True)
class MeasureInput:
    """Content of a measure's form. The owner is a member of the register, or an account."""

    clauses: Sequence[str]
    problem: str
    action: str
    due_on: date
    owner: Member | None = None
    owner_user: User | None = None


@transaction.atomic
def set_measure(*, source: MonthlyAudit | Audit, given: MeasureInput, by: User) -> Measure:
    """Set (制定) a measure against problems of a drawn month or of a quarter."""
    months = source if isinstance(source, MonthlyAudit) else None
    if months is not None and months.status not in (MonthlyAudit.Status.DRAWN, MonthlyAudit.Status.CLOSED):
        raise RefusedError(f"{months.label}月度质控{months.get_status_display()}，还没有可以整改的问题。")
    if months is None and source.status != Audit.Status.SETTLED:
        # Until then the rulings may change, and a reader who has still to judge must not see those of others.
        raise RefusedError("季度抽样评审完成之后，才能针对其问题制定改进措施。")
    quarter = source if isinstance(source, Audit) else None
    measure = Measure(department=source.department, audit=months, quarter=quarter, created_by=by)
    _fill(measure, given)
    _expect_due_on(measure)
    measure.save()
    _record_entry(measure, Kind.SET, "audits.set_measure", measure.action, by, detail=_detail(measure))
    return measure


@transaction.atomic
def change_measure(measure: Measure, *, given: MeasureInput, reason: str, version: int, by: User) -> Measure:
    """Change (修改) an open measure, also its owner and day, with a reason."""
    measure = _locked(measure, version, Act.CHANGE)
    reason = _words(measure, reason, "修改措施须写明理由。")
    before = _detail(measure)
    _fill(measure, given)
    if before["due_on"] != measure.due_on:
        _expect_due_on(measure)
    _save(measure)
    after = _detail(measure)
    changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    detail = {"reason": reason, "changed": changed}
    _record_entry(measure, Kind.CHANGE, "audits.change_measure", reason, by, detail=detail)
    return measure


@transaction.atomic
def note_measure(measure: Measure, *, text: str, version: int, by: User) -> Measure:
    """Note (登记落实情况) what was done so far."""
    measure = _locked(measure, version, Act.NOTE)
    text = _words(measure, text, "请写明做了什么。")
    _save(measure)
    _record_entry(measure, Kind.NOTE, "audits.note_measure", text, by, detail={"note": text})
    return measure


@transaction.atomic
def finish_measure(
    measure: Measure, *, text: str, done_on: date, version: int, by: User, is_backfilled: bool = False
) -> Measure:
    """Mark a measure as carried out (已落实) on `done_on`; its effect is checked from then on.

    `is_backfilled`: 补录, carried out before it was entered here; its effect counts from the entry on.
    """
    measure = _locked(measure, version, Act.DONE)
    text = _words(measure, text, "请写明落实了什么。")
    if measure.audit is not None and done_on < measure.audit.month:
        raise RefusedError(f"落实日期 {done_on} 早于所抽查的月份，请更正。")
    today, set_on = timezone.localdate(), measure.set_on
    refusal = refuse_done_on(done_on, set_on=set_on, today=today, backfilled=is_backfilled)
    if refusal:
        raise RefusedError(refusal)
    measure.status, measure.done_on = Measure.Status.DONE, done_on
    measure.is_backfilled = done_on < set_on
    _save(measure)
    detail = {"done_on": done_on, "note": text}
    if measure.is_backfilled:
        detail["backfilled"] = True
    _record_entry(measure, Kind.DONE, "audits.finish_measure", text, by, detail=detail)
    return measure


@transaction.atomic
def check_effect(measure: Measure, *, effect: str, text: str, version: int, by: User) -> Measure:
    """核对效果: a person judges by the months after, whose figures are stored with the check.

    Refused without a finished month after the measure, and 有效 where the figures do not show it.
    """
    measure = _locked(measure, version, Act.EFFECT)
    if effect not in (Measure.Effect.EFFECTIVE, Measure.Effect.UNCLEAR, Measure.Effect.INEFFECTIVE):
        raise RefusedError("请选择效果：有效、尚不能判定或无效。")
    text = _words(measure, text, "请写明核对的依据。")
    found = effect_now(measure)
    if not found.has_after:
        raise RefusedError("措施落实之后还没有已完成的月度质控，无从核对效果；请在下一个月度质控完成后核对。")
    refusal = refuse_effect(effect, found.comparison)
    if refusal:
        raise RefusedError(refusal)
    measure.status, measure.effect = Measure.Status.CHECKED, effect
    measure.effect_facts = effect_json(found)
    measure.checked_at, measure.checked_by = timezone.now(), by
    _save(measure)
    detail = {"effect": effect, "note": text, "comparison": found.comparison.sentence}
    _record_entry(measure, Kind.EFFECT, "audits.check_effect", text, by, detail=detail)
    return measure


@transaction.atomic
def close_measure(measure: Measure, *, text: str, version: int, by: User) -> Measure:
    """Close (关闭) a measure, by a person who neither set, owns nor checked it; a constraint too."""
    measure = _locked(measure, version, Act.CLOSE)
    _take_account(measure)
    refusal = closer_refusal(measure, by)
    if refusal:
        raise RefusedError(refusal)
    text = _words(measure, text, "请写明关闭的意见。")
    measure.status, measure.closed_at, measure.closed_by = Measure.Status.CLOSED, timezone.now(), by
    _save(measure)
    detail = {"effect": measure.effect, "note": text}
    _record_entry(measure, Kind.CLOSE, "audits.close_measure", text, by, detail=detail)
    return measure


@transaction.atomic
def reopen_measure(measure: Measure, *, reason: str, due_on: date, version: int, by: User) -> Measure:
    """Reopen (重新整改) a measure with a reason and a new day."""
    measure = _locked(measure, version, Act.REOPEN)
    reason = _words(measure, reason, "重新整改须写明理由。")
    measure.status, measure.due_on = Measure.Status.OPEN, due_on
    _expect_due_on(measure)
    measure.set_on, measure.is_backfilled = timezone.localdate(), False
    measure.done_on = measure.checked_at = measure.checked_by = None
    measure.closed_at = measure.closed_by = None
    measure.effect, measure.effect_facts = Measure.Effect.NONE, {}
    _save(measure)
    detail = {"reason": reason, "due_on": due_on}
    _record_entry(measure, Kind.REOPEN, "audits.reopen_measure", reason, by, detail=detail)
    return measure


@transaction.atomic
def cancel_measure(measure: Measure, *, reason: str, version: int, by: User) -> Measure:
    """Cancel (取消) an open measure, with a reason; it stays in the list and no longer covers a problem."""
    measure = _locked(measure, version, Act.CANCEL)
    reason = _words(measure, reason, "取消措施须写明理由。")
    measure.status = Measure.Status.CANCELLED
    _save(measure)
    _record_entry(measure, Kind.CANCEL, "audits.cancel_measure", reason, by, detail={"reason": reason})
    return measure


def _fill(measure: Measure, given: MeasureInput) -> None:
    source = measure.audit or measure.quarter
    assert source is not None
    known = load_edition(source.edition).clauses_by_number
    unknown = [number for number in given.clauses if number not in known]
    if unknown or not given.clauses:
        raise RefusedError("请选择所针对的条款。" if not unknown else f"没有编号为“{unknown[0]}”的条款。")
    measure.clauses = list(dict.fromkeys(given.clauses))
    measure.problem = _words(measure, given.problem, "请写明问题。")
    measure.action = _words(measure, given.action, "请写明改进措施。")
    _set_owner(measure, given, measure.department)
    measure.due_on = given.due_on


def _expect_due_on(measure: Measure) -> None:
    last = last_of_month(months_of(measure)[1])
    refusal = refuse_due_on(measure.due_on, today=timezone.localdate(), last=last)
    if refusal:
        raise RefusedError(refusal)


def _set_owner(measure: Measure, given: MeasureInput, department: Department) -> None:
    if given.owner is not None:
        if given.owner.department_id != department.pk:
            raise RefusedError("责任人须是本科室的人员。")
        measure.owner, measure.owner_user = given.owner, given.owner.user
    elif given.owner_user is not None:
        measure.owner, measure.owner_user = None, given.owner_user
    else:
        raise RefusedError("请选择责任人。")


def _take_account(measure: Measure) -> None:
    """Copy the owner's account, which may have been linked since the measure was set."""
    if measure.owner is not None and measure.owner.user_id:
        measure.owner_user_id = measure.owner.user_id


def closer_refusal(measure: Measure, closer: User) -> str | None:
    """Why `closer` may not close the measure; None: they may."""
    setter, checker = (_person(user) for user in (measure.created_by, measure.checked_by))
    return refuse_closer(owner_of(measure), _person(closer), setter=setter, checker=checker)


def _person(user: User | None) -> Person:
    return Person(user.pk, user.staff_number) if user else NOBODY


def owner_of(measure: Measure) -> Person:
    """The owner as the rules identify people: also by an account linked after the measure was set."""
    member = measure.owner
    account = measure.owner_user_id or (member.user_id if member else None)
    number = member.staff_number if member else ""
    if not number and measure.owner_user is not None:
        number = measure.owner_user.staff_number
    return Person(account, number)


def _words(measure: Measure, text: str, otherwise: str) -> str:
    """The text as typed, the patients of the sample masked; RefusedError with `otherwise` when empty."""
    text = text.strip()
    if not text:
        raise RefusedError(otherwise)
    if measure.audit is not None:
        return masked_for(measure.audit, text)
    for case in measure.quarter.cases.select_related("report") if measure.quarter else ():
        text = case.report.masked(text)
    return text


def _detail(measure: Measure) -> dict[str, Any]:
    return {
        "clauses": list(measure.clauses),
        "problem": measure.problem,
        "measure": measure.action,
        "owner": measure.owner_name,
        "due_on": measure.due_on,
    }


def _locked(measure: Measure, version: int, act: Act) -> Measure:
    locked: Measure = Measure.objects.select_for_update().get(pk=measure.pk)
    expect_version(locked, version)
    refusal = refuse_act(locked.status, act)
    if refusal:
        raise RefusedError(refusal)
    return locked


def _save(measure: Measure) -> None:
    measure.version += 1
    measure.save()


def _record_entry(
    measure: Measure, kind: Kind, action: str, text: str, by: User, *, detail: dict[str, Any]
) -> None:
    MeasureEntry.objects.create(measure=measure, kind=kind, text=text, by=by)
    record(action, by=by, target=measure, detail=detail)
