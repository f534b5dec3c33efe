"""The packet as a PDF: cover, Table B.1, the reports with their rulings, the draw, evidence, readings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from django.template.loader import render_to_string

from exporting.pdf import Attached, html_to_pdf, missing_glyphs, missing_sentence, printable
from exporting.sealing import SealField
from scoring.content.document import FIRST_SCHEMA, PacketDocument
from scoring.content.enclosures import enclosed_lines, not_attached_lines
from scoring.content.parts import Draw, EvidenceRow, Section, TableRow
from scoring.content.seal import verification_code
from scoring.content.unmasked_parts import MARK
from scoring.packet.case_pages import case_page
from scoring.packet.concordance_table import concordance_table
from scoring.packet.draw_chains import printed_chains
from scoring.packet.json import render_json
from scoring.packet.sentences import row_facts, sentences
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
        attached=inner_files(document, enclosed) if document.is_final else (),
        # Packets of the first schema had no structure and no seal: they are made again as signed.
        tagged=document.schema != FIRST_SCHEMA,
        seal=_field(document),
    )


def _field(document: PacketDocument) -> SealField | None:
    """The field the seal goes into (scoring.packet.signature); None for a draft."""
    if document.seal is None:
        return None
    return SealField(document.seal.name, SEAL_REASON, made_at(document))


def inner_files(document: PacketDocument, enclosed: Mapping[str, bytes] = _NOTHING) -> tuple[Attached, ...]:
    """The JSON, the workbook, and the department's own documents, as a signed PDF carries them."""
    at, names = made_at(document), inner_names(document)
    mark = f"{MARK}：" if document.unmasked else ""
    evidence = tuple(
        Attached(line.attached_as, enclosed[line.sha256], f"佐证文件：{line.title}　{line.version}", at)
        for line in enclosed_lines(document)
    )
    return (
        Attached(names["json"], render_json(document), f"{mark}迎检包数据（JSON），可重抽、重算", at),
        Attached(names["xlsx"], render_xlsx(document), f"{mark}迎检包工作簿（Excel）", at),
        *evidence,
    )


def inner_names(document: PacketDocument) -> dict[str, str]:
    """What the files inside are called: taken out, an unmasked one still says what it is."""
    stem = "packet-unmasked" if document.unmasked else "packet"
    return {kind: f"{stem}.{kind}" for kind in ("json", "xlsx")}


def made_at(document: PacketDocument) -> datetime:
    """The document's own moment, never the clock's."""
    try:
        return datetime.fromisoformat(_iso(document.dated_at))
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
        "names": inner_names(document),
        "hash": (content_hash := document.content_hash()),
        "code": verification_code(content_hash, document.seal) if document.seal else None,
        "sentences": sentences(document, inner_names(document)),
        "made_at": _iso(document.dated_at),
        "missing": missing_sentence(missing),
        "table": table_lines(document),
        "rows": tuple((row, row_facts(row)) for row in document.rows),
        "register": register_rows(document),
        "left_out": not_attached_lines(document),
        "cases": tuple(case_page(case) for case in document.cases),
        "concordance": concordance_table(document) if document.schema_number >= 3 else None,
        "chapters": chapters(document),
        "appeals": tuple((case, line) for case in document.cases for line in case.appeals or ()),
        "draw": draw,
        "chains": printed_chains(document),
        "excluded": excluded,
        "excluded_note": "" if excluded or not draw or not draw.excluded else _excluded_note(document),
        "reserve": "、".join(draw.reserve) if draw else "",
    }


def chapters(document: PacketDocument) -> dict[str, str]:
    """The numbers of the chapters that not every packet has, and of those behind them."""
    there = {
        "staff": document.staffing is not None,
        "months": document.monthly is not None,
        "history": document.history is not None,
        "notes": True,
    }
    return dict(zip((name for name, has in there.items() if has), "六七八九", strict=False))


def register_rows(document: PacketDocument) -> tuple[tuple[TableRow, EvidenceRow, tuple[str, ...]], ...]:
    """Each row of section 1 with its supporting records, its suggestion and its decision as text."""
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
            reason=_shown_reason(row, cut),
            cut=len(row.reason) > cut,
        )
        for section in document.sections
        for place, row in enumerate(document.rows_of(section.id))
    )


def _shown_reason(row: TableRow, cut: int) -> str:
    """The reason, no longer than `cut`; — for a row without a lost point, nothing for one not judged."""
    if row.reason:
        return row.reason[:cut] + (_SEE_BELOW if len(row.reason) > cut else "")
    return "—" if row.score == row.points else ""


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


def _excluded_note(document: PacketDocument) -> str:
    count = len(document.draw.excluded) if document.draw else 0
    return f"排除明细共{count}行，全部列于随册工作簿的“抽样”一页和JSON文件。"


def _iso(moment: str) -> str:
    """2025-10-20 16:05 → 2025-10-20T16:05:00+08:00; a day alone stays a day."""
    day, _, clock = moment.partition(" ")
    return f"{day}T{clock}:00+08:00" if clock else day
