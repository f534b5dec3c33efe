"""The part of a PacketDocument that names the key its PDF is sealed with, and the code its cover shows."""

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Seal:
    """`fingerprint`: SHA-256 of the certificate, 64 lower-case digits; `name`: whom the certificate names."""

    fingerprint: str
    name: str

    @property
    def grouped(self) -> str:
        """In fours, to be compared by eye: "9F2C 01AB …"."""
        shown = self.fingerprint.upper()
        return " ".join(shown[i : i + 4] for i in range(0, len(shown), 4))


@dataclass(frozen=True)
class Code:
    """A QR code as a path of dark squares; `size` counts its modules, the quiet zone around them included."""

    text: str
    size: int
    path: str


def verification_code(content_hash: str, seal: Seal) -> Code:
    """What the cover shows to a phone: no address, only what is to be compared.

    Capitals, digits and : / - alone, which a QR code packs twice as densely as other text.
    """
    import segno

    text = f"QCPORTAL-PACKET SHA256:{content_hash} SEAL:{seal.fingerprint}".upper()
    code = segno.make_qr(text, error="m")
    border = code.default_border_size
    return Code(text, int(code.symbol_size()[0]), _path(code.matrix, border))


def read_printed(text: str) -> str:
    """The content hash of a scanned code, or as typed from paper (8 digits at least); "" when it is none."""
    scanned = re.search(r"SHA256:([0-9A-Fa-f]{64})\b", text)
    digits = (scanned[1] if scanned else re.sub(r"\s", "", text)).lower()
    return digits if re.fullmatch(r"[0-9a-f]{8,64}", digits) else ""


def _path(matrix: Any, border: int) -> str:
    """One stroke for each run of dark modules in a row."""
    strokes = []
    for y, row in enumerate(matrix, start=border):
        x = 0
        while x < len(row):
            run = next((i for i in range(x, len(row)) if not row[i]), len(row)) - x
            if run:
                strokes.append(f"M{x + border} {y}h{run}v1h-{run}z")
            x += run or 1
    return "".join(strokes)
