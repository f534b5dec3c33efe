"""Reports under review by the reader of a list: the note on them, and their marks in a file."""

from typing import Any

from reports.archive.models import Report


def left_out(user: Any) -> str:
    """The note for lists and exports of `user`; "" when nothing is withheld."""
    count = Report.objects.withheld_from(user).count()
    return f"您正在评审的{count}份报告，评审完成前不列出，也不计入。" if count else ""


def withheld_marks(user: Any) -> frozenset[str]:
    """Examination numbers, patient names and ids by which a line of a file is one of a withheld report."""
    rows = Report.objects.withheld_from(user).values_list("accession_number", "patient_name", "patient_id")
    return frozenset(mark for row in rows for mark in row if mark and len(mark) > 1)
