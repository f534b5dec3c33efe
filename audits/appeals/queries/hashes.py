"""The hash of a decided appeal, stored in its trail event and compared by `manage.py verify_records`."""

from audits.appeals.models import Appeal
from trail.hashing import record_hash

_COLUMNS = (
    *("case_id", "monthly_case_id", "finding_id", "subject", "state", "assessor_id", "decided_at"),
    *("decision_reason", "localisation", "characterisation", "error_kind", "judgement", "stage_differs"),
    *("stood", "stands"),
)
_FAULT = ("fault_id", "monthly_fault_id", "struck")


def decision_hash(appeal: Appeal) -> str:
    """Of the decision with the faults it struck; one query."""
    faults = appeal.faults.order_by("pk").values_list(*_FAULT)
    return record_hash({name: getattr(appeal, name) for name in _COLUMNS} | {"faults": list(faults)})
