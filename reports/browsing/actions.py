"""Unmask the identity on one report's page, for one session and a short time."""

from datetime import timedelta

from django.utils import timezone

from reports.archive.models import Report
from staff.access.requests import SignedInRequest
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
