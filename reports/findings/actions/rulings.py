"""Rulings on findings; a rule with too many dismissals is demoted to notes until a person restores it."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reports.conflicts import ConflictError, RefusedError, expect_version
from reports.domain.precision import Precision, is_too_low
from reports.findings.models import Finding, RuleStanding
from reports.findings.queries.precision import precision_of
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record

_STATES = {
    "confirm": Finding.State.CONFIRMED,
    "dismiss": Finding.State.DISMISSED,
    "reopen": Finding.State.OPEN,
}
REASON_LENGTH = Finding._meta.get_field("ruling_reason").max_length or 0


@transaction.atomic
def rule_finding(
    finding: Finding, *, verdict: str, version: int, by: User, reason: str = "", final: bool = False
) -> Finding:
    """Confirm or dismiss a finding, or take a ruling back (`confirm`, `dismiss`, `reopen`).

    `version`: that of the finding on the page. `final`: decided by an appeal, no further ruling is possible.
    Raises ConflictError when the finding was ruled on meanwhile or is no longer current, and RefusedError for
    an unknown verdict, a too long reason, or a finding decided by an appeal.
    """
    if verdict not in _STATES:
        raise RefusedError(f"没有“{verdict}”这种核对结果。")
    if len(reason) > REASON_LENGTH:
        raise RefusedError(f"理由有{len(reason)}个字，上限为{REASON_LENGTH}个。")
    # Rulings are counted per rule: of two concurrent ones the second must see the first.
    department = Department.objects.select_for_update().get(pk=finding.department_id)
    rows = Finding.objects.select_for_update(of=("self",)).select_related("report")
    row: Finding = rows.get(pk=finding.pk)
    expect_version(row, version)
    if not row.is_current:
        raise ConflictError(row, "报告或规则已更新，这条提示已不再适用，未写入任何内容。")
    if row.ruling_is_final:
        raise RefusedError("这条提示已由申诉复核裁定，不再改判。")
    before, row.state = row.state, _STATES[verdict]
    is_open = row.state == Finding.State.OPEN
    row.ruled_by, row.ruled_at = (None, None) if is_open else (by, timezone.now())
    row.ruling_reason = "" if is_open else reason.strip()
    row.ruling_is_final = final and not is_open
    row.version += 1
    row.save(update_fields=["state", "ruled_by", "ruled_at", "ruling_reason", "ruling_is_final", "version"])
    detail = {
        "code": row.code,
        "report": row.report_id,
        "finding": {"from": before, "to": row.state},
        "reason": row.report.masked(reason.strip()),
    }
    record("reports.rule_finding", by=by, target=row, detail=detail)
    _demote_if_too_low(department, row.code)
    return row


def _demote_if_too_low(department: Department, code: str) -> None:
    """Demote a rule whose precision is too low; recorded as an event of the system, not of the last judge."""
    measured = precision_of(department, code)
    demotion = RuleStanding.objects.filter(department=department, code=code).first()
    if not is_too_low(measured) or (demotion is not None and demotion.demoted_to_note):
        return
    RuleStanding.objects.update_or_create(
        department=department,
        code=code,
        defaults={
            "demoted_to_note": True,
            "since": timezone.now(),
            "confirmed": measured.confirmed,
            "judged": measured.judged,
        },
    )
    Finding.objects.filter(department=department, code=code).update(severity=Finding.Severity.NOTE)
    detail = {"code": code, "confirmed": measured.confirmed, "judged": measured.judged}
    record("reports.demote_rule", by=None, target=department, department=department, detail=detail)


@transaction.atomic
def restore_rule(department: Department, code: str, *, reason: str, by: User) -> Precision:
    """Restore the severity of a demoted rule; from now on only new rulings count.

    RefusedError without a reason, or when the rule is not demoted. Returns the precision until now.
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise RefusedError(f"恢复规则请写明理由，不超过{REASON_LENGTH}个字。")
    Department.objects.select_for_update().get(pk=department.pk)
    demotion = RuleStanding.objects.filter(department=department, code=code, demoted_to_note=True).first()
    if demotion is None:
        raise RefusedError("这条规则目前没有降为提示，无需恢复。")
    measured = precision_of(department, code)
    demotion.demoted_to_note = False
    demotion.restored_by, demotion.restored_at, demotion.restored_reason = by, timezone.now(), reason
    demotion.save()
    Finding.objects.filter(department=department, code=code).update(severity=F("said_severity"))
    detail = {
        "code": code,
        "confirmed": measured.confirmed,
        "judged": measured.judged,
        "reason": reason,
    }
    record("reports.restore_rule", by=by, target=department, department=department, detail=detail)
    return measured
