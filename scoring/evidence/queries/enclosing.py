"""Which files of the register go into a packet: those its suggestions rely on, up to the size limit."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from scoring.content.enclosures import MOST_BYTES
from scoring.evidence.domain.suggestions import Suggestion
from scoring.evidence.models import EvidenceDocument
from standards.evidence import DocumentKind

_UNFIT = re.compile(r"[^\w（）〔〕()+.-]")
_MOST_CHARACTERS = 40


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
    rules: dict[int, tuple[str, EvidenceDocument]] = {}
    for found in suggestions:
        for record in found.records:
            row = known.get(record.id) if record.source == "document" else None
            if row and row.file and not any(kinds[kind].dated for kind in row.kinds if kind in kinds):
                rules.setdefault(row.pk, (found.row, row))
    # The same file is enclosed once, even if registered several times.
    named: dict[str, str] = {}
    counts: Counter[str] = Counter()
    room = MOST_BYTES
    for of_row, row in rules.values():
        if row.file_sha256 in named:
            continue
        fits = row.file_size <= room
        counts[of_row] += fits
        named[row.file_sha256] = _enclosed_name(row, of_row, counts[of_row]) if fits else ""
        room -= row.file_size if fits else 0
    names = {pk: named[row.file_sha256] for pk, (_, row) in rules.items()}
    return Enclosures(names, tuple(row for pk, (_, row) in rules.items() if not names[pk]))


def _enclosed_name(row: EvidenceDocument, of_row: str, place: int) -> str:
    """1.1-01_报告书写规范_2025版.pdf: fit for every file system, and as short as a title allows."""
    words = (_UNFIT.sub("", text)[:_MOST_CHARACTERS] for text in (row.title, row.version_label))
    return "_".join((f"{of_row}-{place:02d}", *filter(None, words))) + PurePath(str(row.file.name)).suffix
