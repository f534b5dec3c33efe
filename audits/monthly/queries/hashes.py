"""Hashes of a month's draw, checks and closing, stored in their trail events (`manage.py verify_records`)."""

from collections.abc import Iterable

from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyFault
from trail.hashing import record_hash

_DRAW = (
    *("department_id", "month", "size", "edition", "seed", "secret_seed", "commitment", "seed_chosen"),
    *("pool_list", "pool_hash", "pool_size", "excluded", "draw", "drawn_at", "drawn_by_id"),
    *("repeat_reason", "repeat_by_id"),
)
_CASE = ("pk", "position", "report_id", "revision_id", "system", "modality")
_CHECK = ("audit_id", "report_id", "revision_id", "verdict", "remark", "judged_by_id", "judged_at")
_FAULT = ("clause", "field", "start", "end", "excerpt", "reason", "code")
_CLOSING = ("department_id", "month", "summary", "excluded", "pool_size", "closed_at", "closed_by_id")


def month_draw_hash(audit: MonthlyAudit) -> str:
    """Of the list, the seed, what was drawn, and the cases with their frozen revisions; one query."""
    cases = MonthlyCase.objects.filter(audit=audit).order_by("pk").values_list(*_CASE)
    return record_hash({name: getattr(audit, name) for name in _DRAW} | {"cases": list(cases)})


def check_hash(case: MonthlyCase, faults: Iterable[MonthlyFault]) -> str:
    """Of the check of one report with its problems, in the order of their ids."""
    facts = {name: getattr(case, name) for name in _CHECK}
    return record_hash(facts | {"faults": [[getattr(fault, name) for name in _FAULT] for fault in faults]})


def closing_hash(audit: MonthlyAudit) -> str:
    """Of the summary and the figures it was closed with: verdict and clauses of each report; two queries.

    Decided appeals change the figures afterwards, not these rows.
    """
    cases = MonthlyCase.objects.filter(audit=audit).order_by("pk").values_list("pk", "verdict")
    faults = MonthlyFault.objects.filter(case__audit=audit).order_by("pk").values_list("case_id", "clause")
    facts = {name: getattr(audit, name) for name in _CLOSING}
    return record_hash(facts | {"cases": list(cases), "faults": list(faults)})
