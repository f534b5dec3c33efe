"""Which renderer makes which file of a packet, and what the file is called."""

from collections.abc import Callable
from types import MappingProxyType

from scoring.content.document import PacketDocument
from scoring.sheets.models import Sheet
from standards.edition import Edition

CONTENT_TYPES = MappingProxyType(
    {
        "pdf": "application/pdf",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "json": "application/json",
    }
)


def render(document: PacketDocument, kind: str) -> bytes:
    """The bytes of one kind; KeyError for another kind than CONTENT_TYPES knows.

    RefusedError where a file that belongs inside a signed PDF is gone or was changed.
    """
    if kind == "pdf" and document.is_final:
        from scoring.packet.queries.evidence import enclosures_of

        return _renderer(kind)(document, enclosures_of(document))
    return _renderer(kind)(document)


def _renderer(kind: str) -> Callable[..., bytes]:
    # Imported when asked for: WeasyPrint alone takes half a second, which no other page should wait for.
    if kind == "pdf":
        from scoring.packet.pdf import render_pdf

        return render_pdf
    if kind == "xlsx":
        from scoring.packet.xlsx import render_xlsx

        return render_xlsx
    if kind == "json":
        from scoring.packet.json import render_json

        return render_json
    raise KeyError(kind)


BLANK_KINDS = ("xlsx", "pdf")


def render_blank(edition: Edition, kind: str) -> bytes:
    """The empty form of Table B.1; KeyError for another kind than BLANK_KINDS knows."""
    from scoring.packet.blank import render_blank_pdf, render_blank_xlsx

    return {"xlsx": render_blank_xlsx, "pdf": render_blank_pdf}[kind](edition)


def blank_name(kind: str) -> str:
    """空白评分表_表B.1.xlsx"""
    return f"空白评分表_表B.1.{kind}"


def file_name(sheet: Sheet, kind: str) -> str:
    """迎检包_RAD_2026年第3季度_第1版.pdf; a draft says so. Names no patient."""
    frozen = sheet.status in (Sheet.Status.SIGNED, Sheet.Status.SUPERSEDED)
    label = "".join(c for c in sheet.audit.label if c not in '\\/:*?"<>| ')
    mark = "" if frozen else "_草稿"
    return f"迎检包_{sheet.audit.department.code}_{label}_第{sheet.number}版{mark}.{kind}"
