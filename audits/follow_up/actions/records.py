"""随访与反馈: include or exclude cases, judge them against their outcome, send and confirm feedback.

Every function raises RefusedError, with a Chinese sentence, for what may not be done, and ConflictError when
the case was saved since the page that shows `version` was opened.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from audits.conflicts import RefusedError, expect_version
from audits.follow_up.domain.follow_up import note_problems
from audits.follow_up.models import Feedback, FollowUp
from audits.follow_up.queries import outcomes_of, physicians_of
from audits.follow_up.querysets import FollowUpQuerySet
from audits.judging.domain.concordance import ErrorKind, Judgement
from reports.archive.models import Report
from reports.outcomes.actions import record_outcome
from staff.accounts.models import User
from trail.chain import record

MOST_WORDS = 2000  # of a note or a message


@dataclass(frozen=True)
class OutcomeInput:
    """An outcome as typed."""

    kind: str
    observed_on: date
    text: str
    recorded_by: str = ""


@dataclass(frozen=True)
class JudgementInput:
    """The judgement of the conclusion against its outcome, in the codes of DOMAIN 3.2."""

    judgement: str
    error_kind: str
    note: str = ""


@dataclass(frozen=True)
class FeedbackInput:
    """The message and its recipient; None: a physician without an account, who gets it on paper."""

    message: str
    recipient: User | None


@transaction.atomic
def mark_report(
    report: Report, *, is_operated: bool, is_difficult: bool, reason: str, by: User | None
) -> FollowUp:
    """Include a report as 手术病例, 疑难病例 or both; marks and reason replace earlier ones."""
    if not reason.strip():
        raise RefusedError("标记病例请写明理由，例如“拟行手术”或“定性困难，科内讨论”。")
    if not (is_operated or is_difficult):
        raise RefusedError("请至少选择手术病例、疑难病例中的一种；不需随访的请选“不纳入”。")
    row = FollowUp.objects.select_for_update(of=("self",)).filter(report=report).first()
    before = [row.is_operated, row.is_difficult] if row else None
    row = row or FollowUp(department=report.department, report=report)
    row.examined_on = examined_on(report)
    row.is_operated, row.is_difficult = is_operated, is_difficult
    _decide(row, FollowUp.State.OPEN, reason, by)
    detail: dict[str, Any] = {"report": report.pk, "operated": is_operated, "difficult": is_difficult}
    detail |= {"reason": report.masked(reason.strip())} | ({"earlier": before} if before else {})
    record("audits.mark_follow_up", by=by, target=row, department=row.department_id, detail=detail)
    return row


def examined_on(report: Report) -> date | None:
    """The day of the examination, else of the report; Beijing time."""
    moment = report.examined_at or report.reported_at
    return timezone.localtime(moment).date() if moment else None


@transaction.atomic
def take_up(follow_up: FollowUp, *, version: int, by: User | None) -> FollowUp:
    """Include a candidate or an excluded case in the register (已纳入)."""
    row = _locked(follow_up, version)
    if row.state == FollowUp.State.OPEN:
        raise RefusedError("这一例已经纳入随访。")
    _decide(row, FollowUp.State.OPEN, "", by)
    detail = {"report": row.report_id}
    record("audits.take_follow_up", by=by, target=row, department=row.department_id, detail=detail)
    return row


@transaction.atomic
def exclude(follow_up: FollowUp, *, reason: str, version: int, by: User | None) -> FollowUp:
    """Exclude a case with a reason; refused once it was judged or has feedback."""
    row = _locked(follow_up, version)
    if row.state == FollowUp.State.EXCLUDED:
        raise RefusedError("这一例已注明不纳入。")
    if not reason.strip():
        raise RefusedError("不纳入随访请写明理由。")
    if row.judgement or row.feedbacks.exists():
        raise RefusedError("这一例已有评价或反馈，属于随访记录，不能再移出。")
    _decide(row, FollowUp.State.EXCLUDED, reason, by)
    detail = {"report": row.report_id, "reason": row.report.masked(row.reason)}
    record("audits.exclude_follow_up", by=by, target=row, department=row.department_id, detail=detail)
    return row


@transaction.atomic
def take_up_many(rows: FollowUpQuerySet[FollowUp], *, by: User | None) -> int:
    """Include every candidate among `rows`; returns how many. Other rows are left unchanged."""
    found = list(rows.candidates().select_for_update(of=("self",)).order_by("pk"))
    act = uuid4()
    for row in found:
        _decide(row, FollowUp.State.OPEN, "", by, together=act)
        _record_of_many("audits.take_follow_up", row, act, by)
    return len(found)


@transaction.atomic
def take_back_many(rows: FollowUpQuerySet[FollowUp], *, act: UUID, by: User | None) -> tuple[int, int]:
    """Revert records that `act` included to 候选, where nothing was recorded since; (reverted, left)."""
    taken = list(rows.taken_by(act).select_for_update(of=("self",)).order_by("pk"))
    untouched = set(rows.taken_by(act).without_record().values_list("pk", flat=True))
    found = [row for row in taken if row.pk in untouched]
    for row in found:
        _decide(row, FollowUp.State.CANDIDATE, "", None)
        _record_of_many("audits.take_back_follow_up", row, act, by)
    return len(found), len(taken) - len(found)


def _record_of_many(action: str, row: FollowUp, act: UUID, by: User | None) -> None:
    """Record one event per case, so that each history shows it; `act` is the same in all of them."""
    detail = {"report": row.report_id, "together": str(act)}
    record(action, by=by, target=row, department=row.department_id, detail=detail)


@transaction.atomic
def record_follow_up(
    follow_up: FollowUp,
    *,
    version: int,
    by: User,
    outcome: OutcomeInput | None = None,
    judgement: JudgementInput | None = None,
    feedback: FeedbackInput | None = None,
) -> FollowUp:
    """Record an outcome, a judgement and feedback, each when given, in one transaction.

    A case that is not in the register yet is included.
    """
    row = _locked(follow_up, version)
    if outcome is None and judgement is None and feedback is None:
        raise RefusedError("没有填写任何内容：请填写结局、符合性评价或反馈。")
    if row.state != FollowUp.State.OPEN:
        row = take_up(row, version=row.version, by=by)
    if outcome is not None:
        _record_outcome(row, outcome, by)
    if judgement is not None:
        _judge(row, judgement, by)
    if feedback is not None:
        _send(row, feedback, by)
    return row


def _record_outcome(row: FollowUp, given: OutcomeInput, by: User) -> None:
    try:
        record_outcome(
            report=row.report,
            kind=given.kind,
            observed_on=given.observed_on,
            text=given.text,
            recorded_by=given.recorded_by or by.full_name,
            by=by,
        )
    except RefusedError:
        raise
    except ValueError as unfit:
        raise RefusedError(str(unfit)) from None
    row.report.__dict__.pop("matched_outcomes", None)


def _judge(row: FollowUp, given: JudgementInput, by: User) -> None:
    if not outcomes_of(row.report):
        raise RefusedError("还没有结局，不能作符合性评价：请先登记手术或随访结局。")
    try:
        judgement, error_kind = Judgement(given.judgement), ErrorKind(given.error_kind)
    except ValueError:
        raise RefusedError("请选择符合性评价和差错类型。") from None
    note = _words(given.note, "对照说明")
    problems = note_problems(judgement, error_kind, note)
    if problems:
        raise RefusedError("".join(problems))
    before = row.judgement
    row.judgement, row.error_kind, row.note = judgement.value, error_kind.value, note
    row.judged_by, row.judged_at = by, timezone.now()
    _save(row)
    detail = {"judgement": row.judgement, "error_kind": row.error_kind, "note": row.report.masked(note)}
    detail |= {"earlier_judgement": before} if before else {}
    record("audits.judge_follow_up", by=by, target=row, department=row.department_id, detail=detail)


def _send(row: FollowUp, given: FeedbackInput, by: User) -> None:
    message = _words(given.message, "反馈内容")
    if not message:
        raise RefusedError("请填写反馈内容。")
    if not row.judgement:
        raise RefusedError("请先对照结局作出符合性评价，再反馈给报告医师。")
    able = {user.pk for user, _ in physicians_of(row.report)}
    if given.recipient is not None and given.recipient.pk not in able:
        raise RefusedError("反馈只能发给这份报告的报告、审核或签发医师。")
    name = str(given.recipient or row.report.reporting_physician or "").strip()
    if not name:
        raise RefusedError("报告上没有报告医师，不知道反馈给谁：请先在导入数据中补上报告医师。")
    sent = Feedback.objects.create(
        follow_up=row, recipient=given.recipient, recipient_name=name[:100], message=message, sent_by=by
    )
    _save(row)
    detail = {"feedback": sent.pk, "recipient": name, "on_paper": given.recipient is None}
    record("audits.send_feedback", by=by, target=row, department=row.department_id, detail=detail)


@transaction.atomic
def confirm_feedback(feedback: Feedback, *, reply: str, by: User) -> Feedback:
    """签收: the physician confirms in person that they read it, and may answer."""
    row = _feedback(feedback)
    if row.recipient_id != by.pk:
        raise RefusedError("反馈由收件医师本人签收。")
    row.reply = _words(reply, "意见")
    return _receive(row, "audits.confirm_feedback", by, {"reply": row.follow_up.report.masked(row.reply)})


@transaction.atomic
def note_receipt(feedback: Feedback, *, note: str, by: User) -> Feedback:
    """Note a paper receipt of a physician without an account, with its proof."""
    row = _feedback(feedback)
    if row.recipient_id is not None:
        raise RefusedError("收件医师有账号，由其本人签收，不能代为登记。")
    if not note.strip() or len(note.strip()) > 200:
        raise RefusedError("请写明签收凭据（不超过200字），例如“纸质反馈单，本人签字，存随访夹”。")
    row.receipt_note = note.strip()
    return _receive(row, "audits.note_receipt", by, {"reason": row.follow_up.report.masked(row.receipt_note)})


def _feedback(feedback: Feedback) -> Feedback:
    rows = Feedback.objects.select_for_update(of=("self",)).select_related("follow_up__report")
    row: Feedback = rows.get(pk=feedback.pk)
    if row.read_at is not None:
        raise RefusedError("这条反馈已经签收过。")
    return row


def _receive(row: Feedback, action: str, by: User, detail: dict[str, Any]) -> Feedback:
    row.read_by, row.read_at = by, timezone.now()
    row.save()
    filled = {"feedback": row.pk} | {name: value for name, value in detail.items() if value}
    record(action, by=by, target=row.follow_up, department=row.department_id, detail=filled)
    return row


def _words(text: str, what: str) -> str:
    found = text.strip()
    if len(found) > MOST_WORDS:
        raise RefusedError(f"{what}有{len(found)}个字，上限为{MOST_WORDS}个。")
    return found


def _locked(follow_up: FollowUp, version: int) -> FollowUp:
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("report", "department")
    row: FollowUp = rows.get(pk=follow_up.pk)
    expect_version(row, version)
    return row


def _decide(row: FollowUp, state: str, reason: str, by: User | None, *, together: UUID | None = None) -> None:
    row.state, row.reason, row.taken_together = state, reason.strip(), together
    is_decided = state != FollowUp.State.CANDIDATE
    row.decided_by, row.decided_at = by if is_decided else None, timezone.now() if is_decided else None
    _save(row)


def _save(row: FollowUp) -> None:
    row.version = row.version + 1 if row.pk else 1
    row.save()
