"""Render the project's own HTML as PDF/A, reproducible byte for byte.

- No address in a text is ever fetched: the fetcher serves one scheme and one file (docs/quality.md I1).
- fontconfig sees only static/fonts, so that no system font is mixed into a line (docs/performance.md).
- A character that no project font contains is printed as 〓(U+XXXX) and reported (docs/quality.md I4).
"""

import io
import logging
import os
import re
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

from django.conf import settings

from exporting.sealing import SealField, fix_range, lay_field
from exporting.tagging import mend_structure

logger = logging.getLogger(__name__)

BASE_URL = "project:/"
ATTACHED = f"{BASE_URL}attached/"
STYLESHEETS = {f"project:/css/{name}.css": f"static/css/{name}.css" for name in ("print", "print-unmasked")}
GETA = "〓"
_STREAM_END = b"\nendstream\nendobj"
_FONTS = ("NotoSerifSC_400Regular.ttf", "NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf")
# Ideographs of the extensions B to F, in which some people's names are written (𠮷, 𬭎); one face for all.
_EXTENSION_FONT = "HanaMinB_ExtB-F.ttf"
_UNSEEN = re.compile(r"[^\t\n\x20-\x7e\u4e00-\u9fff，。；：、“”（）·—…？！《》]")
# fontconfig reads its file once per process, before the first line of text is laid out.
_FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@dataclass(frozen=True)
class Attached:
    """A file embedded in the PDF as data of the document (relationship Data)."""

    name: str
    content: bytes
    description: str
    at: datetime


def html_to_pdf(
    html: str,
    *,
    identifier: str,
    attached: Sequence[Attached] = (),
    tagged: bool = False,
    seal: SealField | None = None,
) -> bytes:
    """Return the PDF/A-3 of an HTML document; `identifier` determines the fixed file id.

    Dates come from the document's own `<meta name="dcterms.created">`, never from the clock. Texts must have
    passed `printable`. `tagged` adds the structure for screen readers (PDF/A-3a, else 3u); `seal` adds an
    empty signature field.
    """
    weasyprint = _weasyprint()
    files = [
        weasyprint.Attachment(
            file_obj=io.BytesIO(file.content),
            name=file.name,
            description=file.description,
            created=file.at,
            modified=file.at,
            relationship="Data",
            url_fetcher=_fetcher()(),
        )
        for file in attached
    ]
    document = weasyprint.HTML(string=html, base_url=BASE_URL, url_fetcher=_fetcher()())
    content = document.write_pdf(
        pdf_identifier=identifier.encode(),
        pdf_variant="pdf/a-3a" if tagged else "pdf/a-3u",
        attachments=files,
        finisher=partial(_finish, seal),
    )
    return fix_range(content) if seal else content


def _finish(seal: SealField | None, _document: Any, pdf: Any) -> None:
    """Add the signature field, and make pydyf's file valid PDF/A (docs/pdf-a-streams.md)."""
    if seal:
        lay_field(pdf, seal)
    mend_structure(pdf)
    _name_attachments(pdf)
    _open_attachments(pdf)
    pdf.objects[int(pdf.catalog["Metadata"].split()[0])].compress = False
    write_line = pdf.write_line

    def write_exactly(content: bytes, output: IO[bytes]) -> None:
        # With LF alone, compressed data that ends in 0x0D is read as one byte shorter than its /Length.
        if content.endswith(_STREAM_END):
            content = content.removesuffix(_STREAM_END) + b"\r" + _STREAM_END
        write_line(content, output)

    pdf.write_line = write_exactly


def _name_attachments(pdf: Any) -> None:
    """Name every file inside in UTF-16, in the order a name tree must have: WeasyPrint writes UTF-8 bytes."""
    from pydyf import Array, Dictionary, String

    files = [found for found in pdf.objects if isinstance(found, Dictionary) and "UF" in found]
    if not files:
        return
    for found in files:
        found["F"] = String(found["UF"].string)
    tree = pdf.objects[int(pdf.catalog["Names"]["EmbeddedFiles"].split()[0])]
    ordered = sorted(files, key=lambda found: _key(found["UF"].string))
    tree["Names"] = Array(part for found in ordered for part in (String(found["UF"].string), found.reference))


def _key(name: str) -> bytes:
    """The bytes of a name as pydyf writes it."""
    return name.encode() if name.isascii() else b"\xfe\xff" + name.encode("utf-16-be")


def _open_attachments(pdf: Any) -> None:
    """Let links to `project:/attached/<name>` open the file inside the PDF (ISO 32000: GoToE)."""
    from pydyf import Dictionary, String

    for found in pdf.objects:
        action = found.get("A") if isinstance(found, Dictionary) else None
        address = action.get("URI") if isinstance(action, Dictionary) else None
        if isinstance(address, String) and str(address.string).startswith(ATTACHED):
            name = unquote(str(address.string).removeprefix(ATTACHED))
            target = Dictionary({"R": "/C", "N": String(name)})
            found["A"] = Dictionary({"S": "/GoToE", "T": target, "NewWindow": "true"})


def printable(text: str) -> str:
    """Replace what the project's fonts cannot print.

    Control and direction characters are removed; a character without a glyph becomes 〓(U+XXXX).
    """
    return _UNSEEN.sub(lambda found: _shown(found[0]), _plain_han(text))


def missing_glyphs(text: str) -> tuple[str, ...]:
    """The characters that `printable` replaces, each once, in order of first appearance."""
    lacking = (char for char in set(text) if char != GETA and _shown(char).startswith(GETA))
    return tuple(sorted(lacking, key=text.index))


def _plain_han(text: str) -> str:
    # Nearly all ideographs of the first block are in the fonts; only the exceptions are looked up.
    rare = _rare_han()
    return "".join(_shown(char) if char in rare else char for char in text) if rare & set(text) else text


@lru_cache(maxsize=1)
def _rare_han() -> frozenset[str]:
    return frozenset(chr(code) for code in range(0x4E00, 0xA000) if code not in _glyphs())


def _shown(char: str) -> str:
    if char in "\t\n":
        return char
    if unicodedata.category(char) in ("Cc", "Cf") or _is_variation_selector(char):
        return ""
    return char if ord(char) in _glyphs() else f"{GETA}(U+{ord(char):04X})"


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    """Code points for which every project font has a glyph, and those of the extensions."""
    from fontTools.ttLib import TTFont

    maps = [TTFont(_font_folder() / name, lazy=True).getBestCmap() for name in (*_FONTS, _EXTENSION_FONT)]
    return frozenset(set(maps[0]).intersection(*maps[1:-1]).union(maps[-1]))


def _font_folder() -> Path:
    return settings.BASE_DIR / "static" / "fonts"


@lru_cache(maxsize=1)
def _weasyprint() -> Any:
    """Import WeasyPrint with the project's fontconfig file; imported late because the import is slow."""
    os.environ["FONTCONFIG_FILE"] = str(_fonts_conf())
    import weasyprint

    weasyprint.LOGGER.setLevel(logging.ERROR)
    return weasyprint


def _fonts_conf() -> Path:
    folder = settings.QC_DATA_DIR / "fontconfig"
    cache = folder / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    path = folder / "fonts.conf"
    text = _FONTS_CONF.format(fonts=_font_folder(), cache=cache)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        # Written to a temporary name and moved: another process may be reading the file.
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as draft:
            draft.write(text)
        os.replace(draft.name, path)
    return path


@lru_cache(maxsize=1)
def _fetcher() -> type:
    _weasyprint()
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class ProjectFetcher(URLFetcher):
        """Refuses every address but the print style sheet. WeasyPrint 70 does not accept a plain function."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url not in STYLESHEETS:
                logger.warning("a document asked for an address that is not its own: refused")
                raise ValueError("only the project's style sheet may be fetched")
            body = (settings.BASE_DIR / STYLESHEETS[url]).read_bytes()
            return URLFetcherResponse(url, body, {"Content-Type": "text/css"})

    return ProjectFetcher


def missing_sentence(missing: Sequence[str]) -> str:
    """The note about characters that could not be printed; "" when there are none."""
    if not missing:
        return ""
    codes = "、".join(f"U+{ord(char):04X}" for char in missing)
    return f"本文件所用字库缺{len(missing)}个字，正文以“{GETA}(U+XXXX)”印出其编码：{codes}。"
