"""检查 of one drawn report in a month: 未见问题, or the problems by clause, place and reason."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audits.conflicts import RefusedError, expect_version
from audits.judging.actions.rulings import FaultInput, fault_values, refuse_appealed
from audits.judging.queries.judges import barred
from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyFault
from audits.monthly.queries.hashes import check_hash
from reports.findings.queries.frozen import findings_of_version
from staff.accounts.models import User
from standards.loader import load_edition
from trail.chain import record

Verdict = MonthlyCase.Verdict


@transaction.atomic
def check_case(
    case: MonthlyCase,
    *,
    verdict: str,
    faults: Sequence[FaultInput] = (),
    remark: str = "",
    version: int,
    by: User,
    at: datetime | None = None,
) -> MonthlyCase:
    """Rule on one report, also again while the month is open: by its assessor, never on an own report.

    `at`: see `draw_month`. Raises ConflictError for an older `version`, RefusedError otherwise; nothing is
    written then.
    """
    case = _own(case, by)
    expect_version(case, version)
    if verdict not in (Verdict.CLEAN, Verdict.FAULTY):
        raise RefusedError("请选择“未见问题”或“有问题”。")
    if verdict == Verdict.FAULTY and not faults:
        raise RefusedError("选了“有问题”，请至少列出一项：条款和理由。")
    if verdict == Verdict.CLEAN and faults:
        raise RefusedError("列有问题的，请选“有问题”；确无问题，请删去所列各项。")
    edition = load_edition(case.audit.edition)
    rows = [MonthlyFault(case=case, **values) for values in fault_values(case, edition, faults)]
    _name_checks(case, rows)
    before = case.verdict
    case.verdict, case.remark = verdict, case.report.masked(remark.strip())
    case.judged_by, case.judged_at = by, at or timezone.now()
    case.version += 1
    case.save()
    case.faults.all().delete()
    MonthlyFault.objects.bulk_create(rows)
    detail = {"verdict": verdict, "before": before, "clauses": [row.clause for row in rows]}
    detail["hash"] = check_hash(case, rows)
    record("audits.check_case", by=by, target=case, department=case.audit.department_id, detail=detail)
    return case


def _own(case: MonthlyCase, by: User) -> MonthlyCase:
    locked: MonthlyCase = MonthlyCase.objects.select_for_update().get(pk=case.pk)
    audit = MonthlyAudit.objects.without_draw().get(pk=locked.audit_id)
    related = MonthlyCase.objects.select_related("report__department", "revision").get(pk=case.pk)
    locked.audit, locked.report, locked.revision = audit, related.report, related.revision
    if locked.assessor_id != by.pk:
        raise RefusedError("只有分配到的检查人可以检查这一份。")
    if audit.status != MonthlyAudit.Status.DRAWN:
        raise RefusedError(
            f"{audit.label}的月度质控{audit.get_status_display()}，不能再改；确需更改请先重新检查。"
        )
    # Names may have been added to the account after the assignment.
    sentence = barred(locked, by)
    if sentence:
        raise RefusedError(sentence)
    refuse_appealed(locked.appeals.all())
    return locked


def _name_checks(case: MonthlyCase, rows: Sequence[MonthlyFault]) -> None:
    """Set the code of each fault that a text check found: same clause, same place in the frozen version."""
    if not any(row.start is not None for row in rows):
        return
    codes: dict[tuple[str, str, int | None, int | None], str] = {
        (finding.clause, finding.field, finding.start, finding.end): finding.code
        for finding in findings_of_version(case.report, case.revision)
    }
    for row in rows:
        row.code = codes.get((row.clause, row.field, row.start, row.end), "")
