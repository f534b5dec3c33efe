"""The packet as a PDF: cover, Table B.1, the reports with their rulings, the draw, evidence, readings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from django.template.loader import render_to_string

from exporting.pdf import Attached, html_to_pdf, missing_glyphs, missing_sentence, printable
from exporting.sealing import SealField
from scoring.content.document import FIRST_SCHEMA, PacketDocument
from scoring.content.enclosures import draw_lines, enclosed_lines, not_attached_lines
from scoring.content.parts import Draw, FollowUpLine, Section, TableRow
from scoring.content.seal import verification_code
from scoring.content.unmasked_parts import MARK
from scoring.packet.case_pages import case_page
from scoring.packet.companions import companions
from scoring.packet.concordance_table import concordance_table
from scoring.packet.difference import shown_changes
from scoring.packet.draw_chains import printed_chains, printed_months
from scoring.packet.json import render_json
from scoring.packet.page_parts import Link, evidence_rows, lost_lines, plain_facts, row_links
from scoring.packet.sentences import sentences
from scoring.packet.xlsx import render_xlsx

_TEXT = re.compile(r"(?<=>)[^<]+")
_NUMBER = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?|(?<!\w)[A-Z]{1,4}\d[A-Z0-9]{5,15}(?!\w)")
_NOTHING: Mapping[str, bytes] = MappingProxyType({})
_FOLLOW_UPS = 60  # records printed; all of them are in the workbook and the JSON
SEAL_REASON = "系统签章（完整性校验）：签发后未被改动"
# 扣分理由 in the narrow column; the whole text follows under 扣分明细. The longest cut is taken with which
# Table B.1 stays on one sheet of paper, as far as its lines can be counted beforehand.
_REASON_CUTS = (110, 75, 60, 45, 30, 18)
_SEE_BELOW = "…（全文见扣分明细）"
_REASON_WIDTH = 16  # characters a line of that column holds
_LINKS_WIDTH = 16  # characters a line of the smaller links under 机构提供的资料 holds
_LINK_LINE = 0.86  # of a line of the other text
_SHEET_LINES = 32


@dataclass(frozen=True)
class TableLine:
    """A row of Table B.1 as printed; `section` is set on the first row of each."""

    row: TableRow
    section: Section | None
    section_rows: int
    reason: str
    cut: bool
    links: tuple[Link, ...]


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
    """The JSON, the workbook, what checks them, and the department's own documents, as a PDF carries them."""
    at, names = made_at(document), inner_names(document)
    own = {names["json"]: render_json(document), names["xlsx"]: render_xlsx(document)}
    own |= {name: content for name, content, _ in companions(document)}
    own |= {month.draw_file or "": enclosed[month.draw_sha256 or ""] for month in draw_lines(document)}
    own |= {line.attached_as: enclosed[line.sha256] for line in enclosed_lines(document)}
    return tuple(Attached(name, own[name], about, at) for name, about in listed_files(document))


def listed_files(document: PacketDocument) -> tuple[tuple[str, str], ...]:
    """What is inside a signed PDF, in order: names and descriptions; page 2 lists them."""
    names = inner_names(document)
    mark = f"{MARK}：" if document.unmasked else ""
    return (
        (names["json"], f"{mark}迎检包数据（JSON），可重抽、重算"),
        (names["xlsx"], f"{mark}迎检包工作簿（Excel）"),
        *((name, about) for name, _, about in companions(document)),
        *((month.draw_file or "", f"{month.label}抽样记录，可重抽") for month in draw_lines(document)),
        *((line.attached_as, f"佐证文件：{line.title}　{line.version}") for line in enclosed_lines(document)),
    )


def _shown_files(document: PacketDocument) -> tuple[tuple[str, str], ...]:
    """The list of page 2: a document's name says what it is, the others are explained."""
    evidence = {line.attached_as for line in enclosed_lines(document)}
    return tuple((name, "" if name in evidence else about) for name, about in listed_files(document))


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
    return unbroken(printable(render_to_string("scoring/pdf/packet.html", packet_context(document, missing))))


def unbroken(html: str) -> str:
    """The page with its days, times and numbers each in one piece: a line never ends inside one."""
    head, body, rest = html.partition("<body")
    return head + body + _TEXT.sub(lambda text: _NUMBER.sub(r'<span class="n">\g<0></span>', text[0]), rest)


def packet_context(document: PacketDocument, missing: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the templates read."""
    draw = document.draw
    follow_ups = _incomplete_first(document)
    return {
        "packet": document,
        "names": inner_names(document),
        "hash": (content_hash := document.content_hash()),
        "code": verification_code(content_hash, document.seal) if document.seal else None,
        "sentences": sentences(document, inner_names(document)),
        "made_at": _iso(document.dated_at),
        "missing": missing_sentence(missing),
        "table": table_lines(document),
        "rows": tuple((row, plain_facts(row)) for row in document.rows),
        "explained": tuple(row for row in document.rows if row.deductions or row.cases or row.remark),
        "lost": lost_lines(document),
        "attached": _shown_files(document) if document.is_final else (),
        "register": evidence_rows(document),
        "left_out": not_attached_lines(document),
        "cases": tuple(case_page(case) for case in document.cases),
        "concordance": concordance_table(document) if document.schema_number >= 3 else None,
        "chapters": chapters(document),
        "changes": shown_changes(document.history),
        "follow_up_lines": follow_ups[:_FOLLOW_UPS],
        "follow_up_note": _follow_up_note(len(follow_ups)),
        "appeals": tuple((case, line) for case in document.cases for line in case.appeals or ()),
        "draw": draw,
        "chains": printed_chains(document),
        "months": printed_months(document),
        "excluded_note": _excluded_note(draw) if draw else "",
    }


def chapters(document: PacketDocument) -> dict[str, str]:
    """The numbers of the chapters that not every packet has, and of those behind them."""
    there = {
        "staff": document.staffing is not None,
        "months": document.monthly is not None,
        "follow_ups": document.follow_ups is not None,
        "history": document.history is not None,
        "notes": True,
    }
    return dict(zip((name for name, has in there.items() if has), "六七八九十", strict=False))


def table_lines(document: PacketDocument) -> tuple[TableLine, ...]:
    """The rows in printed order, merged under their sections."""
    # Where the other columns alone are higher than the sheet, a shorter reason saves nothing.
    room = max(_SHEET_LINES, _table_height(document, _REASON_CUTS[-1]))
    cut = next(cut for cut in _REASON_CUTS if _table_height(document, cut) <= room)
    return tuple(
        TableLine(
            row=row,
            section=section if place == 0 else None,
            section_rows=len(document.rows_of(section.id)),
            reason=_shown_reason(row, cut),
            cut=len(row.reason) > cut,
            links=row_links(document, row),
        )
        for section in document.sections
        for place, row in enumerate(document.rows_of(section.id))
    )


def _shown_reason(row: TableRow, cut: int) -> str:
    """The reason, no longer than `cut`; — for a row without a lost point, nothing for one not judged."""
    if row.reason:
        return row.reason[:cut] + (_SEE_BELOW if len(row.reason) > cut else "")
    return "—" if row.score == row.points else ""


def _table_height(document: PacketDocument, cut: int) -> float:
    """Lines of text of Table B.1 with its reasons cut; columns as wide as print.css makes them."""
    widths = {"content": 18, "material": 14, "method": 12}
    lines = 0.0
    for row in document.rows:
        cells = {name: float(-(-len(getattr(row, name)) // width)) for name, width in widths.items()}
        linked = sum(_ems(link.text) + 1 for link in row_links(document, row))
        cells["material"] += _LINK_LINE * -(-linked // _LINKS_WIDTH)
        shown = len(row.reason) if len(row.reason) <= cut else cut + len(_SEE_BELOW)
        breaks = row.reason[:cut].count("\n")
        lines += max(*cells.values(), -(-shown // _REASON_WIDTH) + breaks)
    return lines


def _ems(text: str) -> float:
    """How wide a text is: letters and digits take about half of an ideograph."""
    return sum(1 if char > "\u2000" else 0.55 for char in text)


def _incomplete_first(document: PacketDocument) -> tuple[FollowUpLine, ...]:
    found = document.follow_ups.records if document.follow_ups else ()
    return tuple(sorted(found, key=lambda line: line.state != "incomplete"))


def _follow_up_note(count: int) -> str:
    if count <= _FOLLOW_UPS:
        return ""
    return f"另有{count - _FOLLOW_UPS}例列于随册工作簿的“随访与反馈”一页；不完整的记录排在最前。"


def _excluded_note(draw: Draw) -> str:
    """Where the lists are that would fill pages."""
    lists = (("备选次序", draw.reserve), ("排除明细", draw.excluded))
    named = "、".join(("冻结名单", *(f"{name}{len(rows)}份" for name, rows in lists if rows)))
    return f"{named}，逐份列于随册工作簿的“抽样”一页和JSON文件。"


def _iso(moment: str) -> str:
    """2025-10-20 16:05 → 2025-10-20T16:05:00+08:00; a day alone stays a day."""
    day, _, clock = moment.partition(" ")
    return f"{day}T{clock}:00+08:00" if clock else day
