"""我的报告问题: settled rulings on a physician's own reports, as values.

Own are the reports written, reviewed or signed; the operator does not answer for the text. The assessor's
name is left out: the reason is what a physician learns from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from audits.appeals.domain.appeals import DECIDED, PENDING, last_day
from audits.appeals.models import Acknowledgement, Appeal
from audits.judging.domain.appeals import State, Subject
from audits.judging.queries.results import CaseResult, case_results
from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyCaseQuerySet
from audits.sampling.models import Case
from audits.sampling.querysets import CaseQuerySet
from reports.archive.models import Report
from reports.findings.models import Finding
from staff.accounts.models import User

OWN = "reports.appeal"
SHOWN_DAYS = 731  # two years: older ones are in the archive only
_ROLES = ("reporting_physician", "reviewing_physician", "signed_by")
_FIELD = {Subject.MONTHLY: "monthly_case", Subject.FINDING: "finding"}


@dataclass(frozen=True)
class Problem:
    """One ruling on an own report. `codes`: the clauses it cites. `stood`: its code, as an appeal stores it.

    `acknowledged_at`: None while unread, or after a new ruling or a decided appeal. `appeal`: the one
    that was not withdrawn, if any.
    """

    subject: Subject
    pk: int
    report: Report
    source: str
    codes: tuple[str, ...]
    summary: str
    stood: str
    visible_at: datetime
    acknowledged_at: datetime | None
    appeal: Appeal | None

    @property
    def visible_on(self) -> date:
        return timezone.localdate(self.visible_at)

    @property
    def appeal_until(self) -> date:
        """The last day on which it may be appealed against."""
        return last_day(self.visible_on, settings.QC_APPEAL_DAYS)

    @property
    def may_appeal(self) -> bool:
        return self.appeal is None and timezone.localdate() <= self.appeal_until

    @property
    def waits(self) -> bool:
        """True while unread and no appeal is pending."""
        return self.acknowledged_at is None and not self.is_pending

    @property
    def is_pending(self) -> bool:
        return self.appeal is not None and self.appeal.state in PENDING

    @property
    def corrected(self) -> bool:
        return self.appeal is not None and self.appeal.state == State.UPHELD

    @property
    def state(self) -> tuple[str, str]:
        """(kind of tag, label)."""
        if self.appeal is not None:
            kind = {"upheld": "pass", "rejected": "fail"}.get(self.appeal.state, "info")
            words = "申诉处理中" if kind == "info" else self.appeal.get_state_display()
            return kind, str(words)
        if self.stood == Finding.State.OPEN and not self.acknowledged_at:
            return "open", "质控员待核对"
        return ("pass", "已知晓") if self.acknowledged_at else ("due", "待确认")


def field_of(subject: Subject) -> str:
    """The foreign key of an appeal or an acknowledgement for this subject."""
    return _FIELD.get(subject, "case")


def own(user: User, path: str = "") -> Q:
    """Reports of this person, reached by `path` from the row; nothing for an account without a name."""
    asked = Q(pk__in=())
    for role in _ROLES if user.report_names else ():
        asked |= Q(**{f"{path}{role}__in": user.report_names})
    return asked


def own_cases(user: User) -> CaseQuerySet[Case]:
    """Quarterly cases of own reports, of draws that were not cancelled."""
    rows = Case.objects.visible_to(user, OWN).filter(own(user, "report__"), state=Case.State.ACTIVE)
    return rows.filter(audit__status__in=("drawn", "settled"), audit__window_end__gte=_since())


def own_months(user: User) -> MonthlyCaseQuerySet[MonthlyCase]:
    """Cases of finished months with a problem on own reports."""
    rows = MonthlyCase.objects.visible_to(user, OWN).filter(own(user, "report__"))
    return rows.filter(
        audit__status=MonthlyAudit.Status.CLOSED,
        verdict=MonthlyCase.Verdict.FAULTY,
        audit__month__gte=_since(),
    )


def own_findings(user: User) -> QuerySet[Finding]:
    """Current text-check findings on own reports that nobody dismissed, or whose appeal was decided."""
    rows = Finding.objects.visible_to(user, OWN).filter(own(user, "report__"))
    appealed = Appeal.objects.not_withdrawn().filter(finding=OuterRef("pk"))
    return rows.filter(~Q(state="dismissed") | Exists(appealed), is_current=True)


def unread_findings(user: User) -> QuerySet[Finding]:
    """Findings that were confirmed, or whose appeal was decided, and not acknowledged since."""
    appeals = Appeal.objects.filter(finding=OuterRef("pk"))
    decided = appeals.filter(state__in=DECIDED)
    read = Acknowledgement.objects.filter(user=user, finding=OuterRef("pk"))
    since = timezone.now() - timedelta(days=SHOWN_DAYS)
    rows = (
        own_findings(user)
        .filter(ruled_at__gte=since)
        .annotate(
            changed_at=Greatest("ruled_at", Coalesce(Subquery(decided.values("decided_at")[:1]), "ruled_at"))
        )
    )
    rows = rows.filter(Q(state="confirmed") | Exists(decided)).exclude(
        Exists(appeals.filter(state__in=PENDING))
    )
    return rows.exclude(Exists(read.filter(at__gte=OuterRef("changed_at"))))


def ruled_problems(user: User) -> list[Problem]:
    """What quarters and months ruled on own reports, newest first; the number of queries is fixed."""
    read = read_of(user, finding__isnull=True)
    found = [p for result in case_results(own_cases(user)) for p in problems_of_case(result, read)]
    found += [problem_of_month(case, read) for case in _with_faults(own_months(user))]
    return sorted(found, key=lambda problem: (problem.visible_at, problem.pk), reverse=True)


def waiting_count(user: User) -> int:
    """The number of rulings on own reports that were neither read nor appealed against."""
    return sum(problem.waits for problem in ruled_problems(user)) + unread_findings(user).count()


def problem_for(user: User, subject: Subject, pk: int) -> Problem | None:
    """One ruling as this person may see it; None when there is none, it is not theirs, or not settled."""
    read = read_of(user, **{field_of(subject): pk})
    if subject is Subject.MONTHLY:
        case = _with_faults(own_months(user)).filter(pk=pk).first()
        return problem_of_month(case, read) if case else None
    if subject is Subject.FINDING:
        finding = own_findings(user).filter(pk=pk).select_related("report").first()
        return problem_of_finding(finding, read) if finding else None
    results = case_results(own_cases(user).filter(pk=pk))
    found = [problem for result in results for problem in problems_of_case(result, read)]
    return next((problem for problem in found if problem.subject is subject), None)


Read = dict[tuple[str, int], datetime]


def read_of(user: User, **narrowed: Any) -> Read:
    """(subject, id of the thing) → when this person acknowledged it."""
    rows = Acknowledgement.objects.filter(user=user, **narrowed)
    return {
        (subject, case or month or finding): at
        for subject, case, month, finding, at in rows.values_list(
            "subject", "case_id", "monthly_case_id", "finding_id", "at"
        )
    }


def problems_of_case(result: CaseResult, read: Read) -> list[Problem]:
    """The faults and the judgement of one case, each where it costs a point or was appealed against."""
    settled_at = result.settled_at
    if settled_at is None:
        return []
    appeals = {appeal.subject: appeal for appeal in result.case.appeals.all() if appeal.state != "withdrawn"}
    found = []
    if result.ruled_faults:
        codes = tuple(dict.fromkeys(fault.clause for fault in result.ruled_faults))
        words = "；".join(fault.reason.rstrip("。；") for fault in result.ruled_faults)
        found.append((Subject.DESCRIPTION, codes, words, "nonconforming"))
    appeal = appeals.get(Subject.CONCLUSION)
    if result.concordance.discordant or appeal is not None:
        stood = appeal.stood if appeal is not None else str(result.concordance.judgement)
        words = "；".join(reason.rstrip("。；") for reason in result.ruled_reasons)
        found.append((Subject.CONCLUSION, ("B-2.2",), f"与结局不符合：{words}", stood))
    case = result.case
    return [
        Problem(
            subject,
            case.pk,
            case.report,
            f"{case.audit.label} 第{case.position}份",
            codes,
            case.report.masked(words),
            stood,
            settled_at,
            _current_reading(read.get((subject, case.pk)), settled_at, appeals.get(subject)),
            appeals.get(subject),
        )
        for subject, codes, words, stood in found
    ]


def problem_of_month(case: MonthlyCase, read: Read) -> Problem:
    """The problems of one monthly case (faults and appeals prefetched)."""
    faults = list(case.faults.all())
    closed_at = case.audit.closed_at
    assert closed_at is not None
    appeal = _current_appeal(case.appeals.all())
    return Problem(
        Subject.MONTHLY,
        case.pk,
        case.report,
        f"{case.audit.label}月度质控 第{case.position}份",
        tuple(dict.fromkeys(fault.clause for fault in faults)),
        "；".join(fault.reason.rstrip("。；") for fault in faults),
        "nonconforming",
        closed_at,
        _current_reading(read.get((Subject.MONTHLY, case.pk)), closed_at, appeal),
        appeal,
    )


def problem_of_finding(finding: Finding, read: Read) -> Problem:
    """A finding; one nobody ruled on yet may be acknowledged, not appealed against."""
    visible_at = finding.ruled_at or finding.found_at
    appeal = _current_appeal(finding.appeals.all())
    return Problem(
        Subject.FINDING,
        finding.pk,
        finding.report,
        "文本检查",
        (finding.clause,),
        finding.shown_message,
        finding.state,
        visible_at,
        _current_reading(read.get((Subject.FINDING, finding.pk)), visible_at, appeal),
        appeal,
    )


def _with_faults(rows: MonthlyCaseQuerySet[MonthlyCase]) -> MonthlyCaseQuerySet[MonthlyCase]:
    rows = rows.without_draw().select_related("audit", "report", "revision")
    return rows.prefetch_related("faults", "appeals__faults").order_by("-audit__month", "position")


def _current_appeal(appeals: Iterable[Appeal]) -> Appeal | None:
    return next((appeal for appeal in appeals if appeal.state != State.WITHDRAWN), None)


def _current_reading(at: datetime | None, ruled_at: datetime, appeal: Appeal | None) -> datetime | None:
    """When it was read; None when a new ruling or a decided appeal came later."""
    decided_at = appeal.decided_at if appeal is not None else None
    changed_at = max(ruled_at, decided_at) if decided_at else ruled_at
    return at if at is not None and at >= changed_at else None


def _since() -> date:
    return timezone.localdate() - timedelta(days=SHOWN_DAYS)
