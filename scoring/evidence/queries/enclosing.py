"""Which files of the register go into a packet: those its suggestions rely on, up to the size limit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from scoring.content.enclosures import MOST_BYTES
from scoring.evidence.domain.suggestions import Suggestion
from scoring.evidence.models import EvidenceDocument
from standards.evidence import DocumentKind


@dataclass(frozen=True)
class Enclosures:
    """Document → name of its file inside the PDF; "" for one that did not fit, also in `left_out`."""

    names: Mapping[int, str]
    left_out: tuple[EvidenceDocument, ...]


def enclosed(
    suggestions: Iterable[Suggestion],
    documents: Iterable[EvidenceDocument],
    kinds: Mapping[str, DocumentKind],
) -> Enclosures:
    """The files that fit into MOST_BYTES, in row order; one that does not fit is skipped.

    Only rules of the department: a record of one day may name patients.
    """
    known = {row.pk: row for row in documents}
    rules: dict[int, EvidenceDocument] = {}
    for found in suggestions:
        for record in found.records:
            row = known.get(record.id) if record.source == "document" else None
            if row and row.file and not any(kinds[kind].dated for kind in row.kinds if kind in kinds):
                rules.setdefault(row.pk, row)
    # The same file is enclosed once, even if registered several times.
    places: dict[str, int] = {}
    room = MOST_BYTES
    for digest, size in {row.file_sha256: row.file_size for row in rules.values()}.items():
        if size <= room:
            places[digest], room = len(places) + 1, room - size
    names = {pk: _enclosed_name(row, places.get(row.file_sha256)) for pk, row in rules.items()}
    return Enclosures(names, tuple(row for pk, row in rules.items() if not names[pk]))


def _enclosed_name(row: EvidenceDocument, place: int | None) -> str:
    return f"evidence-{place:02d}{PurePath(str(row.file.name)).suffix}" if place else ""
