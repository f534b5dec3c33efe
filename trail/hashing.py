"""The hash of a row as its event in the trail stores it: `manage.py verify_records` works it out again."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any


def record_hash(facts: Mapping[str, Any]) -> str:
    """SHA-256 of the facts as canonical JSON; moments in UTC with microseconds."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def joined_hash(hashes: Iterable[str]) -> str:
    """SHA-256 over many hashes in their order."""
    return hashlib.sha256("\n".join(hashes).encode("ascii")).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no canonical form of {type(value).__name__}")
