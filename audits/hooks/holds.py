"""What keeps a report or an outcome from disappearing: draws, months, follow-up, conferences, appeals."""

from collections.abc import Collection

from django.db.models import QuerySet

from audits.appeals.models import Appeal
from audits.conferences.models import ConferenceCase
from audits.follow_up.models import FollowUp
from audits.monthly.models import MonthlyCase
from audits.sampling.models import Audit, Case
from reports.archive.uses import Hold


def report_holds(report_ids: Collection[int]) -> list[Hold]:
    """Everything that protects these reports, cancelled draws too; five queries."""
    cases = Case.objects.filter(report__in=report_ids).select_related("audit")
    months = MonthlyCase.objects.filter(report__in=report_ids).without_draw().select_related("audit")
    follow_ups = FollowUp.objects.filter(report__in=report_ids)
    discussed = ConferenceCase.objects.filter(report__in=report_ids).select_related("conference")
    appeals = Appeal.objects.filter(report__in=report_ids)
    return [
        *(_drawn(case, case.report_id) for case in _without_lists(cases).order_by("audit_id", "position")),
        *(
            Hold(case.report_id, f"已进入{case.audit.label}月度抽查", str(case))
            for case in months.order_by("audit_id", "position")
        ),
        *(Hold(pk, "已纳入随访") for pk in follow_ups.order_by("pk").values_list("report_id", flat=True)),
        *(
            Hold(
                case.report_id,
                f"已列入{case.conference.held_on}的{case.conference.get_kind_display()}",
                str(case),
            )
            for case in discussed
        ),
        *(Hold(appeal.report_id, "已有申诉", str(appeal)) for appeal in appeals.order_by("pk")),
    ]


def outcome_holds(outcome_ids: Collection[int]) -> list[Hold]:
    """The drawn cases that these outcomes belong to."""
    links = Case.outcomes.through.objects.filter(outcome__in=outcome_ids)
    pairs = list(links.order_by("case_id").values_list("outcome_id", "case_id"))
    rows = _without_lists(Case.objects.filter(pk__in={case for _, case in pairs}).select_related("audit"))
    cases = rows.in_bulk()
    return [_drawn(cases[case], outcome) for outcome, case in pairs]


def _without_lists(cases: "QuerySet[Case]") -> "QuerySet[Case]":
    return cases.defer("audit__pool_list", "audit__ledger", "audit__draw")


def _drawn(case: Case, row_id: int) -> Hold:
    audit = case.audit
    state = "（已作废）" if audit.status == Audit.Status.CANCELLED else ""
    state = "（评分表已签发）" if audit.sheet_signed_at else state
    return Hold(row_id, f"已进入{audit.label}抽样{state}", str(case))
