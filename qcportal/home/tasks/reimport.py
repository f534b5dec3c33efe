"""Signed sheets on the home page beneath which an import was corrected (更正导入)."""

from datetime import date
from typing import Any

from qcportal.home.tasks.task import Task
from qcportal.links import link
from scoring.sheets.models import Sheet
from scoring.sheets.queries.later_changes import sheets_corrected_beneath

_SHOWN = 5


def reimport_tasks(user: Any, today: date) -> list[Task]:
    """For who signs: sheets to look at, as long as no correction is under way; a fixed number of queries."""
    if not user.may("scoring.sign_sheet"):
        return []
    rows = Sheet.objects.visible_to(user, "scoring.sign_sheet").signed().filter(correction__isnull=True)
    sheets = sheets_corrected_beneath(
        list(rows.select_related("audit").only("pk", "audit__label", "signed_at"))
    )
    return [
        Task("due", "待核对", f"{sheet.audit.label}评分表签发后原始数据更正导入", url, "去核对", leads=False)
        for sheet in sheets[:_SHOWN]
        if (url := link("scoring:detail", sheet.pk))
    ]
