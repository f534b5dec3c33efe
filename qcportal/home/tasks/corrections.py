"""Corrections under way and signed lately, on the home pages of the head and of who holds a grant."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from qcportal.home.tasks.task import Task
from qcportal.links import link
from scoring.sheets.models import Sheet
from scoring.sheets.queries.corrections import OPEN, being_corrected
from scoring.sheets.querysets import SheetQuerySet
from scoring.unmasking.models import UnmaskRequest

_RECENT = timedelta(days=30)
_SHOWN = 5


def correction_tasks(user: Any) -> list[Task]:
    """For inspectors, of the packets granted to them; for who signs, of their departments; two queries."""
    inside = user.may("scoring.sign_sheet")
    if not inside and (not user.may("scoring.download_packet") or user.may("scoring.view_sheet")):
        return []
    rows = Sheet.objects.visible_to(user, "scoring.sign_sheet") if inside else _granted(user)
    return _under_way(rows, inside) + _signed(rows, inside)


def _under_way(rows: SheetQuerySet[Sheet], inside: bool) -> list[Task]:
    found = []
    newer = Sheet.objects.filter(corrects__in=being_corrected(rows).values("pk"), status__in=OPEN)
    for sheet in newer.select_related("audit").defer("content").order_by("-created_at")[:_SHOWN]:
        text = f"{sheet.audit.label}评分表第{sheet.number - 1}版正在更正，第{sheet.number}版签发前仍然有效"
        day = f"{_day(sheet.created_at)} 提出"
        url = link("scoring:detail", sheet.pk) if inside else link("scoring:packets")
        found.append(Task("due", "正在更正", text, url, "查看", day, leads=False))
    return found


def _signed(rows: SheetQuerySet[Sheet], inside: bool) -> list[Task]:
    kind = "info" if inside else "due"
    rows = rows.signed().filter(corrects__isnull=False, signed_at__gte=timezone.now() - _RECENT)
    found = []
    for sheet in rows.select_related("audit").defer("content").order_by("-signed_at")[:_SHOWN]:
        text = f"{sheet.audit.label}评分表第{sheet.number - 1}版已被更正，现行版本为第{sheet.number}版"
        url = link("scoring:detail", sheet.pk) if inside else link("scoring:packets")
        found.append(Task(kind, "已更正", text, url, "查看", f"{_day(sheet.signed_at)} 签发", leads=False))
    return found


def _day(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d")


def _granted(user: Any) -> Any:
    """Of packets in the user's hands, those without masks among them."""
    granted = user.packet_grants.in_force().values("sheet_id")
    unmasked = UnmaskRequest.objects.in_force().filter(inspector=user).values("sheet_id")
    return Sheet.objects.filter(Q(pk__in=granted) | Q(pk__in=unmasked))
