"""The hash of a draw, stored in its trail event and compared by `manage.py verify_records`."""

from audits.sampling.models import Audit, Case
from trail.hashing import record_hash

_COLUMNS = (
    *("seed", "window_start", "window_end", "cut_off_on", "edition", "drawn_at", "drawn_by_id"),
    *("pool_list", "pool_hash", "pool_size", "ledger", "draw"),
)
_CASE_COLUMNS = (
    *("pk", "position", "report_id", "revision_id", "system", "modality", "state", "replaces_id"),
    *("replaced_reason", "replaced_by_id", "replaced_at"),
)


def draw_hash(audit: Audit) -> str:
    """Of the list, the seed, what was drawn, and the cases with their frozen revisions; one query."""
    cases = Case.objects.filter(audit=audit).order_by("pk").values_list(*_CASE_COLUMNS)
    return record_hash({name: getattr(audit, name) for name in _COLUMNS} | {"cases": list(cases)})
