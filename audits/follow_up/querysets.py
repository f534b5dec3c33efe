"""Querysets of follow-ups and feedback."""

from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.apps import apps
from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q

from audits.follow_up.domain.follow_up import FollowUpRules
from exporting.days import day_start
from reports.outcomes.models import Outcome
from staff.access.querysets import DepartmentScoped, Row
from staff.accounts.models import User


class FollowUpQuerySet(DepartmentScoped[Row]):
    report_path = opened_path = "report"
    tells_outcomes = True

    def for_page(self) -> Self:
        """With the report, the department and the people of the record."""
        report = ("report__source", "report__department")
        return self.select_related(*report, "department__institution", "decided_by", "judged_by")

    def visible_to(self, user: User, code: str = "audits.view_follow_up") -> Self:
        return super().visible_to(user, code)

    def open(self) -> Self:
        """The register: cases that a person included."""
        return self.filter(state="open")

    def candidates(self) -> Self:
        """Suggested cases, without a person's decision."""
        return self.filter(state="candidate")

    def taken_by(self, act: UUID) -> Self:
        """Open cases that one operation included together."""
        return self.open().filter(taken_together=act)

    def without_record(self) -> Self:
        """Open cases with no outcome since they were included, no judgement and no feedback."""
        later = _matched().filter(created_at__gte=OuterRef("decided_at"))
        return self.open().filter(~Exists(later), ~Exists(_feedback()), judgement="")

    def taken_lately(self, since: datetime) -> list[dict[str, Any]]:
        """Operations since then that included several cases, newest first, with what can be reverted."""
        rows = self.without_record().filter(taken_together__isnull=False, decided_at__gte=since)
        grouped = rows.values("taken_together", "decided_by__full_name").annotate(
            number=Count("pk"), at=Min("decided_at")
        )
        return list(grouped.order_by("-at"))

    def examined_between(self, first: date, last: date) -> Self:
        """Cases examined from `first` to `last`, both days included."""
        return self.filter(examined_on__gte=first, examined_on__lte=last)

    def lacking(self, code: str, rules: FollowUpRules) -> Self:
        """Open cases whose next missing part is `code`, in the order of the rules' parts."""
        asked = Q()
        for part in rules.parts:
            if part.code == code:
                return self.open().filter(asked & ~_done(part.code))
            asked &= _done(part.code)
        return self.none()

    def complete(self, rules: FollowUpRules) -> Self:
        """Open cases that have every part."""
        asked = Q()
        for part in rules.parts:
            asked &= _done(part.code)
        return self.open().filter(asked)

    def overdue(self, rules: FollowUpRules, on: date) -> Self:
        """Open cases of which some part is missing after its last day (domain.follow_up.follow_up_status)."""
        late = Q()
        for part in rules.parts:
            late |= ~_done(part.code) & _before(part.after, on - timedelta(days=part.days))
        return self.open().filter(late)

    def with_facts(self) -> Self:
        """With what a state is worked out from: report, matched outcomes, feedback; three queries a page."""
        outcomes = Outcome.objects.matched().order_by("created_at", "pk")
        return self.select_related("report", "department").prefetch_related(
            Prefetch("report__outcomes", outcomes, to_attr="matched_outcomes"), "feedbacks"
        )


def _matched() -> Any:
    return Outcome.objects.filter(report=OuterRef("report"), match__in=Outcome.MATCHED)


def _feedback(**asked: Any) -> Any:
    feedback = apps.get_model("audits.Feedback")  # its module imports this one
    return feedback.objects.filter(follow_up=OuterRef("pk"), **asked)


def _done(code: str) -> Q:
    """The part is complete: the same rules as audits.follow_up.queries.facts_of."""
    return {
        "outcome": Q(Exists(_matched())),
        "judgement": ~Q(judgement=""),
        "feedback": Q(Exists(_feedback())),
        "receipt": Q(Exists(_feedback())) & ~Q(Exists(_feedback(read_at__isnull=True))),
    }[code]


def _before(milestone: str, day: date) -> Q:
    """The milestone was reached before `day` (Beijing days)."""
    moment = day_start(day)
    return {
        "examination": Q(examined_on__lt=day),
        "outcome": Q(Exists(_matched().filter(created_at__lt=moment))),
        "judgement": ~Q(judgement="") & Q(judged_at__lt=moment),
        "feedback": Q(Exists(_feedback(read_at__isnull=True, sent_at__lt=moment))),
    }[milestone]


class FeedbackQuerySet(DepartmentScoped[Row]):
    department_path = "follow_up__department"
    report_path = opened_path = "follow_up__report"
    tells_outcomes = True

    def for_page(self) -> Self:
        """With the follow-up and its report, and the sender."""
        report = ("follow_up__report__source", "follow_up__report__department")
        return self.select_related(*report, "follow_up__department", "sent_by")

    def visible_to(self, user: User, code: str = "audits.view_own_feedback") -> Self:
        """Feedback addressed to this account; with another permission, the department's."""
        rows = super().visible_to(user, code)
        return rows.filter(recipient=user) if code == "audits.view_own_feedback" else rows

    def unread(self) -> Self:
        """Not confirmed by the physician yet."""
        return self.filter(read_at__isnull=True)
