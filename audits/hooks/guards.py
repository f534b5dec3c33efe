"""What quarterly draws object to when outcomes or reports are corrected."""

from audits.sampling.models import Audit, Case
from reports.archive.models import Report
from reports.corrections.guards import Guard
from reports.outcomes.models import Outcome

_SIGNED = "评分表已签发，不能再改；确有错误请建立更正版评分表并写明理由。"


def outcome_objection(outcome: Outcome, taken_away: bool) -> str:
    """A signed sheet keeps its outcomes, and a case in review at least one."""
    cases = outcome.cases.exclude(audit__status=Audit.Status.CANCELLED).select_related("audit")
    for case in cases:
        if case.audit.sheet_signed_at:
            return f"这条结局是{_place(case)}的依据，{_SIGNED}"
        others = case.outcomes.exclude(pk=outcome.pk)
        if taken_away and case.state == Case.State.ACTIVE and not others.exists():
            return f"这条结局是{_place(case)}唯一的结局，请先在季度抽样中更换该病例。"
    return ""


def report_objection(report: Report) -> str:
    """A signed sheet keeps its reports."""
    signed = report.cases.filter(audit__sheet_signed_at__isnull=False).select_related("audit").first()
    return f"这份报告是{_place(signed)}，{_SIGNED}" if signed else ""


def _place(case: Case) -> str:
    return f"{case.audit.label}第{case.position}份病例"


GUARD = Guard(outcome_objection, report_objection)
