"""The documents that did not fit into a packet's PDF, as one ZIP beside it with a sealed list of contents."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import PurePath

from django.template.loader import render_to_string

from exporting.download import safe_filename
from exporting.pdf import html_to_pdf, printable
from exporting.sealing import SealField
from scoring.content.document import PacketDocument
from scoring.content.enclosures import left_out_lines
from scoring.content.evidence_parts import DocumentLine
from scoring.packet.pdf import SEAL_REASON, made_at

LIST = "清单.pdf"
SUMS = "SHA256SUMS.txt"


def overflow_zip(
    document: PacketDocument, files: Mapping[str, bytes], seal: Callable[[bytes], bytes]
) -> bytes:
    """Each file under a name with its hash, the sealed list, and sums for `sha256sum -c`.

    `files`: SHA-256 → bytes. The packet's own sealed PDF names the same hashes. The same document and key
    give the same files.
    """
    named = [(_name(line), line) for line in left_out_lines(document)]
    sums = "".join(f"{line.sha256}  {name}\n" for name, line in named)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        parts = [(name, files[line.sha256]) for name, line in named]
        for name, content in ((LIST, seal(_list(document, named))), (SUMS, sums.encode()), *parts):
            at = made_at(document)
            entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, 0))
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def _name(line: DocumentLine) -> str:
    """0f3a…_报告书写规范_2025版.pdf: the whole hash first, where no system's limit on names cuts it off."""
    words = "_".join((line.title[:20], line.version[:10])).strip("_")
    return safe_filename(f"{line.sha256}_{words}{PurePath(line.file).suffix}")


def _list(document: PacketDocument, named: list[tuple[str, DocumentLine]]) -> bytes:
    context = {"packet": document, "named": named, "hash": document.content_hash()}
    html = printable(render_to_string("scoring/pdf/overflow.html", context))
    field = SealField(document.seal.name, SEAL_REASON, made_at(document)) if document.seal else None
    return html_to_pdf(html, identifier=f"files-{document.content_hash()}", tagged=True, seal=field)
