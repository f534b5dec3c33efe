"""What a list says when it leaves out reports that its reader has still to judge."""

from typing import Any

from reports.archive.models import Report


def left_out(user: Any) -> str:
    """A sentence for the lists and exports of `user`; "" when nothing is withheld."""
    count = Report.objects.withheld_from(user).count()
    return f"您正在评审的{count}份报告，评审完成前不列出，也不计入。" if count else ""
