"""The note of a list from which reports under review by its reader are withheld."""

from typing import Any

from reports.archive.models import Report


def left_out(user: Any) -> str:
    """The note for lists and exports of `user`; "" when nothing is withheld."""
    count = Report.objects.withheld_from(user).count()
    return f"您正在评审的{count}份报告，评审完成前不列出，也不计入。" if count else ""
