"""PacketDocument: everything a packet prints, as plain frozen data. Schema "qcportal-packet/4".

Packets of older schemas stay readable and verifiable as they were signed: keys added later are
absent from them.

Built once from the rows (queries.document), stored with the signed sheet, rendered by pdf.py, xlsx.py and
json.py beside this file. Rules of the data:

- identity is masked before it gets here (exporting.masking); physicians and assessors are named; the one
  exception says so of itself (`unmasked`) and is made of a signed, masked one (scoring.content.unmasked);
- times are texts "2025-09-08 10:24", days "2025-09-08", "" when not known; points and counts are int;
- None is 未评 or 不详, never 0; texts are as they were written, line breaks included.

The content hash is the SHA-256 of the document as JSON in UTF-8 with sorted keys, no spaces and no escapes
beyond what JSON demands. From a packet's JSON:

    jq -cjS 'del(.content_hash)' packet.json | sha256sum
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from scoring.content.codec import UnfitPacketError, from_plain, since, to_plain, where_set
from scoring.content.parts import (
    AllowedReader,
    Anchor,
    Case,
    Draw,
    DrawChains,
    EditionFacts,
    EvidenceRow,
    FollowUps,
    Generated,
    History,
    InstitutionFacts,
    Monthly,
    Period,
    Reading,
    ReplacedCase,
    Result,
    Section,
    SheetFacts,
    SheetWords,
    Staffing,
    Statistics,
    TableRow,
)
from scoring.content.seal import Seal
from scoring.content.unmasked_parts import Unmasked

FIRST_SCHEMA = "qcportal-packet/1"
SECOND_SCHEMA = "qcportal-packet/2"
THIRD_SCHEMA = "qcportal-packet/3"
SCHEMA = "qcportal-packet/4"
SCHEMAS = {FIRST_SCHEMA: 1, SECOND_SCHEMA: 2, THIRD_SCHEMA: 3, SCHEMA: 4}


@dataclass(frozen=True)
class PacketDocument:
    """A packet. `cases` in drawn order; `draw` is None when nothing was drawn (an empty draft).

    `staffing` came within schema 1, `evidence` (the supporting records of section 1) with schema 2, `monthly`
    and `history` with schema 3, `draws` (every draw over the same days) and `follow_ups` with schema 4: a
    packet signed before has no such key in its JSON either, so that its content hash stays what it was.
    `allowed_readers` is left out where the head allowed nobody.
    """

    institution: InstitutionFacts
    department: str
    department_code: str
    period: Period
    edition: EditionFacts
    sheet: SheetFacts
    words: SheetWords
    sections: tuple[Section, ...]
    rows: tuple[TableRow, ...]
    result: Result
    readings: tuple[Reading, ...]
    cases: tuple[Case, ...]
    replaced: tuple[ReplacedCase, ...]
    draw: Draw | None
    statistics: Statistics
    anchor: Anchor
    generated: Generated
    schema: str = SCHEMA
    staffing: Staffing | None = since(2, seen_before=True)  # noqa: RUF009  (it makes a field)
    evidence: tuple[EvidenceRow, ...] | None = since(2)
    seal: Seal | None = since(2)  # noqa: RUF009  (it makes a field)
    monthly: Monthly | None = since(3)  # noqa: RUF009  (it makes a field)
    history: History | None = since(3)  # noqa: RUF009  (it makes a field)
    draws: DrawChains | None = since(4)  # noqa: RUF009  (it makes a field)
    follow_ups: FollowUps | None = since(4)  # noqa: RUF009  (it makes a field)
    unmasked: Unmasked | None = where_set()  # noqa: RUF009  (it makes a field)
    allowed_readers: tuple[AllowedReader, ...] | None = where_set()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, keys as the fields are named."""
        plain: dict[str, Any] = to_plain(self, schema_number(self.schema))
        return plain

    @classmethod
    def from_dict(cls, raw: Any) -> "PacketDocument":
        """Back from `to_dict`. Raises UnfitPacketError on anything unknown, missing or mistyped."""
        stated = raw.get("schema") if isinstance(raw, dict) else SCHEMA
        document: PacketDocument = from_plain(cls, raw, schema_number(stated), "迎检包")
        return document

    def canonical(self) -> bytes:
        """The text the content hash is taken from."""
        return canonical_json(self.to_dict())

    def content_hash(self) -> str:
        """64 lower-case hexadecimal digits."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def rows_of(self, section: str) -> tuple[TableRow, ...]:
        """The rows of a section, in printed order."""
        return tuple(row for row in self.rows if row.section == section)

    @property
    def dated_at(self) -> str:
        """When the printed content was signed, or approved for unmasking."""
        return self.unmasked.approved_at if self.unmasked else self.generated.at

    @property
    def schema_number(self) -> int:
        """Which schema the document is of: files of an older one are made again as they were signed."""
        return schema_number(self.schema)

    @property
    def is_final(self) -> bool:
        """Signed: then nothing is marked 草稿 any more."""
        return self.sheet.status in ("signed", "superseded")


def schema_number(stated: Any) -> int:
    """1 for "qcportal-packet/1", and so on. Raises UnfitPacketError for anything else."""
    if not isinstance(stated, str) or stated not in SCHEMAS:
        shown = stated if isinstance(stated, str) else "无"
        raise UnfitPacketError(f"不是迎检包文件：所标的格式应为“{SCHEMA}”，实为“{shown[:40]}”。")
    return SCHEMAS[stated]


def canonical_json(raw: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8: the same value gives the same bytes everywhere."""
    text = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # A lone surrogate cannot come from a database, but must not keep a packet from being made either.
    return text.encode("utf-8", "surrogatepass")
