"""Records of qualification: entered by the officer, submitted by members, approved or not.

Only an approved record counts (queries/people). A record is never deleted: one that was entered in error is
withdrawn with a reason and stays to be seen, as does a certificate that was not accepted.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from exporting.uploads import Accepted
from staff.conflicts.versions import RefusedError
from staff.register.domain.records import record_faults
from staff.register.models import Member, Qualification
from staff.register.qualification_rules import qualification_rules
from trail.chain import record

_State = Qualification.State


@transaction.atomic
def add_record(
    member: Member, values: Mapping[str, Any], *, by: Any, scan: Accepted | None = None
) -> Qualification:
    """A record that counts at once. ValueError with sentences when it lacks what its kind needs."""
    found = _new(member, values, scan)
    found.state, found.decided_by, found.decided_at = _State.APPROVED, by, timezone.now()
    _save(found)
    record(
        "staff.record_add", by=by, target=found, department=member.department_id, detail=_trail_detail(found)
    )
    return found


@transaction.atomic
def submit_record(member: Member, values: Mapping[str, Any], *, by: Any, scan: Accepted) -> Qualification:
    """A renewed certificate of one's own, with its scan; it counts once somebody approves it."""
    if by is None or member.user_id != by.pk:
        raise RefusedError("只能为本人提交证书。")
    found = _new(member, values, scan)
    found.state, found.submitted_by = _State.SUBMITTED, by
    _save(found)
    record(
        "staff.record_submit",
        by=by,
        target=found,
        department=member.department_id,
        detail=_trail_detail(found),
    )
    return found


@transaction.atomic
def decide_record(found: Qualification, *, approve: bool, reason: str, by: Any) -> Qualification:
    """待审核 → 已确认 or 未采纳. ValueError: decided already, one's own, or refused without a reason."""
    found = _locked(found)
    if found.state != _State.SUBMITTED:
        raise RefusedError("这份证书已经审核过，请刷新页面查看结果。")
    if found.member.user_id == by.pk:
        raise RefusedError("不能审核本人提交的证书：请由另一位质控员或科主任审核。")
    if not approve and not reason.strip():
        raise RefusedError("不采纳须写明理由，以便本人补正后重新提交。")
    _settle(found, _State.APPROVED if approve else _State.REJECTED, reason, by)
    action = "staff.record_approve" if approve else "staff.record_reject"
    detail = _trail_detail(found) | ({"reason": found.decision_reason} if found.decision_reason else {})
    record(action, by=by, target=found, department=found.member.department_id, detail=detail)
    return found


@transaction.atomic
def withdraw_record(found: Qualification, *, reason: str, by: Any) -> Qualification:
    """An approved record entered in error no longer counts; it stays with the reason. ValueError as above."""
    found = _locked(found)
    if found.state != _State.APPROVED:
        raise RefusedError("只有已确认的记录可以撤销，请刷新页面查看现状。")
    if not reason.strip():
        raise RefusedError("撤销须写明理由，例如“证书编号录错，已另行登记”。")
    _settle(found, _State.REJECTED, reason, by)
    detail = _trail_detail(found) | {"reason": found.decision_reason}
    record("staff.record_withdraw", by=by, target=found, department=found.member.department_id, detail=detail)
    return found


def _locked(found: Qualification) -> Qualification:
    rows = Qualification.objects.select_for_update(of=("self",)).select_related("member")
    locked: Qualification = rows.get(pk=found.pk)
    return locked


def _settle(found: Qualification, state: str, reason: str, by: Any) -> None:
    found.state, found.decision_reason = state, reason.strip()
    found.decided_by, found.decided_at = by, timezone.now()
    found.save()


def _new(member: Member, values: Mapping[str, Any], scan: Accepted | None) -> Qualification:
    known = qualification_rules().by_code
    if values.get("type") not in known:
        raise RefusedError(f"资质类别“{values.get('type')}”不认识。")
    faults = record_faults(values["type"], values)
    if faults:
        raise RefusedError("".join(faults.values()))
    found = Qualification(member=member, **values)
    try:
        found.clean_fields(exclude=("scan", "member"))
    except ValidationError as error:
        raise RefusedError("；".join(error.messages)) from error
    if scan is not None:
        found.scan_name, found.scan_sha256 = scan.name, scan.sha256
        found.scan.save(str(scan.file.name), scan.file, save=False)
    return found


def _save(found: Qualification) -> None:
    """Save the record; delete the scan when that fails, since no row would refer to it."""
    try:
        found.save()
    except Exception:
        if found.scan:
            with contextlib.suppress(OSError):
                default_storage.delete(str(found.scan.name))
        raise


def _trail_detail(found: Qualification) -> dict[str, Any]:
    detail = {
        "member": str(found.member),
        "type": qualification_rules().by_code[found.type].name_zh,
        "issued_on": str(found.issued_on or ""),
    }
    return detail | ({"sha256": found.scan_sha256} if found.scan_sha256 else {})
