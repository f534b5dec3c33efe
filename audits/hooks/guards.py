"""What quarterly draws object to when an outcome is corrected."""

from audits.sampling.models import Audit, Case
from reports.corrections.guards import SIGNED
from reports.outcomes.models import Outcome


def outcome_objection(outcome: Outcome, taken_away: bool) -> str:
    """A signed sheet keeps its outcomes, and a case in review at least one."""
    cases = outcome.cases.exclude(audit__status=Audit.Status.CANCELLED).select_related("audit")
    for case in cases:
        if case.audit.sheet_signed_at:
            return f"这条结局是{_place(case)}的依据，{SIGNED}"
        others = case.outcomes.exclude(pk=outcome.pk)
        if taken_away and case.state == Case.State.ACTIVE and not others.exists():
            return f"这条结局是{_place(case)}唯一的结局，请先在季度抽样中更换该病例。"
    return ""


def _place(case: Case) -> str:
    return f"{case.audit.label}第{case.position}份病例"
