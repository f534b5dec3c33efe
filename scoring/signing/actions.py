"""提交, 退回, 签发: an officer submits, another person signs or returns; what is signed is frozen.

Every function raises RefusedError, with a Chinese sentence, for what may not be done, and ConflictError when
the sheet was saved since the page that shows `version` was opened. Nothing is written then, but that a
submission or a signature was refused, and why.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from audits.conflicts import RefusedError
from audits.quarter.actions.quarters import settle_audit
from audits.sampling.models import Audit
from scoring.downloads.actions import move_grants
from scoring.packet.actions.keys import current_key
from scoring.packet.queries.document import packet_document
from scoring.packet.signature import SealError
from scoring.sheets.actions.differences import note_refusal, refuse_edited_audit
from scoring.sheets.actions.locking import locked, saved
from scoring.sheets.actions.rulings import reopen_rulings
from scoring.sheets.models import Sheet
from scoring.sheets.queries.obstacles import obstacles, rows_suggested_anew
from scoring.sheets.queries.scored import fingerprint, scored_sheet
from scoring.sheets.queries.signed_records import (
    RecordDiffersError,
    remember_events,
    signed_record,
    signing_events,
)
from scoring.sheets.querysets import FROZEN
from staff.accounts.models import User
from staff.conflicts.refusals import notes_refusal
from trail.chain import record


@notes_refusal(note_refusal("scoring.submit_refused"))
def submit_sheet(sheet: Sheet, *, version: int, by: User) -> Sheet:
    """填写中 → 待签发."""
    sheet = locked(sheet, version, Sheet.Status.DRAFT, otherwise="评分表已提交或已签发，不能重复提交。")
    refuse_edited_audit(sheet.audit)
    scored = scored_sheet(sheet)
    in_the_way = obstacles(scored)
    if in_the_way:
        raise RefusedError("还不能提交：" + "".join(obstacle.text for obstacle in in_the_way[:6]))
    sheet.status, sheet.submitted_by, sheet.submitted_at = Sheet.Status.SUBMITTED, by, timezone.now()
    sheet.total, sheet.verdict = scored.score.total, scored.score.verdict
    sheet.content_hash = fingerprint(scored)
    saved(sheet)
    record("scoring.submit", by=by, target=sheet, detail=_outcome(sheet))
    return sheet


@transaction.atomic
def return_sheet(sheet: Sheet, *, reason: str, version: int, by: User, reopen: bool = False) -> Sheet:
    """待签发 → 填写中, with a reason the officer reads on the sheet. `reopen`: the rulings are opened too."""
    sheet = locked(sheet, version, Sheet.Status.SUBMITTED, otherwise="只有待签发的评分表可以退回。")
    if not reason.strip():
        raise RefusedError("退回须写明理由，以便质控员修改。")
    sheet.status = Sheet.Status.DRAFT
    sheet.returned_by, sheet.returned_at, sheet.returned_reason = by, timezone.now(), reason.strip()
    sheet.submitted_by = sheet.submitted_at = sheet.total = None
    sheet.verdict = sheet.content_hash = ""
    saved(sheet)
    if reopen:
        reopen_rulings(sheet, reason=sheet.returned_reason, by=by)
    detail = {"reason": sheet.returned_reason, "reopened": reopen}
    record("scoring.return", by=by, target=sheet, detail=detail)
    return sheet


@notes_refusal(note_refusal("scoring.sign_refused"))
def sign_sheet(sheet: Sheet, *, version: int, by: User, warnings: Sequence[str] = ()) -> Sheet:
    """待签发 → 已签发: the packet document is written into the sheet and never changes again.

    Closes the rulings of the audit; the version it corrects becomes 已被更正, and its grants open this one.
    `warnings`: what the signer confirmed to have seen, for the trail.
    """
    sheet = locked(sheet, version, Sheet.Status.SUBMITTED, otherwise="只有待签发的评分表可以签发。")
    if sheet.submitted_by_id == by.pk:
        raise RefusedError("提交人与签发人不能是同一人：请由另一位科主任签发。")
    _refuse_edited_records(sheet)
    scored = scored_sheet(sheet)
    if rows := rows_suggested_anew(scored):
        raise RefusedError(
            f"第{'、'.join(rows)}行评定之后所依据的记录有变化，现在的建议已不同：请退回，由质控员重新核对后提交。"
        )
    if fingerprint(scored) != sheet.content_hash:
        raise RefusedError("提交之后评审结果或填写内容有变化，与提交时不同：请退回，由质控员核对后重新提交。")
    _close_rulings(sheet, by)
    _require_key(by)
    sheet.status, sheet.signed_by, sheet.signed_at = Sheet.Status.SIGNED, by, timezone.now()
    sheet.version += 1
    document = packet_document(scored, by=str(by))
    sheet.content, sheet.content_hash = document.to_dict(), document.content_hash()
    if sheet.corrects_id:
        # Before the new one is saved: only one signed version of an audit may be in force.
        Sheet.objects.filter(pk=sheet.corrects_id).update(status=Sheet.Status.SUPERSEDED)
    sheet.save()
    facts = {"hash": sheet.content_hash, "corrects": sheet.corrects_id, "audit": sheet.audit_id}
    detail = _outcome(sheet) | facts
    if warnings:
        detail["warnings"] = list(warnings)
    record("scoring.sign", by=by, target=sheet, detail=detail)
    if sheet.corrects_id:
        move_grants(sheet, by=by)
    return sheet


def _require_key(by: User) -> None:
    """Refuse to sign without a sealing key; a new key is recorded in the trail before the packet's anchor."""
    try:
        current_key(by=by)
    except SealError as problem:
        raise RefusedError(f"{problem}评分表未签发。") from None


def _refuse_edited_records(sheet: Sheet) -> None:
    """Refuse to sign an edited record: a draw or ruling that is not as the trail has it, a sheet set back to
    unsigned, or one with an altered earlier version."""
    refuse_edited_audit(sheet.audit)
    if signing_events([sheet]):
        raise RecordDiffersError("留痕记有这份评分表的签发，不能再次签发：数据库中的记录被改动过。")
    earlier = list(Sheet.objects.filter(audit=sheet.audit_id, number__lt=sheet.number, status__in=FROZEN))
    remember_events(earlier)
    for version in earlier:
        if problem := signed_record(version).sentence:
            raise RecordDiffersError(f"第{version.number}版：{problem}")


def _close_rulings(sheet: Sheet, by: User) -> None:
    audit = Audit.objects.select_for_update().get(pk=sheet.audit_id)
    if audit.status == Audit.Status.CANCELLED:
        raise RefusedError("这次抽样已作废，评分表不能签发。")
    if audit.status == Audit.Status.DRAWN:
        audit = settle_audit(audit, version=audit.version, by=by)
    if audit.sheet_signed_at is None:
        audit.sheet_signed_at = timezone.now()
        audit.save(update_fields=["sheet_signed_at"])


def _outcome(sheet: Sheet) -> dict[str, Any]:
    return {"number": sheet.number, "total": sheet.total, "verdict": sheet.verdict}
