"""An empty signature field, added to a PDF while it is written: one revision, reproducible bytes.

A signature added afterwards would be a second revision (an incremental update). Here the field and the space
for the signature are part of the file from the start, so that signing only fills in hexadecimal digits.
Everything else, including the byte range, is fixed and can be reproduced from the same document (ADR 9).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pydyf

from exporting.tagging import tie_widget

RESERVED = 6144  # bytes for signature and certificate; RSA-4096 with a long certificate takes 3,500
# Three numbers of fixed width: where the signature begins, where it ends, how much follows.
_RANGE = "[0 {:10d} {:10d} {:10d}]"
_EMPTY = f"/ByteRange {_RANGE.format(0, 0, 0)} /Contents <{'0' * (2 * RESERVED)}>".encode()
_PERMISSIONS = (
    "<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>"
)
PLACE = re.compile(
    rb"/ByteRange \[0 +(?P<before>\d{1,10}) +(?P<after>\d{1,10}) +(?P<rest>\d{1,10})\] "
    rb"/Contents (?P<digits><[0-9a-f]{%d}>)" % (2 * RESERVED)
)


@dataclass(frozen=True)
class SealField:
    """Texts of the signature field; `at` is the time of the document, not of the clock."""

    name: str
    reason: str
    at: datetime


class _Signature(pydyf.Object):
    """The signature dictionary, which must not be placed in a compressed object stream."""

    compressible = False

    def __init__(self, field: SealField) -> None:
        super().__init__()
        self.field = field

    @property
    def data(self) -> bytes:
        return _signature(self.field)


def lay_field(pdf: Any, field: SealField) -> None:
    """Add the field to a pydyf document; it certifies the file and permits no changes (DocMDP 1)."""
    signature = _Signature(field)
    pdf.add_object(signature)
    page = pdf.objects[pdf.pages["Kids"][0]]
    widget = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String("Seal"),
            "TU": pydyf.String(field.name),
            "F": 132,  # printed and locked; PDF/A allows no hidden one, and 0 by 0 shows nothing
            "Rect": pydyf.Array([0, 0, 0, 0]),
            "P": page.reference,
            "V": signature.reference,
        }
    )
    pdf.add_object(widget)
    tie_widget(pdf, widget, field.name)
    page["Annots"] = pydyf.Array([*page.get("Annots", ()), widget.reference])
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array([widget.reference]), "SigFlags": 3})
    pdf.catalog["Perms"] = pydyf.Dictionary({"DocMDP": signature.reference})


def fix_range(content: bytes) -> bytes:
    """Return the file with the actual byte range in its signature field."""
    if content.count(_EMPTY) != 1:
        raise ValueError("the file has no single empty signature field")
    start = content.index(_EMPTY)
    before = start + _EMPTY.index(b"<")
    after = start + len(_EMPTY)
    numbers = _RANGE.format(before, after, len(content) - after).encode()
    place = start + len(b"/ByteRange ")
    return content[:place] + numbers + content[place + len(numbers) :]


def _signature(field: SealField) -> bytes:
    offset = field.at.strftime("%z") or "+0000"
    at = f"D:{field.at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"
    head = (
        f"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M ({at}) "
        f"/Name {_text(field.name)} /Reason {_text(field.reason)} /Reference [{_PERMISSIONS}] "
    )
    return head.encode() + _EMPTY + b" >>"


def _text(words: str) -> str:
    return f"<feff{words.encode('utf-16-be', 'surrogatepass').hex()}>"
