"""机构提供的资料 as a packet prints it: each row's documents and records, and what they suggested."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from audits.conferences.models import MinutesFile
from audits.conflicts import RefusedError
from scoring.evidence.domain.suggestions import Rest, Suggestion
from scoring.evidence.models import EvidenceDocument
from scoring.evidence.page import SOURCES_ZH
from scoring.evidence.queries.suggestions import registered
from scoring.packet import parts
from scoring.packet.document import PacketDocument
from scoring.packet.enclosures import MOST_BYTES, TOO_MUCH, enclosed_lines
from scoring.packet.queries.cases import Masks, stamp
from scoring.sheets.models import RowSetting
from scoring.sheets.queries.basis import Basis
from standards.scoresheet import SheetRow

LISTED = 200  # records of a row; more would bury the packet


def evidence_part(basis: Basis, masks: Masks) -> tuple[parts.EvidenceRow, ...]:
    """A fixed number of queries, whatever the number of documents and records."""
    known = {row.pk: row for row in registered(basis.sheet.audit.department)}
    attached = _attached(basis, known).names
    rests = [rest for found in basis.suggestions.values() for rest in found.rests_on]
    minutes = _minutes(rest.id for rest in rests if rest.source == "conference")
    rows = basis.edition.sheet.rows_by_id
    return tuple(
        _row(rows[row], found, basis.settings.get(row), known, attached, minutes, masks)
        for row, found in basis.suggestions.items()
    )


def _row(
    row: SheetRow,
    found: Suggestion,
    setting: RowSetting | None,
    known: Mapping[int, EvidenceDocument],
    attached: Mapping[int, str],
    minutes: Mapping[int, MinutesFile],
    masks: Masks,
) -> parts.EvidenceRow:
    documents = [rest for rest in found.rests_on if rest.source == "document"]
    records = [rest for rest in found.rests_on if rest.source != "document"]
    told = setting.suggested_state if setting else ""
    return parts.EvidenceRow(
        row=row.id,
        suggested=told,
        suggested_zh=row.state(told).state_zh if told else "",
        sentence=masks.text(found.sentence),
        missing=tuple(masks.text(sentence) for sentence in found.missing),
        notes=tuple(masks.text(sentence) for sentence in found.notes),
        readings=found.readings,
        differs_reason=masks.text(setting.differs_reason) if setting and setting.departs else "",
        documents=tuple(_document(rest, known[rest.id], attached, masks) for rest in documents),
        records=tuple(_record(rest, minutes.get(rest.id), masks) for rest in records[:LISTED]),
        records_left_out=max(0, len(records) - LISTED),
    )


def _document(
    rest: Rest, row: EvidenceDocument, attached: Mapping[int, str], masks: Masks
) -> parts.DocumentLine:
    until = row.validity.last
    return parts.DocumentLine(
        kind_zh=rest.kind,
        title=masks.text(row.title),
        version=masks.text(row.version_label),
        valid_from=str(row.valid_from),
        valid_until=str(until or ""),
        standing_zh=rest.says or "记录",
        counts=rest.counts,
        owner=row.owner_zh,
        note=masks.text(row.note),
        file=masks.text(row.file_name),
        sha256=row.file_sha256,
        size=row.file_size,
        attached_as=attached.get(row.pk, ""),
        not_attached=TOO_MUCH if attached.get(row.pk) == "" else None,
        registered_by=str(row.created_by or "命令行"),
        registered_at=stamp(row.created_at),
    )


def _record(rest: Rest, minutes: MinutesFile | None, masks: Masks) -> parts.RecordLine:
    scan = minutes if rest.source == "conference" else None
    return parts.RecordLine(
        source=rest.source,
        source_zh=SOURCES_ZH[rest.source],
        title=masks.text(rest.title),
        on=str(rest.on or ""),
        says=masks.text(rest.says),
        who=rest.who,
        counts=rest.counts,
        file=masks.text(scan.name) if scan else "",
        sha256=scan.sha256 if scan else "",
    )


@dataclass(frozen=True)
class Enclosures:
    """Document → the name of its file inside the PDF; "" for one that had no more room, in `left_out` too."""

    names: Mapping[int, str]
    left_out: tuple[EvidenceDocument, ...]


def left_out_of(basis: Basis) -> tuple[EvidenceDocument, ...]:
    """The documents whose files will not be inside the packet, for they do not all fit."""
    return _attached(basis, {row.pk: row for row in registered(basis.sheet.audit.department)}).left_out


def _attached(basis: Basis, known: Mapping[int, EvidenceDocument]) -> Enclosures:
    """What fits into MOST_BYTES, taken in row order; a file that does not fit leaves its room to the next.

    Only rules of the department: a record of one day may name patients.
    """
    kinds = basis.edition.document_kinds
    rules: dict[int, EvidenceDocument] = {}
    for found in basis.suggestions.values():
        for rest in found.rests_on:
            row = known.get(rest.id) if rest.source == "document" else None
            if row and row.file and not any(kinds[kind].dated for kind in row.kinds if kind in kinds):
                rules.setdefault(row.pk, row)
    # One and the same file is inside once, whatever it was registered as.
    places: dict[str, int] = {}
    room = MOST_BYTES
    for digest, size in {row.file_sha256: row.file_size for row in rules.values()}.items():
        if size <= room:
            places[digest], room = len(places) + 1, room - size
    names = {pk: _enclosed_name(row, places.get(row.file_sha256)) for pk, row in rules.items()}
    return Enclosures(names, tuple(row for pk, row in rules.items() if not names[pk]))


def _enclosed_name(row: EvidenceDocument, place: int | None) -> str:
    return f"evidence-{place:02d}{PurePath(row.file.name).suffix}" if place else ""


def _minutes(conferences: Iterable[int]) -> dict[int, MinutesFile]:
    """The newest signed minutes of each conference."""
    rows = MinutesFile.objects.filter(conference__in=list(conferences)).order_by("pk")
    return {row.conference_id: row for row in rows}


def enclosures_of(document: PacketDocument) -> dict[str, bytes]:
    """The bytes of the files a signed document encloses. RefusedError when one is gone or was changed."""
    found = {}
    for line in enclosed_lines(document):
        found[line.sha256] = _read(line)
    return found


def _read(line: parts.DocumentLine) -> bytes:
    for row in EvidenceDocument.objects.filter(file_sha256=line.sha256).order_by("pk"):
        try:
            with row.file.open("rb") as file:
                content: bytes = file.read()
        except OSError:
            continue
        if hashlib.sha256(content).hexdigest() == line.sha256:
            return content
    raise RefusedError(
        f"随册的佐证文件“{line.title}”已不在服务器上，或与登记时的校验值不符，不能生成PDF；"
        "Excel和JSON仍可下载。请联系系统管理员从备份恢复该文件。"
    )
