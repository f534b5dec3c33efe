"""Reports under review, withheld from their readers everywhere else (docs/quality.md A2)."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from audits.appeals.models import Appeal
from audits.follow_up.models import FollowUp
from audits.judging.domain.blinding import PEOPLE, patient_secrets, people_secrets
from audits.judging.models import Review
from audits.monthly.models import MonthlyCase
from audits.sampling.models import Case
from audits.sampling.queries.withheld import withheld_reports
from reports.archive.models import Report
from reports.outcomes.models import Outcome
from staff.access.withholding import Withholding
from staff.accounts.models import User
from trail.chain import record
from trail.models import Event

OPENED = "audits.open_under_review"
_BUILT = "_reports_under_review"


def reports_under_review(user: User) -> "QuerySet[Report, Any]":
    """Ids of the reports of which `user` has a review, an arbitration or a monthly check still to finish."""
    return _under_review(user).values("pk")


def patients_under_review(user: User) -> "QuerySet[Report, Any]":
    """Keys of the patients of these reports."""
    return _under_review(user).exclude(patient_key="").values("patient_key")


def _under_review(user: User) -> QuerySet[Report]:
    """Built once for a user of a request, and asked anew each time: a page asks it for several lists."""
    known = user.__dict__.get(_BUILT)
    if known is None:
        known = user.__dict__[_BUILT] = _built(user)
    return cast("QuerySet[Report]", known)


def _built(user: User) -> QuerySet[Report]:
    # Asked within other queries: with one more level SQLite refuses the comparison of quarters.
    quarterly = Review.objects.filter(assessor=user).still_open().values("case__report")
    monthly = MonthlyCase.objects.filter(assessor=user).unjudged().values("report")
    return Report.objects.filter(Q(pk__in=quarterly) | Q(pk__in=monthly)).order_by()


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


def targets_under_review(user: User) -> Iterator[tuple[str, str]]:
    """Trail events that reveal something of these reports: details with values, reasons, others' rulings."""
    reports = withheld_reports(user)
    rows: tuple[QuerySet[Any], ...] = (
        reports,
        Outcome.objects.withheld_from(user),
        FollowUp.objects.filter(report__in=reports),
        Appeal.objects.filter(report__in=reports),
        MonthlyCase.objects.filter(report__in=reports),
        Review.objects.filter(case__report__in=reports),
    )
    for found in rows:
        name = found.model._meta.label_lower
        yield from ((name, str(pk)) for pk in found.values_list("pk", flat=True))


def record_openings(user: User, reports: Sequence[int], through: str) -> None:
    """Record that somebody opens a report of a running review: one event a person, report and hour."""
    for report in reports:
        _record_opening(user, report)


def _record_opening(user: User, report: int) -> None:
    running = Case.objects.active().filter(report=report, audit__status="drawn")
    if not (running.exists() or MonthlyCase.objects.filter(report=report).unjudged().exists()):
        return
    found = Report.objects.only("department_id").get(pk=report)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    known = Event.objects.filter(target_type=Report._meta.label_lower, target_id=str(report), at__gte=hour)
    if not known.filter(action=OPENED, actor_id=user.pk).exists():
        record(OPENED, by=user, target=found)


WITHHELD = Withholding(
    reports_under_review,
    patients_under_review,
    place_to_review,
    words_under_review,
    targets_under_review,
)
