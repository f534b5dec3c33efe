"""机构提供的资料 as a packet prints it: each row's documents and records, and what they suggested."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from audits.conferences.models import MinutesFile
from audits.conflicts import RefusedError
from audits.monthly.models import MonthlyAudit
from scoring.content import parts
from scoring.content.document import PacketDocument
from scoring.content.enclosures import TOO_MUCH, draw_lines, enclosed_lines, left_out_lines
from scoring.evidence.domain.facts import SOURCES_ZH
from scoring.evidence.domain.suggestions import Suggestion, SupportingFact
from scoring.evidence.models import EvidenceDocument
from scoring.packet.queries.cases import Masks
from scoring.packet.queries.month_reports import draw_file
from scoring.sheets.models import RowSetting
from scoring.sheets.queries.scored import ScoredSheet, enclosures
from scoring.sheets.queries.stamps import stamp
from standards.scoresheet import SheetRow

LISTED = 200  # records of a row; more would bury the packet


def evidence_part(scored: ScoredSheet, masks: Masks) -> tuple[parts.EvidenceRow, ...]:
    """Every row's documents and records; the number of queries does not depend on how many there are."""
    known = {row.pk: row for row in scored.documents}
    attached = {pk: masks.text(name) for pk, name in enclosures(scored).names.items()}
    records = [record for found in scored.suggestions.values() for record in found.records]
    minutes = _minutes(record.id for record in records if record.source == "conference")
    rows = scored.edition.sheet.rows_by_id
    return tuple(
        _row(rows[row], found, scored.settings.get(row), known, attached, minutes, masks)
        for row, found in scored.suggestions.items()
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
    documents = [record for record in found.records if record.source == "document"]
    records = [record for record in found.records if record.source != "document"]
    earlier = setting.suggested_state if setting else ""
    return parts.EvidenceRow(
        row=row.id,
        suggested=earlier,
        suggested_zh=row.state(earlier).state_zh if earlier else "",
        sentence=masks.text(found.sentence),
        missing=tuple(masks.text(sentence) for sentence in found.missing),
        notes=tuple(masks.text(sentence) for sentence in found.notes),
        readings=found.readings,
        differs_reason=masks.text(setting.differs_reason) if setting and setting.departs else "",
        documents=tuple(_document(record, known[record.id], attached, masks) for record in documents),
        records=tuple(_record(record, minutes.get(record.id), masks) for record in records[:LISTED]),
        records_left_out=max(0, len(records) - LISTED),
    )


def _document(
    record: SupportingFact, row: EvidenceDocument, attached: Mapping[int, str], masks: Masks
) -> parts.DocumentLine:
    until = row.validity.last
    return parts.DocumentLine(
        kind_zh=record.kind,
        title=masks.text(row.title),
        version=masks.text(row.version_label),
        valid_from=str(row.valid_from),
        valid_until=str(until or ""),
        standing_zh=record.says or "记录",
        counts=record.counts,
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


def _record(record: SupportingFact, minutes: MinutesFile | None, masks: Masks) -> parts.RecordLine:
    scan = minutes if record.source == "conference" else None
    return parts.RecordLine(
        source=record.source,
        source_zh=SOURCES_ZH[record.source],
        title=masks.text(record.title),
        on=str(record.on or ""),
        says=masks.text(record.says),
        who=record.who,
        counts=record.counts,
        file=masks.text(scan.name) if scan else "",
        sha256=scan.sha256 if scan else "",
        number=record.id,
    )


def _minutes(conferences: Iterable[int]) -> dict[int, MinutesFile]:
    """The newest signed minutes of each conference."""
    rows = MinutesFile.objects.filter(conference__in=list(conferences)).order_by("pk")
    return {row.conference_id: row for row in rows}


def enclosures_of(document: PacketDocument) -> dict[str, bytes]:
    """The bytes of the files a signed document encloses. RefusedError when one is gone or was changed."""
    found = {}
    for line in enclosed_lines(document):
        found[line.sha256] = _read(line)
    for month in draw_lines(document):
        found[month.draw_sha256 or ""] = _read_draw(document, month)
    return found


def left_out_files(document: PacketDocument) -> dict[str, bytes]:
    """The bytes of the files that did not fit. RefusedError when one is gone or was changed."""
    return {line.sha256: _read(line) for line in left_out_lines(document)}


def _read_draw(document: PacketDocument, month: parts.MonthLine) -> bytes:
    rows = MonthlyAudit.objects.filter(
        department__code=document.department_code, month=date.fromisoformat(f"{month.month}-01")
    )
    for row in rows.only("month", "draw").order_by("pk"):
        file = draw_file(row.month, row.draw)
        if file.sha256 == month.draw_sha256:
            return file.content
    raise RefusedError(
        f"{month.label}的抽样记录与签发时的校验值不符，不能生成PDF；Excel和JSON仍可下载。请联系系统管理员。"
    )


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
