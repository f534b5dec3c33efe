"""Reports under review, withheld from their readers everywhere else (docs/quality.md A2)."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from audits.judging.domain.blinding import PEOPLE, patient_secrets, people_secrets
from audits.judging.models import Review
from audits.monthly.models import MonthlyCase
from audits.sampling.queries.withheld import withheld_reports
from reports.archive.models import Report
from staff.access.withholding import Withholding
from staff.accounts.models import User


def reports_under_review(user: User) -> "QuerySet[Report, Any]":
    """Ids of the reports of which `user` has a review, an arbitration or a monthly check still to finish."""
    quarterly = Review.objects.filter(assessor=user).still_open().values("case__report")
    monthly = MonthlyCase.objects.filter(assessor=user).unjudged().values("report")
    return Report.objects.filter(Q(pk__in=quarterly) | Q(pk__in=monthly)).order_by().values("pk")


def place_to_review(user: User, report: Report) -> str:
    """The page on which `user` judges `report`; "" without one."""
    review = Review.objects.filter(assessor=user, case__report=report).still_open().first()
    if review is not None:
        return reverse("audits:judge", args=[review.pk])
    case = MonthlyCase.objects.filter(assessor=user, report=report).unjudged().first()
    return reverse("audits:monthly_case", args=[case.pk]) if case else ""


def words_under_review(user: User) -> set[str]:
    """Names, numbers and people of those reports in every written form."""
    fields = ("accession_number", "patient_name", "patient_id", *PEOPLE)
    words: set[str] = set()
    for content in withheld_reports(user).values(*fields):
        words |= patient_secrets(content, content["accession_number"]) | people_secrets(content)
    return words


WITHHELD = Withholding(reports_under_review, place_to_review, words_under_review)
