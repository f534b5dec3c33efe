"""The parts of a PacketDocument under 机构提供的资料: what each row of section 1 was judged on."""

from dataclasses import dataclass

from scoring.content.codec import since, where_set


@dataclass(frozen=True)
class DocumentLine:
    """A document of the evidence register. Days "2025-09-08"; `valid_until` "" for one without an end.

    `counts`: it is valid on the window's last day, or is a record of a day in the window.

    `sha256` is "" while only a paper original exists; `file` is the name the file is shown under, and
    `attached` says that its bytes are inside the packet's PDF, under `attached_as`. `not_attached`: why a
    file that would have its place there is not.
    """

    kind_zh: str
    title: str
    version: str
    valid_from: str
    valid_until: str
    standing_zh: str
    counts: bool
    owner: str
    note: str
    file: str
    sha256: str
    size: int
    attached_as: str
    registered_by: str
    registered_at: str
    not_attached: str | None = where_set()


@dataclass(frozen=True)
class RecordLine:
    """A record the department's work left in the app; `counts`: the suggestion counted it as done.

    `file` and `sha256`: the signed original on paper, scanned, where there is one. It stays with the
    department: such a record may name patients. `number` (schema 4): the record's own in the app.
    """

    source: str
    source_zh: str
    title: str
    on: str
    says: str
    who: str
    counts: bool
    file: str
    sha256: str
    number: int | None = since(4)


@dataclass(frozen=True)
class EvidenceRow:
    """A row's documents and records, what they suggested when the row was judged, and what was decided.

    `suggested` is "" when nobody judged the row with a suggestion before them. `differs_reason` is the
    person's reason where the decision is another one.
    """

    row: str
    suggested: str
    suggested_zh: str
    sentence: str
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    readings: tuple[str, ...]
    differs_reason: str
    documents: tuple[DocumentLine, ...]
    records: tuple[RecordLine, ...]
    records_left_out: int
