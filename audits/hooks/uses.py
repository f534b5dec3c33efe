"""Draws as uses of reports: which case of which quarter or month a report is."""

from collections.abc import Collection

from django.urls import reverse

from audits.monthly.models import MonthlyCase
from audits.sampling.models import Audit, Case
from reports.archive.uses import ReportUse


def report_uses(report_ids: Collection[int]) -> list[ReportUse]:
    """Cases of quarters and months among these reports, cancelled draws left out; two queries."""
    of_quarters = Case.objects.filter(report__in=report_ids).exclude(audit__status=Audit.Status.CANCELLED)
    quarters = of_quarters.select_related("audit").defer("audit__pool_list", "audit__ledger", "audit__draw")
    months = (
        MonthlyCase.objects.filter(report__in=report_ids).exclude(audit__status="cancelled").without_draw()
    )
    return [
        *(
            ReportUse(
                case.report_id,
                f"{case.audit.label}第{case.position}份",
                reverse("audits:case", args=[case.pk]),
                case.audit.sheet_signed_at is not None,
            )
            for case in quarters.order_by("audit_id", "position", "pk")
        ),
        *(
            ReportUse(
                case.report_id,
                f"{case.audit.label}抽查第{case.position}份",
                reverse("audits:monthly_case", args=[case.pk]),
                False,
            )
            for case in months.select_related("audit").order_by("audit_id", "position")
        ),
    ]
