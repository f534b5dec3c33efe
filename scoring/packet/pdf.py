"""The packet as a PDF: cover, Table B.1, the reports with their rulings, the draw, evidence, readings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from django.template.loader import render_to_string

from exporting.pdf import Attached, html_to_pdf, missing_glyphs, missing_sentence, printable
from exporting.sealing import SealField
from scoring.packet.document import FIRST_SCHEMA, PacketDocument
from scoring.packet.enclosures import enclosed_lines
from scoring.packet.json import render_json
from scoring.packet.parts import AssessorLine, Case, Draw, EvidenceRow, FaultMark, Section, TableRow
from scoring.packet.seal import verification_code
from scoring.packet.xlsx import render_xlsx
from scoring.packet.xlsx_evidence import decision_sentences

_NOTHING: Mapping[str, bytes] = MappingProxyType({})
SEAL_REASON = "系统签章（完整性校验）：签发后未被改动"
_MOST_EXCLUDED = 600  # accession numbers printed; all of them are in the workbook and the JSON
# 扣分理由 in the narrow column; the whole text follows under 扣分明细. The longest cut is taken with which
# Table B.1 stays on one sheet of paper, as far as its lines can be counted beforehand.
_REASON_CUTS = (110, 75, 60, 45, 30, 18)
_SEE_BELOW = "…（全文见扣分明细）"
_REASON_WIDTH = 14  # characters a line of that column holds
_SHEET_LINES = 26
_TALL_TEXT = 500  # characters from which a row of rulings may run over to the next page
_LONG_DIAGNOSIS = 80  # characters from which 临床诊断 gets the whole width, and may run over


@dataclass(frozen=True)
class Piece:
    """A stretch of report text; `sign` (①) is set on a marked one, `hard` where it costs the point."""

    text: str
    sign: str = ""
    hard: bool = False


@dataclass(frozen=True)
class Note:
    """A margin note: the sign in the text and the fault behind it."""

    sign: str
    fault: FaultMark


@dataclass(frozen=True)
class CasePage:
    """A case as laid out: texts in pieces, notes beside 影像描述, faults without a place below."""

    case: Case
    technique: tuple[Piece, ...]
    findings: tuple[Piece, ...]
    impression: tuple[Piece, ...]
    notes: tuple[Note, ...]
    unplaced: tuple[Note, ...]
    assessors: tuple[str, ...]
    appeals: tuple[str, ...]

    @property
    def diagnosis_is_long(self) -> bool:
        text = self.case.report.clinical_diagnosis
        return len(text) > _LONG_DIAGNOSIS or text.count("\n") > 1

    @property
    def tall_rows(self) -> frozenset[str]:
        """Rows of the rulings that may be cut by a page's end; the others stay whole, label and text."""
        texts = {
            "outcomes": [outcome.text for outcome in self.case.outcomes],
            "description": [note.fault.excerpt + note.fault.reason for note in self.unplaced]
            + [self.case.description.reason],
            "conclusion": [self.case.conclusion.reason],
            "assessors": list(self.assessors),
            "appeals": list(self.appeals),
        }
        return frozenset(name for name, parts in texts.items() if _tall(parts))


@dataclass(frozen=True)
class TableLine:
    """A row of Table B.1 as printed; `section` is set on the first row of each."""

    row: TableRow
    section: Section | None
    section_rows: int
    reason: str
    cut: bool


def render_pdf(document: PacketDocument, enclosed: Mapping[str, bytes] = _NOTHING) -> bytes:
    """The packet as PDF; the same document gives the same bytes.

    A signed one carries its workbook and its JSON inside: the file alone is enough to check it offline.
    `enclosed`: SHA-256 → bytes of the evidence files the document says are inside; KeyError without one.
    """
    return html_to_pdf(
        render_html(document),
        identifier=document.content_hash(),
        attached=packet_files(document, enclosed) if document.is_final else (),
        # Packets of the first schema had no structure and no seal: they are made again as they were signed.
        tagged=document.schema != FIRST_SCHEMA,
        seal=_field(document),
    )


def _field(document: PacketDocument) -> SealField | None:
    """The field the seal goes into (scoring.packet.signature); None for a draft."""
    if document.seal is None:
        return None
    return SealField(document.seal.name, SEAL_REASON, made_at(document))


def packet_files(
    document: PacketDocument, enclosed: Mapping[str, bytes] = _NOTHING
) -> tuple[Attached, ...]:
    """The JSON, the workbook, and the department's own documents, as a signed PDF carries them."""
    at = made_at(document)
    evidence = tuple(
        Attached(line.attached_as, enclosed[line.sha256], f"佐证文件：{line.title}　{line.version}", at)
        for line in enclosed_lines(document)
    )
    return (
        Attached("packet.json", render_json(document), "迎检包数据（JSON），可重抽、重算", at),
        Attached("packet.xlsx", render_xlsx(document), "迎检包工作簿（Excel）", at),
        *evidence,
    )


def made_at(document: PacketDocument) -> datetime:
    """The document's own moment, never the clock's."""
    try:
        return datetime.fromisoformat(_iso(document.generated.at))
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)


def render_html(document: PacketDocument) -> str:
    """What render_pdf lays out; every character printable with the project's fonts."""
    missing = missing_glyphs(document.canonical().decode("utf-8", "surrogatepass"))
    return printable(render_to_string("scoring/pdf/packet.html", packet_context(document, missing)))


def packet_context(document: PacketDocument, missing: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the templates read."""
    draw = document.draw
    excluded = excluded_groups(draw) if draw else ()
    return {
        "packet": document,
        "hash": (content_hash := document.content_hash()),
        "code": verification_code(content_hash, document.seal) if document.seal else None,
        "see_below": _SEE_BELOW,
        "made_at": _iso(document.generated.at),
        "missing": missing_sentence(missing),
        "table": table_lines(document),
        "register": register_rows(document),
        "cases": tuple(case_page(case) for case in document.cases),
        "draw": draw,
        "excluded": excluded,
        "excluded_note": "" if excluded or not draw or not draw.excluded else _excluded_note(document),
        "reserve": "、".join(draw.reserve) if draw else "",
    }


def register_rows(document: PacketDocument) -> tuple[tuple[TableRow, EvidenceRow, tuple[str, ...]], ...]:
    """Each row of section 1 with what it rests on, and the suggestion and decision in words."""
    rows = {row.id: row for row in document.rows}
    return tuple(
        (rows[found.row], found, tuple(decision_sentences(found, rows[found.row])))
        for found in document.evidence or ()
    )


def excluded_groups(draw: Draw) -> tuple[tuple[str, int, str], ...]:
    """Excluded candidates as (reason, count, accession numbers); () when too many to print."""
    if len(draw.excluded) > _MOST_EXCLUDED:
        return ()
    groups: dict[str, list[str]] = {}
    for line in draw.excluded:
        groups.setdefault(line.reasons, []).append(line.accession_number)
    return tuple((reason, len(numbers), "、".join(numbers)) for reason, numbers in groups.items())


def table_lines(document: PacketDocument) -> tuple[TableLine, ...]:
    """The rows in printed order, merged under their sections."""
    cut = next((c for c in _REASON_CUTS if _table_height(document, c) <= _SHEET_LINES), _REASON_CUTS[-1])
    return tuple(
        TableLine(
            row=row,
            section=section if place == 0 else None,
            section_rows=len(document.rows_of(section.id)),
            reason=row.reason[:cut],
            cut=len(row.reason) > cut,
        )
        for section in document.sections
        for place, row in enumerate(document.rows_of(section.id))
    )


def _table_height(document: PacketDocument, cut: int) -> int:
    """Lines of text of Table B.1 with its reasons cut; columns as wide as print.css makes them."""
    widths = {"content": 17, "material": 13, "method": 11}
    lines = 0
    for row in document.rows:
        cells = [-(-len(getattr(row, name)) // width) for name, width in widths.items()]
        shown = len(row.reason) if len(row.reason) <= cut else cut + len(_SEE_BELOW)
        breaks = row.reason[:cut].count("\n")
        lines += max(*cells, -(-shown // _REASON_WIDTH) + breaks)
    return lines


def _tall(texts: list[str]) -> bool:
    return sum(map(len, texts)) > _TALL_TEXT or sum(text.count("\n") + 1 for text in texts) > 12


def case_page(case: Case) -> CasePage:
    """The case with its faults numbered in reading order: technique, findings, impression, then the rest."""
    fields = ("technique", "findings", "impression")
    faults = sorted(case.description.faults, key=lambda f: _reading_order(f, case, fields))
    notes = tuple(Note(_sign(number), fault) for number, fault in enumerate(faults, start=1))
    beside = tuple(n for n in notes if n.fault.field == "findings" and _has_place(n.fault, case))
    texts = {name: _pieces(getattr(case.report, name), name, notes) for name in fields}
    return CasePage(
        case,
        **texts,
        notes=beside,
        unplaced=tuple(n for n in notes if n not in beside),
        assessors=tuple(assessor_line(line) for line in case.assessors),
        appeals=tuple(line.sentence for line in case.appeals or ()),
    )


def assessor_line(line: AssessorLine) -> str:
    """第一评审　评一：2025-10-16　描述 规范 10:01；结局揭示 10:02；结论 符合 10:03 (the day said once)."""
    day = line.description_at[:10]
    steps = [f"描述 {line.description_zh} {_within(day, line.description_at)}".rstrip()]
    if line.outcome_seen_at:
        steps.append(f"结局揭示 {_within(day, line.outcome_seen_at)}")
    steps.append(f"结论 {line.judgement_zh} {_within(day, line.conclusion_at)}".rstrip())
    note = f"。{line.note}" if line.note else ""
    return f"{line.reader_zh}　{line.assessor}：{day + '　' if day else ''}{'；'.join(steps)}{note}"


def _within(day: str, moment: str) -> str:
    return moment[11:] if day and moment.startswith(day) else moment


def _reading_order(fault: FaultMark, case: Case, fields: tuple[str, ...]) -> tuple[int, int]:
    if not _has_place(fault, case) or fault.field not in fields:
        return (len(fields), 0)
    return (fields.index(fault.field), fault.start or 0)


def _has_place(fault: FaultMark, case: Case) -> bool:
    text = getattr(case.report, fault.field, "") if fault.field else ""
    return fault.start is not None and fault.end is not None and fault.start < fault.end <= len(text)


def _pieces(text: str, field: str, notes: tuple[Note, ...]) -> tuple[Piece, ...]:
    """The text cut at its marks. Marks that overlap keep their own sign, the later one starts where the
    earlier one ends."""
    pieces, done = [], 0
    for note in notes:
        fault = note.fault
        if fault.field != field or fault.start is None or fault.end is None or fault.end > len(text):
            continue
        start = max(fault.start, done)
        if start > done:
            pieces.append(Piece(text[done:start]))
        pieces.append(Piece(text[start : max(fault.end, start)], note.sign, fault.counts))
        done = max(fault.end, start)
    if done < len(text):
        pieces.append(Piece(text[done:]))
    return tuple(pieces)


def _sign(number: int) -> str:
    return chr(0x245F + number) if number <= 20 else f"({number})"


def _excluded_note(document: PacketDocument) -> str:
    count = len(document.draw.excluded) if document.draw else 0
    return f"排除明细共{count}行，全部列于随册工作簿的“抽样”一页和JSON文件。"


def _iso(moment: str) -> str:
    """2025-10-20 16:05 → 2025-10-20T16:05:00+08:00; a day alone stays a day."""
    day, _, clock = moment.partition(" ")
    return f"{day}T{clock}:00+08:00" if clock else day
