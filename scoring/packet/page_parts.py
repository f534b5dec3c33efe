"""The packet's overview as its PDF lays it out: lost points, links under Table B.1, one list of evidence."""

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.content.document import PacketDocument
from scoring.content.parts import DocumentLine, EvidenceItem, EvidenceRow, RecordLine, TableRow
from scoring.packet.sentences import row_facts
from scoring.packet.xlsx_evidence import decision_sentences, typed_notes

_MOST_LINKS = 6  # under one row of Table B.1: the sheet has one side of paper
_UNBROKEN = 12  # characters of a name printed in one piece
_TITLE = 14  # characters of a document's name there; it is whole in the list of evidence
_COUNTED = {"follow_up": "follow-ups"}  # sources with a list of their own, linked as a whole
_SOURCES = ("month", "follow_up", "conference", "group")


@dataclass(frozen=True)
class LostLine:
    """One lost point or group of points: which row, how many, why, and where to read on."""

    row: str
    points: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Link:
    """A name under 机构提供的资料, and the place in the PDF where the record is shown."""

    text: str
    anchor: str

    @property
    def is_short(self) -> bool:
        """Does it fit into one line of its column, so that no line need end inside it?"""
        return len(self.text) <= _UNBROKEN


@dataclass(frozen=True)
class EvidenceLine:
    """A line of the list of evidence: a registered document, a record of the app, or a typed note.

    `opens`: the document's file inside the PDF can be opened from its name (only another PDF can).
    """

    document: DocumentLine | None = None
    record: RecordLine | None = None
    note: EvidenceItem | None = None
    anchor: str = ""
    opens: bool = False


@dataclass(frozen=True)
class RowEvidence:
    """A row of section 1 with its suggestion, decision and records; `counted`: listed elsewhere."""

    row: TableRow
    found: EvidenceRow
    sentences: tuple[str, ...]
    lines: tuple[EvidenceLine, ...]
    counted: tuple[Link, ...]


def lost_lines(document: PacketDocument) -> tuple[LostLine, ...]:
    """Every loss in a line of its own: section 2 report by report, the other losses by their rule."""
    return tuple(line for row in document.rows for line in _lost(row))


def _lost(row: TableRow) -> Iterator[LostLine]:
    for part in row.deductions:
        if part.cases and row.cases and row.case_points and part.points == row.case_points * len(row.cases):
            for case in row.cases:
                text = f"第{case.position}份 {case.accession_number}：{case.text}"
                yield LostLine(row.id, row.case_points, text, f"case-{case.position}")
        else:
            reason = f"：{row.reason}" if row.reason and not part.cases else ""
            yield LostLine(row.id, part.points, f"{part.rule}{reason}", f"lost-{row.id}")


def plain_facts(row: TableRow) -> str:
    """How a row was decided, as a text of its own."""
    return row_facts(row).lstrip("；。")


def row_links(document: PacketDocument, row: TableRow) -> tuple[Link, ...]:
    """What the department provided for a row, as far as it fits under the printed words."""
    if row.sample_size is not None or row.case_points:
        return tuple(Link(f"{case.position}", f"case-{case.position}") for case in document.cases)
    found = next((found for found in document.evidence or () if found.row == row.id), None)
    links = list(_links(document, row, found)) if found else []
    if len(links) <= _MOST_LINKS:
        return tuple(links)
    return (*links[: _MOST_LINKS - 1], Link(f"等{len(links)}项", f"evidence-{row.id}"))


def _links(document: PacketDocument, row: TableRow, found: EvidenceRow) -> Iterator[Link]:
    for place, line in enumerate(found.documents, start=1):
        attached = f"{line.attached_as.partition('_')[0]} " if line.attached_as else ""
        yield Link(f"{attached}{_short(line.title)}", f"evidence-{row.id}-{place}")
    for source in _SOURCES:
        lines = [line for line in found.records if line.source == source]
        if source == "month":
            yield from (Link(line.title, record_anchor(document, line)) for line in lines)
        elif lines:
            extra = found.records_left_out if source == "follow_up" else 0
            anchor = _source_anchor(document, row.id, source)
            yield Link(f"{lines[0].source_zh}{len(lines) + extra}项", anchor)
    if notes := typed_notes(found, row):
        yield Link(f"随表注明{len(notes)}项", f"evidence-{row.id}")


def _short(title: str) -> str:
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"


def _source_anchor(document: PacketDocument, row: str, source: str) -> str:
    has_list = source in _COUNTED and document.follow_ups is not None
    return _COUNTED[source] if has_list else f"evidence-{row}"


def record_anchor(document: PacketDocument, line: RecordLine) -> str:
    """Where the PDF shows a record in full; "" where the line itself is all there is."""
    if line.source == "month" and document.monthly:
        month = line.on[:7]
        return f"month-{month}" if any(m.month == month for m in document.monthly.months) else ""
    if line.source == "measure" and document.monthly:
        known = {measure.number for measure in document.monthly.measures}
        return f"measure-{line.number}" if line.number in known else ""
    return ""


def evidence_rows(document: PacketDocument) -> tuple[RowEvidence, ...]:
    """Each row of section 1 with one list: documents, records and typed notes together."""
    rows = {row.id: row for row in document.rows}
    return tuple(_row_evidence(document, rows[found.row], found) for found in document.evidence or ())


def _row_evidence(document: PacketDocument, row: TableRow, found: EvidenceRow) -> RowEvidence:
    listed = {source for source in _COUNTED if _source_anchor(document, row.id, source) == _COUNTED[source]}
    counted = [line for line in found.records if line.source in listed]
    lines = (
        *(
            EvidenceLine(document=line, opens=document.is_final and line.attached_as.endswith(".pdf"))
            for line in found.documents
        ),
        *(
            EvidenceLine(record=line, anchor=record_anchor(document, line))
            for line in found.records
            if line.source not in listed
        ),
        *(EvidenceLine(note=item) for item in typed_notes(found, row)),
    )
    links = tuple(link for link in _links(document, row, found) if link.anchor in _COUNTED.values())
    return RowEvidence(row, found, tuple(decision_sentences(found, row)), lines, links if counted else ())
