"""Many packets in one ZIP: a folder for each, an index to open in a browser, a manifest, and SHA-256 sums.

The same packets give the same bytes: entries have a fixed order and the time the sheet was signed,
never the clock's. Names hold no path of anybody's, no patient, and no two are the same on any file system.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO

from django.template.loader import render_to_string
from django.utils import timezone

from exporting.download import safe_filename
from scoring.packet.rendering import file_name
from scoring.sheets.domain.verdict import VERDICT_ZH
from scoring.sheets.models import Sheet

INDEX, MANIFEST, SUMS = "目录.html", "manifest.json", "SHA256SUMS.txt"
SCHEMA = "qcportal-packets/1"
_STORED = (".pdf", ".xlsx", ".zip")  # already compressed
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP entry can have


@dataclass(frozen=True)
class FileLine:
    """A file of the archive: path, SHA-256, size."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class PacketLine:
    """A packet, or the archive of a department's packets (`number` 0), as listed in index and manifest."""

    department: str
    institution: str
    period: str
    number: int
    status: str
    total: int | None
    verdict: str
    verdict_zh: str
    content_hash: str
    signed_at: str
    files: tuple[FileLine, ...]


class PacketArchive:
    """A ZIP under construction; `finish` writes index, manifest and sums and ends it."""

    def __init__(self, target: IO[bytes], title: str) -> None:
        self._zip = zipfile.ZipFile(target, "w")
        self.title = title
        self._taken: set[str] = set()
        self._latest: datetime | None = None
        self.packets: list[PacketLine] = []

    def __enter__(self) -> "PacketArchive":
        return self

    def __exit__(self, *_: object) -> None:
        # Also after an aborted write: the file below is closed next.
        self._zip.close()

    @property
    def latest(self) -> datetime | None:
        """When the newest of what is inside was signed."""
        return self._latest

    def add_packet(self, sheet: Sheet, files: Mapping[str, bytes]) -> None:
        """A signed version's files by kind, in a folder of their own."""
        department = sheet.audit.department
        names = {kind: safe_filename(file_name(sheet, kind)) for kind in files}
        folder = self._free(next(iter(names.values())).rpartition(".")[0].removeprefix("迎检包_"))
        lines = [
            self._write(f"{folder}/{names[kind]}", content, sheet.signed_at)
            for kind, content in files.items()
        ]
        self.packets.append(
            PacketLine(
                department=department.code,
                institution=department.institution.name,
                period=sheet.audit.label,
                number=sheet.number,
                status=sheet.status,
                total=sheet.total,
                verdict=sheet.verdict,
                verdict_zh=VERDICT_ZH.get(sheet.verdict, sheet.verdict),  # type: ignore[call-overload]
                content_hash=sheet.content_hash,
                signed_at=_minute(sheet.signed_at),
                files=tuple(lines),
            )
        )

    def add_archive(self, name: str, content: bytes, of: "PacketArchive") -> None:
        """A department's own archive, whole."""
        first = of.packets[0]
        stem, _, ending = safe_filename(name).rpartition(".")
        line = self._write(f"{self._free(stem)}.{ending}", content, of.latest)
        words = {"status": "", "verdict": "", "verdict_zh": "", "content_hash": "", "signed_at": ""}
        period = f"{len(of.packets)}份迎检包"
        self.packets.append(
            PacketLine(
                first.department, first.institution, period, number=0, total=None, files=(line,), **words
            )
        )

    def finish(self, *, lacking: Sequence[str] = (), problems: Sequence[str] = ()) -> None:
        """Write the index, manifest and checksums, then close the ZIP."""
        manifest = {
            "schema": SCHEMA,
            "title": self.title,
            "packets": [asdict(line) for line in self.packets],
            "lacking": list(lacking),
            "problems": list(problems),
        }
        files = [line for packet in self.packets for line in packet.files]
        context = {"title": self.title, "packets": self.packets, "lacking": lacking, "problems": problems}
        page = render_to_string("scoring/archive_index.html", context).encode()
        text = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
        # The manifest and the index are summed too: every file in the archive has a checksum.
        summary = [self._write(INDEX, page, self._latest), self._write(MANIFEST, text, self._latest)]
        sums = "".join(f"{line.sha256}  {line.path}\n" for line in [*files, *summary])
        self._write(SUMS, sums.encode(), self._latest)
        self._zip.close()

    def _free(self, name: str) -> str:
        """The name, numbered where it is taken; upper and lower case are one on many file systems."""
        found, number = name, 1
        while found.casefold() in self._taken:
            number += 1
            found = f"{name}_{number}"
        self._taken.add(found.casefold())
        return found

    def _write(self, path: str, content: bytes, at: datetime | None) -> FileLine:
        entry = zipfile.ZipInfo(path, _zip_time(at))
        entry.external_attr = 0o600 << 16
        entry.compress_type = zipfile.ZIP_STORED if path.endswith(_STORED) else zipfile.ZIP_DEFLATED
        self._zip.writestr(entry, content, compresslevel=6)
        if at is not None and (self._latest is None or at > self._latest):
            self._latest = at
        return FileLine(path, hashlib.sha256(content).hexdigest(), len(content))


def _zip_time(at: datetime | None) -> tuple[int, int, int, int, int, int]:
    if at is None:
        return _EARLIEST
    local = timezone.localtime(at)
    # ZIP counts in two seconds.
    return max(_EARLIEST, (local.year, local.month, local.day, local.hour, local.minute, local.second & ~1))


def _minute(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
