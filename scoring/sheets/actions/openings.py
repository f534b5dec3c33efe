"""Packets in the read audit: who takes one opens the reports of its cases."""

from collections.abc import Iterable

from audits.sampling.models import Case
from scoring.sheets.models import Sheet
from staff.access.openings import opened
from staff.accounts.models import User


def open_reports(sheets: Iterable[Sheet], *, by: User) -> None:
    """Enter into the read audit that the cases of these sheets' packets are opened."""
    cases = Case.objects.active().filter(audit__in=[sheet.audit_id for sheet in sheets])
    opened(by, sorted(cases.values_list("report_id", flat=True)), Sheet._meta.label_lower)
