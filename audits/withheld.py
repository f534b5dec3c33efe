"""Reports under review: their readers see neither outcome nor names nor number elsewhere (QUALITY A2)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from audits.blind import PEOPLE, patient_secrets, people_secrets
from audits.models import MonthlyCase, Review
from reports.models import Report
from staff.withholding import WithheldError, Withholding


def reports_under_review(user: Any) -> QuerySet:
    """Ids of the reports of which `user` has a review, an arbitration or a monthly check still to finish."""
    quarterly = Review.objects.filter(assessor=user).still_open().values("case__report")
    monthly = MonthlyCase.objects.filter(assessor=user).unjudged().values("report")
    return Report.objects.filter(Q(pk__in=quarterly) | Q(pk__in=monthly)).order_by().values("pk")


def place_to_review(user: Any, report: Any) -> str:
    """The page on which `user` judges `report`; "" when they do not."""
    review = Review.objects.filter(assessor=user, case__report=report).still_open().first()
    if review is not None:
        return reverse("audits:judge", args=[review.pk])
    case = MonthlyCase.objects.filter(assessor=user, report=report).unjudged().first()
    return reverse("audits:monthly_case", args=[case.pk]) if case else ""


def words_under_review(user: Any) -> set[str]:
    """Names, numbers and people of those reports in every writing."""
    fields = ("accession_number", "patient_name", "patient_id", *PEOPLE)
    words: set[str] = set()
    for content in withheld_reports(user).values(*fields):
        words |= patient_secrets(content, content["accession_number"]) | people_secrets(content)
    return words


WITHHELD = Withholding(reports_under_review, place_to_review, words_under_review)


def withheld_reports(user: Any) -> QuerySet[Report]:
    """The reports themselves; few: a reader has some ten at a time."""
    return Report.objects.withheld_from(user)


def withheld_ids(user: Any) -> frozenset[int]:
    return frozenset(withheld_reports(user).values_list("pk", flat=True))


def withheld_numbers(user: Any, department: int) -> frozenset[str]:
    rows = withheld_reports(user).filter(department=department)
    return frozenset(rows.values_list("accession_number", flat=True))


def refuse_numbers(user: Any, department: int, numbers: Iterable[str]) -> None:
    """Raise WithheldError when a document that holds these accession numbers names a report under review."""
    if withheld_numbers(user, department) & frozenset(numbers):
        raise WithheldError(sentence=DOCUMENT)


DOCUMENT = "文件中有您正在评审的报告，完成评审前不能查看或下载。"
