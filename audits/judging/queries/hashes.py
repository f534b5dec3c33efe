"""The hashes of rulings, stored in their trail events and compared by `manage.py verify_records`."""

from collections.abc import Iterable

from audits.judging.models import Fault, Review
from trail.hashing import record_hash

_WHOSE = ("case_id", "assessor_id", "reader")
_DESCRIPTION = (*_WHOSE, "description", "description_reason", "description_at", "reopened_reason")
_CONCLUSION = (
    *(*_WHOSE, "outcome_seen_at", "localisation", "characterisation", "error_kind", "judgement"),
    *("stage_differs", "conclusion_reason", "conclusion_at"),
)
_FAULT = ("clause", "field", "start", "end", "excerpt", "reason")


def description_hash(review: Review, faults: Iterable[Fault]) -> str:
    """Of the ruling on the description with its faults, in the order of their ids."""
    facts = {name: getattr(review, name) for name in _DESCRIPTION}
    return record_hash(facts | {"faults": [[getattr(fault, name) for name in _FAULT] for fault in faults]})


def conclusion_hash(review: Review) -> str:
    """Of the ruling on the conclusion."""
    return record_hash({name: getattr(review, name) for name in _CONCLUSION})
