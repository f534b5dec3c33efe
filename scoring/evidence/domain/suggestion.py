"""A row's suggested state with the records behind it, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring.evidence.domain.facts import Source

MET, INCOMPLETE, ABSENT = "met", "incomplete", "absent"


@dataclass(frozen=True)
class SupportingFact:
    """A record behind a suggestion. `counts`: it fulfils what the row requires.

    `counts_as`: a document that counts like the app's own records of that source.
    """

    source: Source
    id: int
    title: str
    on: date | None
    says: str
    counts: bool
    kind: str = ""
    who: str = ""
    counts_as: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A row's suggested state. `missing`: what costs points; `notes`: what does not."""

    row: str
    state: str
    sentence: str
    records: tuple[SupportingFact, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()


def snapshot(found: Suggestion) -> dict[str, Any]:
    """The suggestion as stored with the decision: plain JSON values."""
    return {
        "state": found.state,
        "sentence": found.sentence,
        "missing": list(found.missing),
        "notes": list(found.notes),
        "readings": list(found.readings),
        "rests_on": [
            {
                "source": record.source,
                "id": record.id,
                "kind": record.kind,
                "title": record.title,
                "on": str(record.on or ""),
                "says": record.says,
                "counts": record.counts,
            }
            for record in found.records
        ],
    }


def basis(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What a stored suggestion (`snapshot`) was made from, to compare with another one of the same row.

    The state, what is missing, and which records counted, in an order of their own. The sentence, the notes
    and what a record says are left out: their wording may change while nothing they rest on does.
    """
    rests_on = {(record["source"], record["id"], record["counts"]) for record in stored.get("rests_on", ())}
    return {
        "state": stored.get("state", ""),
        "missing": sorted(stored.get("missing", ())),
        "rests_on": [list(record) for record in sorted(rests_on)],
    }
