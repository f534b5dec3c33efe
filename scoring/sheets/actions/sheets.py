"""填写评分表: create a sheet for a drawn audit, set its rows, update its hospital level.

Every function raises RefusedError, with a Chinese sentence, for what may not be done, and ConflictError when
the sheet was saved since the page that shows `version` was opened. Nothing is written then.
"""

from typing import Any

from django.db import IntegrityError, transaction

from audits.conflicts import RefusedError
from audits.sampling.models import Audit
from scoring.evidence.domain.suggestion import snapshot
from scoring.sheets.actions.locking import locked, saved
from scoring.sheets.domain.rows import score_state
from scoring.sheets.models import RowSetting, Sheet
from scoring.sheets.queries.reasons import default_reason
from scoring.sheets.queries.scored import suggestions_for
from staff.accounts.models import User
from standards.loader import load_edition
from standards.scoresheet import HospitalLevel, SheetRow
from trail.chain import record

TEXT_LENGTH = 2000
_TEXTS = ("reason", "remark", "differs_reason")
_ONLY_DRAFT = "评分表已提交或已签发，不能再改；请科主任退回，或对已签发的评分表提出更正。"


@transaction.atomic
def create_sheet(*, audit: Audit, by: User | None) -> Sheet:
    """The first version of an audit's sheet, with the edition of the audit and today's hospital level."""
    audit = Audit.objects.select_for_update().get(pk=audit.pk)
    if audit.kind != Audit.Kind.QUARTERLY:
        raise RefusedError("只有季度抽样按表B.1评分；月度质控不计分。")
    if audit.status == Audit.Status.PLANNED:
        raise RefusedError("这次抽样尚未抽取病例，请先抽样，再填写评分表。")
    if audit.status == Audit.Status.CANCELLED:
        raise RefusedError("这次抽样已作废，不能评分；请打开有效的抽样。")
    try:
        with transaction.atomic():
            sheet = Sheet.objects.create(
                audit=audit,
                edition=audit.edition,
                hospital_level=audit.department.institution.level,
                created_by=by,
            )
    except IntegrityError:
        raise RefusedError("这次抽样已有评分表，请打开已有的评分表。") from None
    record(
        "scoring.create", by=by, target=sheet, detail={"label": audit.label, "level": sheet.hospital_level}
    )
    return sheet


@transaction.atomic
def set_row(
    sheet: Sheet,
    *,
    row: str,
    version: int,
    by: User | None,
    state: str | None = None,
    reason: str | None = None,
    remark: str | None = None,
    differs_reason: str | None = None,
) -> Sheet:
    """Set a row's state ("" is 未评; section 1 only), the wording of its lost points, or a remark.

    None leaves a part as it is. A new state that loses points brings the default wording with it; a state
    that loses none takes the wording away. The current suggestion is stored with the state; a decision
    against it needs `differs_reason` before the sheet can be submitted.
    """
    sheet = locked(sheet, version, Sheet.Status.DRAFT, otherwise=_ONLY_DRAFT)
    definition = load_edition(sheet.edition).sheet.rows_by_id.get(row)
    if definition is None:
        raise RefusedError(f"表B.1没有第“{row[:10]}”行，请从表中所列各行中选择。")
    setting = sheet.row_settings.filter(row=row).first() or RowSetting(sheet=sheet, row=row)
    before = _parts(setting)
    if state is not None:
        _refuse_unknown_state(definition, state)
        _decide(setting, state)
        if state != before["state"]:
            setting.reason = _default_wording(sheet, definition, state)
    if reason is not None:
        setting.reason = _text(reason, "扣分理由")
    if remark is not None:
        setting.remark = _text(remark, "备注")
    if differs_reason is not None:
        setting.differs_reason = _text(differs_reason, "与建议不同的理由") if setting.departs else ""
    setting.set_by = by
    setting.save()
    saved(sheet)
    record("scoring.set_row", by=by, target=sheet, detail=_trail_detail(setting, before, state))
    return sheet


def _trail_detail(setting: RowSetting, before: dict[str, str], state: str | None) -> dict[str, Any]:
    """Only the state goes into the trail in full: free text might name a patient (docs/quality.md A4)."""
    after = _parts(setting)
    texts = [name for name in _TEXTS if before[name] != after[name]]
    changed = {"state": [before["state"], after["state"]]}
    detail: dict[str, Any] = {"row": setting.row, "changed": changed, "texts": texts}
    if state:
        detail["suggested"] = setting.suggested_state
    return detail


def _parts(setting: RowSetting) -> dict[str, str]:
    return {name: getattr(setting, name) for name in ("state", *_TEXTS)}


def _decide(setting: RowSetting, state: str) -> None:
    """Set the state, and store the current suggestion with it."""
    if state != setting.state:
        setting.differs_reason = ""
    setting.state, setting.suggested_state, setting.suggestion = state, "", None
    if state:
        found = suggestions_for(setting.sheet)[setting.row]
        setting.suggested_state, setting.suggestion = found.state, snapshot(found)
    if not setting.departs:
        setting.differs_reason = ""


def _default_wording(sheet: Sheet, row: SheetRow, state: str) -> str:
    level: HospitalLevel = sheet.hospital_level  # type: ignore[assignment]  # the same choices
    return default_reason(row, score_state(row, state or None, level), state, None)


def _refuse_unknown_state(row: SheetRow, state: str) -> None:
    if not row.states:
        raise RefusedError(f"第{row.id}行由评审结果计分，不能直接设定；请在评审中更正。")
    if state and state not in [known.state for known in row.states]:
        words = "、".join(known.state_zh for known in row.states)
        raise RefusedError(f"第{row.id}行只能评为：{words}，或暂不评定。")


def _text(given: str, name: str) -> str:
    text = given.strip()
    if len(text) > TEXT_LENGTH:
        raise RefusedError(f"{name}过长：最多{TEXT_LENGTH}字，现有{len(text)}字，请精简。")
    return text


@transaction.atomic
def take_level(sheet: Sheet, *, version: int, by: User | None) -> Sheet:
    """Take the institution's level of today into a draft (row 1.5 depends on it)."""
    sheet = locked(sheet, version, Sheet.Status.DRAFT, otherwise=_ONLY_DRAFT)
    level = sheet.audit.department.institution.level
    if level == sheet.hospital_level:
        raise RefusedError("机构级别没有变化，无需更新。")
    before, sheet.hospital_level = sheet.hospital_level, level
    saved(sheet)
    record("scoring.take_level", by=by, target=sheet, detail={"changed": {"level": [before, level]}})
    return sheet
