"""佐证文件 inside a packet's PDF: which a document names, and found again in the bytes of a file.

Rules of the department go in; records of a day (minutes, registers) may name patients and are only named by
their SHA-256. The document says which file is inside, so that the PDF can be made again from both.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from scoring.content.document import PacketDocument
from scoring.content.evidence_parts import DocumentLine, RecordLine
from scoring.content.month_parts import MonthLine

MOST_BYTES = 20 * 1024 * 1024  # of all files together; what does not fit is named by its hash alone
TOO_MUCH = f"随册文件合计以{MOST_BYTES // 1024 // 1024} MB为限"
_BEGIN = re.compile(rb"stream\r?\n(?=%PDF|\xff\xd8\xff|\x89PNG|\{\")")


def enclosed_lines(document: PacketDocument) -> tuple[DocumentLine, ...]:
    """The documents whose files are inside, each file once, in the order of the rows."""
    return tuple(_files(document, lambda line: bool(line.attached_as)).values())


def draw_lines(document: PacketDocument) -> tuple[MonthLine, ...]:
    """The months whose draw documents are inside, as files of their own."""
    months = document.monthly.months if document.monthly else ()
    return tuple(month for month in months if month.draw_file)


def not_attached_lines(document: PacketDocument) -> tuple[DocumentLine, ...]:
    """Documents marked as not enclosed, each file once, in the order of the rows."""
    return tuple(_files(document, lambda line: bool(line.not_attached)).values())


def left_out_lines(document: PacketDocument) -> tuple[DocumentLine, ...]:
    """Documents whose files did not fit into the packet, marked or not.

    Program versions that enclosed all files or none did not mark them: for these it is every file, when none
    is inside and their total exceeds the limit.
    """
    marked = not_attached_lines(document)
    if marked or enclosed_lines(document):
        return marked
    every = tuple(_files(document, lambda line: bool(line.sha256)).values())
    return every if sum(line.size for line in every) > MOST_BYTES else ()


def _files(document: PacketDocument, wanted: Callable[[DocumentLine], bool]) -> Mapping[str, DocumentLine]:
    """SHA-256 → the first of the wanted documents with this file, in the order of the rows."""
    found: dict[str, DocumentLine] = {}
    for row in document.evidence or ():
        for line in row.documents:
            if wanted(line):
                found.setdefault(line.sha256, line)
    return found


def find_enclosures(content: bytes, streams: Iterable[bytes], document: PacketDocument) -> dict[str, bytes]:
    """SHA-256 → bytes of the named files, as far as the PDF `content` has them; `streams` are unpacked."""
    wanted = {line.sha256: line.size for line in enclosed_lines(document)}
    wanted |= {month.draw_sha256 or "": month.draw_size or 0 for month in draw_lines(document)}
    found: dict[str, bytes] = {}
    for raw in streams if wanted else ():
        if len(raw) in wanted.values() and (digest := hashlib.sha256(raw).hexdigest()) in wanted:
            found[digest] = raw
    for digest, size in wanted.items():
        if digest not in found and (stored := _stored(content, digest, size)) is not None:
            found[digest] = stored
    return found


def _stored(content: bytes, digest: str, size: int) -> bytes | None:
    """A file stored in the PDF uncompressed: one compressed file in some 200 would end like a line break."""
    for begin in _BEGIN.finditer(content):
        raw = content[begin.end() : begin.end() + size]
        if hashlib.sha256(raw).hexdigest() == digest:
            return raw
    return None


def enclosure_problems(document: PacketDocument, found: Mapping[str, bytes]) -> tuple[str, ...]:
    """Named files that are not inside, or not as they were."""
    evidence = tuple(
        f"所附佐证文件“{line.attached_as}”（{line.title[:40]}）缺失，或与所记的校验值（SHA-256）不符。"
        for line in enclosed_lines(document)
        if line.sha256 not in found
    )
    return evidence + tuple(
        f"所附月度抽样文件“{month.draw_file}”缺失，或与所记的校验值（SHA-256）不符。"
        for month in draw_lines(document)
        if month.draw_sha256 not in found
    )


def evidence_problems(document: PacketDocument) -> Iterator[str]:
    """Where the evidence contradicts the rows of the sheet or itself."""
    if document.evidence is None:
        return
    rated = [row for row in document.rows if row.sample_size is None]
    if [found.row for found in document.evidence] != [row.id for row in rated]:
        yield "佐证材料所列的行与评分表第1部分不符。"
        return
    for row, found in zip(rated, document.evidence, strict=True):
        if found.suggested and row.state and row.state != found.suggested and not found.differs_reason:
            yield f"{row.id}行的评定与建议不同，却没有写明理由。"
        if found.differs_reason and row.state == found.suggested:
            yield f"{row.id}行的评定与建议相同，却写有不同的理由。"
        lines: tuple[DocumentLine | RecordLine, ...] = (*found.documents, *found.records)
        for line in lines:
            if bool(line.file) != bool(line.sha256):
                yield f"{row.id}行的“{line.title[:40]}”有文件而无校验值，或有校验值而无文件。"
        for document_line in found.documents:
            if document_line.not_attached and (document_line.attached_as or not document_line.file):
                yield f"{row.id}行的“{document_line.title[:40]}”既注明未附，又列有附件名或没有文件。"
    sizes = {line.sha256: line.size for line in enclosed_lines(document)}
    names = [line.attached_as for line in enclosed_lines(document)]
    if sum(sizes.values()) > MOST_BYTES or len(set(names)) != len(names):
        yield "所附佐证文件超过上限，或文件名重复。"
