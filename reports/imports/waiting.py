"""Imports begun and not confirmed: open work that anyone who may import goes on with."""

from typing import Any

from reports.imports.models import ImportBatch
from staff.access.open_work import OpenItem, WorkSource

_WAITING = (ImportBatch.Status.UPLOADED, ImportBatch.Status.CHECKED)
_NOTE = "无须移交：有导入权限的人可在导入页继续核对、确认或取消。"


def _items(user: Any) -> list[OpenItem]:
    rows = ImportBatch.objects.filter(created_by=user, status__in=_WAITING).order_by("created_at", "pk")
    return [
        OpenItem(
            f"import-{row.pk}",
            "未确认的导入",
            f"第{row.pk}号导入（{row.get_status_display()}）",
            (),
            None,
            _NOTE,
            row.department_id,
        )
        for row in rows.only("pk", "status", "department")
    ]


def _holders() -> set[int]:
    rows = ImportBatch.objects.filter(status__in=_WAITING).exclude(created_by=None)
    return set(rows.values_list("created_by", flat=True))


WORK = WorkSource(items=_items, holders=_holders)
