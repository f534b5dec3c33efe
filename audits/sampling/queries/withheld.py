"""Reports withheld from a user for now, and documents that would name one (docs/quality.md A2)."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from reports.archive.models import Report
from staff.access.withholding import WithheldError
from staff.accounts.models import User


def withheld_reports(user: User) -> QuerySet[Report]:
    """Reports under review and the others of their patients, whose rulings would reveal the outcome.

    Few: a reader has some ten at a time, so they are looked up by number.
    """
    rows = Report.objects.withheld_from(user).order_by()
    own = list(rows.values_list("pk", "department", "patient_key"))
    departments, keys = {row[1] for row in own}, {row[2] for row in own} - {""}
    of_patients = Q(department__in=departments, patient_key__in=keys)
    return Report.objects.filter(Q(pk__in=[row[0] for row in own]) | of_patients)


def withheld_ids(user: User) -> frozenset[int]:
    return frozenset(withheld_reports(user).values_list("pk", flat=True))


def withheld_numbers(user: User, department: int) -> frozenset[str]:
    rows = withheld_reports(user).filter(department=department)
    return frozenset(rows.values_list("accession_number", flat=True))


def refuse_numbers(user: User, department: int, numbers: Iterable[str]) -> None:
    """Raise WithheldError when one of a document's accession numbers is of a report under review."""
    if withheld_numbers(user, department) & frozenset(numbers):
        raise WithheldError(sentence=DOCUMENT)


DOCUMENT = "文件中有您正在评审的报告，完成评审前不能查看或下载。"
