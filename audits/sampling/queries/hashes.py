"""The hash of a draw, stored in its trail event and compared by `manage.py verify_records`.

The event names the version of the hash, so that one written by an earlier program is worked out as it was
then. Version 1 (not named in its events) left out the origin of the seed and the outcomes of the cases.
"""

from typing import Any

from audits.sampling.models import Audit, Case
from trail.hashing import record_hash

VERSION = 2
_COLUMNS = (
    *("seed", "window_start", "window_end", "cut_off_on", "edition", "drawn_at", "drawn_by_id"),
    *("pool_list", "pool_hash", "pool_size", "ledger", "draw"),
)
_SINCE_2 = (
    *("department_id", "kind", "label", "extended_reason", "readers", "repeat_reason", "repeat_by_id"),
    *("commitment", "seed_chosen", "secret_seed"),
)
_CASE_COLUMNS = (
    *("pk", "position", "report_id", "revision_id", "system", "modality", "state", "replaces_id"),
    *("replaced_reason", "replaced_by_id", "replaced_at"),
)


def draw_hash(audit: Audit, version: int = VERSION) -> str:
    """Of the list, the seed, what was drawn, the cases with their revisions and outcomes; two queries."""
    cases = Case.objects.filter(audit=audit).order_by("pk").values_list(*_CASE_COLUMNS)
    facts: dict[str, Any] = {name: getattr(audit, name) for name in _COLUMNS} | {"cases": list(cases)}
    if version > 1:
        facts |= {name: getattr(audit, name) for name in _SINCE_2} | {"outcomes": _outcomes(audit)}
    return record_hash(facts)


def hash_detail(audit: Audit) -> dict[str, Any]:
    """What the event of a draw or of a replacement names."""
    return {"hash": draw_hash(audit), "hash_version": VERSION}


def _outcomes(audit: Audit) -> list[tuple[int, int]]:
    rows = Case.outcomes.through.objects.filter(case__audit=audit).order_by("case_id", "outcome_id")
    return list(rows.values_list("case_id", "outcome_id"))
