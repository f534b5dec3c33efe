"""The rulings behind a sheet are opened again when it is returned or corrected."""

from audits.quarter.actions.quarters import reopen_audit
from audits.sampling.models import Audit
from scoring.sheets.models import Sheet
from staff.accounts.models import User


def reopen_rulings(sheet: Sheet, *, reason: str, by: User) -> None:
    """Open the audit's rulings again where they were closed; running ones need nothing."""
    audit = Audit.objects.select_for_update().get(pk=sheet.audit_id)
    if audit.status == Audit.Status.SETTLED:
        reopen_audit(audit, reason=reason, version=audit.version, by=by)
