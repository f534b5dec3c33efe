"""Corrections signed lately, on the home page of who may download the packet and of the head."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from qcportal.home.tasks.task import Task
from qcportal.links import link
from scoring.sheets.models import Sheet

_RECENT = timedelta(days=30)
_SHOWN = 5


def correction_tasks(user: Any) -> list[Task]:
    """For inspectors, of the packets granted to them; for who signs, of their departments; one query."""
    inside = user.may("scoring.sign_sheet")
    if not inside and (not user.may("scoring.download_packet") or user.may("scoring.view_sheet")):
        return []
    rows = Sheet.objects.visible_to(user, "scoring.sign_sheet") if inside else _granted(user)
    kind = "info" if inside else "due"
    rows = rows.signed().filter(corrects__isnull=False, signed_at__gte=timezone.now() - _RECENT)
    found = []
    for sheet in rows.select_related("audit").defer("content").order_by("-signed_at")[:_SHOWN]:
        text = f"{sheet.audit.label}评分表第{sheet.number - 1}版已被更正，现行版本为第{sheet.number}版"
        url = link("scoring:detail", sheet.pk) if inside else link("scoring:packets")
        day = timezone.localtime(sheet.signed_at).strftime("%Y-%m-%d")
        found.append(Task(kind, "已更正", text, url, "查看", f"{day} 签发", leads=False))
    return found


def _granted(user: Any) -> Any:
    return Sheet.objects.filter(pk__in=user.packet_grants.in_force().values("sheet_id"))
