"""The packets an inspector may download, as the home page lists them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch

from qcportal.home.quarter import DIFFERS
from qcportal.links import link
from scoring.downloads.models import PacketGrant
from scoring.sheets.models import Sheet
from scoring.sheets.queries.signed_records import columns_differ


@dataclass(frozen=True)
class Packet:
    """A signed packet an inspector may download, and the last day on which they may."""

    label: str
    department: str
    total: int | None
    verdict: str
    until: date
    url: str


def packets_for(user: Any, limit: int = 20) -> tuple[Packet, ...]:
    """What was granted to an inspector and still holds, newest grant first."""
    grants = user.packet_grants.in_force().filter(sheet__status__in=("signed", "superseded"))
    sheets = Sheet.objects.with_signed_as().select_related("audit__department__institution").defer("content")
    rows = grants.prefetch_related(Prefetch("sheet", sheets))[:limit]
    return tuple(_packet(grant) for grant in rows)


def _packet(grant: PacketGrant) -> Packet:
    sheet = grant.sheet
    differs = columns_differ(sheet)
    return Packet(
        label=str(sheet),
        department=str(sheet.audit.department),
        total=None if differs else sheet.total,
        verdict=DIFFERS if differs else sheet.verdict,
        until=grant.until,
        url=link("scoring:packets"),
    )
