"""机构提供的资料: add, change or remove notes of evidence while the sheet is a draft."""

from datetime import date

from django.db import transaction

from audits.conflicts import RefusedError
from scoring.sheets.actions.locking import locked, saved
from scoring.sheets.models import EvidenceNote, Sheet
from staff.accounts.models import User
from standards.loader import load_edition
from trail.chain import record

_ONLY_DRAFT = "评分表已提交或已签发，资料记录不能再改；请科主任退回后再改。"


@transaction.atomic
def add_evidence(
    sheet: Sheet,
    *,
    row: str,
    title: str,
    version: int,
    by: User | None,
    dated_on: date | None = None,
    note: str = "",
) -> EvidenceNote:
    """Note a document or record for a row; RefusedError for an unknown row or an empty title."""
    sheet = locked(sheet, version, Sheet.Status.DRAFT, otherwise=_ONLY_DRAFT)
    if row not in load_edition(sheet.edition).sheet.rows_by_id:
        raise RefusedError(f"表B.1没有第“{row[:10]}”行，请从表中所列各行中选择。")
    evidence = EvidenceNote(sheet=sheet, row=row, added_by=by)
    _write(evidence, title, dated_on, note)
    saved(sheet)
    record("scoring.add_evidence", by=by, target=sheet, detail={"row": row, "title": evidence.title})
    return evidence


@transaction.atomic
def change_evidence(
    evidence: EvidenceNote,
    *,
    title: str,
    dated_on: date | None,
    note: str,
    version: int,
    by: User | None,
) -> EvidenceNote:
    """Correct an evidence note; `version` is the sheet's."""
    sheet = locked(evidence.sheet, version, Sheet.Status.DRAFT, otherwise=_ONLY_DRAFT)
    evidence = EvidenceNote.objects.get(pk=evidence.pk)
    before = {"title": evidence.title, "dated_on": evidence.dated_on, "note": evidence.note}
    _write(evidence, title, dated_on, note)
    saved(sheet)
    after = {"title": evidence.title, "dated_on": evidence.dated_on, "note": evidence.note}
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    record("scoring.change_evidence", by=by, target=sheet, detail={"row": evidence.row, "changed": changed})
    return evidence


@transaction.atomic
def remove_evidence(evidence: EvidenceNote, *, version: int, by: User | None) -> Sheet:
    """Remove an evidence note from a draft; the trail records its title. `version` is the sheet's."""
    sheet = locked(evidence.sheet, version, Sheet.Status.DRAFT, otherwise=_ONLY_DRAFT)
    detail = {"row": evidence.row, "title": evidence.title}
    evidence.delete()
    saved(sheet)
    record("scoring.remove_evidence", by=by, target=sheet, detail=detail)
    return sheet


def _write(evidence: EvidenceNote, title: str, dated_on: date | None, note: str) -> None:
    title, note = title.strip(), note.strip()
    if not title:
        raise RefusedError("请填写资料名称，例如“影像报告书写规范（2025版）”。")
    if len(title) > 200 or len(note) > 500:
        raise RefusedError("资料名称最多200字，说明最多500字，请精简。")
    evidence.title, evidence.dated_on, evidence.note = title, dated_on, note
    evidence.save()
