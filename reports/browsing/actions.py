"""Writes on the page of a report: unmasking its identity for a short time, and its stratum."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from reports.archive.models import Report
from reports.conflicts import expect_shown
from reports.fields import System
from staff.access.requests import SignedInRequest
from staff.accounts.models import User
from trail.chain import record

UNMASK_MINUTES = 10


def unmask(request: SignedInRequest, report: Report, *, reason: str) -> None:
    """Show this report's identity to this session for ten minutes; recorded with its reason."""
    until = timezone.now() + timedelta(minutes=UNMASK_MINUTES)
    opened = request.session.get("unmasked", {})
    request.session["unmasked"] = opened | {str(report.pk): until.timestamp()}
    record("reports.unmask", by=request.user, target=report, detail={"reason": report.masked(reason)})


def is_unmasked(request: SignedInRequest, report: Report) -> bool:
    """Was a reason given in this session within the last ten minutes, and is the right still held?"""
    until = request.session.get("unmasked", {}).get(str(report.pk), 0)
    return until > timezone.now().timestamp() and request.user.may("reports.unmask", report.department)


@transaction.atomic
def set_system(report: Report, *, system: str, by: User, version: str | None = None) -> Report:
    """Set the stratum by the disease (…系统疾病); imports do not change it any more. ConflictError."""
    if system not in System.values:
        raise ValueError(f"系统“{system}”不在六个分层之内。")
    report = Report.objects.select_for_update().get(pk=report.pk)
    if (report.system, report.system_set_by_id) == (system, by.pk):
        return report
    expect_shown(report, shown_system(report), version)
    before, report.system, report.system_set_by = report.system, system, by
    report.save(update_fields=["system", "system_set_by", "updated_at"])
    record("reports.set_system", by=by, target=report, detail={"from": before, "to": system})
    return report


def shown_system(report: Report) -> dict[str, Any]:
    """Values in the form of the stratum."""
    return {"system": report.system, "by": report.system_set_by_id}
