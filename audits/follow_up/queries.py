"""Follow-ups as values: the facts of a row, its state today, and the records of a period.

Row 1.3 counts `records_between`: only cases that a person included, never candidates. What it measures them
by is `untaken_between`: operated and difficult cases, by their outcomes, that nobody included (DOMAIN 1.5).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from audits.follow_up.domain.follow_up import Facts, FollowUpStatus, State, Tally, follow_up_status, tally
from audits.follow_up.models import Feedback, FollowUp
from audits.follow_up.rules import follow_up_rules
from audits.sampling.domain.judges import name_forms
from exporting.days import day_start
from reports.archive.models import Report
from reports.outcomes.models import Outcome
from staff.access.permissions import policy
from staff.accounts.models import RoleGrant, User
from staff.departments.models import Department

# What a case was, by the outcomes matched to its report.
SHOWS: Mapping[str, str] = MappingProxyType(
    {
        Outcome.Kind.SURGICAL_PATHOLOGY: "手术",
        Outcome.Kind.SURGICAL_FINDING: "手术",
        Outcome.Kind.CASE_DISCUSSION: "疑难",
    }
)


@dataclass(frozen=True)
class Record:
    """One case of the register in a list. `is_due`: operated or difficult, by a person or an outcome."""

    pk: int
    accession_number: str
    examined_on: date | None
    kind_zh: str
    judgement_zh: str
    status: FollowUpStatus
    url: str
    is_due: bool

    @property
    def is_complete(self) -> bool:
        return self.status.state is State.COMPLETE

    @property
    def is_incomplete(self) -> bool:
        """Lacks a part after its last day: what 记录不完整 counts (D-05)."""
        return self.status.state is State.INCOMPLETE


@dataclass(frozen=True)
class Untaken:
    """A case that its outcomes show to be operated or difficult, and that is not in the register.

    `status`: as if it had been included; `excluded_zh`: the reason of the person who excluded it, or "".
    """

    accession_number: str
    examined_on: date
    shown_zh: str
    status: FollowUpStatus
    excluded_zh: str


def outcomes_of(report: Report) -> list[Outcome]:
    """The matched outcomes, first recorded first; prefetched ones (`with_facts`) are taken as they are."""
    found = getattr(report, "matched_outcomes", None)
    return list(report.outcomes.matched().order_by("created_at", "pk")) if found is None else found


def facts_of(follow_up: FollowUp) -> Facts:
    """The days of one record. The same rules in SQL: audits.follow_up.querysets._done and _before."""
    outcomes = outcomes_of(follow_up.report)
    messages = list(follow_up.feedbacks.all())
    unread = [one for one in messages if one.read_at is None]
    receipts = [one.read_at for one in messages if one.read_at is not None]
    return Facts(
        examination_on=follow_up.examined_on,
        outcome_on=_day(outcomes[0].created_at) if outcomes else None,
        judgement_on=_day(follow_up.judged_at),
        feedback_on=_day((unread or messages)[0].sent_at) if messages else None,
        receipt_on=_day(max(receipts)) if receipts and not unread else None,
    )


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def status_of(follow_up: FollowUp, on: date) -> FollowUpStatus:
    """The state of the record on a day, with its missing parts."""
    return follow_up_status(facts_of(follow_up), follow_up_rules(), on)


def records_between(
    department: Department | int, first: date, last: date, *, on: date | None = None
) -> list[Record]:
    """The register's cases examined in the period, oldest first; three queries. `on`: today by default."""
    rows = FollowUp.objects.filter(department=department).open().examined_between(first, last)
    today = on or timezone.localdate()
    return [_record(row, today) for row in rows.with_facts().order_by("examined_on", "pk")]


def _record(row: FollowUp, today: date) -> Record:
    return Record(
        pk=row.pk,
        accession_number=row.report.accession_number,
        examined_on=row.examined_on,
        kind_zh=row.kind_zh,
        judgement_zh=row.get_judgement_display() if row.judgement else "",
        status=status_of(row, today),
        url=reverse("audits:follow_up", args=[row.pk]),
        is_due=row.is_operated
        or row.is_difficult
        or any(one.kind in SHOWS for one in outcomes_of(row.report)),
    )


def untaken_between(
    department: Department | int, first: date, last: date, *, on: date | None = None
) -> list[Untaken]:
    """Operated and difficult cases of the period that are not in the register, oldest first; one query."""
    since, until = day_start(first), day_start(last + timedelta(days=1))
    examined = Q(report__examined_at__gte=since, report__examined_at__lt=until)
    reported = Q(
        report__examined_at=None, report__reported_at__gte=since, report__reported_at__lt=until
    )  # as FollowUp.examined_on
    rows = Outcome.objects.filter(examined | reported, department=department, kind__in=SHOWS).matched()
    rows = rows.exclude(report__follow_up__state=FollowUp.State.OPEN).select_related("report__follow_up")
    shown: dict[Report, list[Outcome]] = {}
    for outcome in rows.order_by("created_at", "pk"):
        assert outcome.report is not None  # it is matched
        shown.setdefault(outcome.report, []).append(outcome)
    today = on or timezone.localdate()
    found = [_untaken(report, outcomes, today) for report, outcomes in shown.items()]
    return sorted(found, key=lambda one: (one.examined_on, one.accession_number))


def _untaken(report: Report, outcomes: list[Outcome], today: date) -> Untaken:
    row: FollowUp | None = getattr(report, "follow_up", None)
    examined = _day(report.examined_at or report.reported_at)
    assert examined is not None  # the period asks for it
    facts = Facts(examination_on=examined, outcome_on=_day(outcomes[0].created_at))
    excluded = row.reason if row is not None and row.state == FollowUp.State.EXCLUDED else ""
    return Untaken(
        accession_number=report.accession_number,
        examined_on=examined,
        shown_zh="、".join(dict.fromkeys(SHOWS[outcome.kind] for outcome in outcomes)),
        status=follow_up_status(facts, follow_up_rules(), today),
        excluded_zh=report.masked(excluded),
    )


def tally_of(records: Iterable[Record]) -> Tally:
    """Complete, running and incomplete records counted."""
    return tally(record.status.state for record in records)


def physicians_of(report: Report) -> list[tuple[User, str]]:
    """Accounts of the department that the report names, with their part in it.

    The writer first: feedback is for the reporting physician, the others are alternatives.
    """
    named = {
        "报告医师": name_forms(report.reporting_physician or ""),
        "审核医师": name_forms(report.reviewing_physician or ""),
        "签发医师": name_forms(report.signed_by or ""),
    }
    found: dict[int, tuple[User, str]] = {}
    people = _readers(report)
    for part, forms in named.items():
        for user in people:
            own = set().union(*(name_forms(n) for n in (*user.report_names, user.staff_number) if n))
            if forms & own:
                found.setdefault(user.pk, (user, part))
    return list(found.values())


def reporting_physician_of(report: Report) -> User | None:
    """The writer's account; None without one, or when two accounts could be meant."""
    writers = [user for user, part in physicians_of(report) if part == "报告医师"]
    return writers[0] if len(writers) == 1 else None


def _readers(report: Report) -> list[User]:
    """Active accounts of the department that read their own feedback."""
    roles = [role for role in policy().roles if "audits.view_own_feedback" in policy().granted(role)]
    grants = RoleGrant.objects.in_force().filter(department=report.department_id, role__in=roles)
    return list(User.objects.filter(is_active=True, role_grants__in=grants).distinct().order_by("pk"))


def unread_feedback(user: User) -> int:
    """How many messages wait for this person's confirmation."""
    return Feedback.objects.visible_to(user).unread().count()
