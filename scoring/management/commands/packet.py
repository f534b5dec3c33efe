"""manage.py packet SHEET --out DIR: the packet of a sheet as PDF, workbook and JSON (docs/quality.md C1).
manage.py packet --blank --out DIR: Table B.1 to be filled in, as workbook and PDF; {"files": [...]}.

SHEET is the sheet's number in its address, or CODE/期间 (of that period's versions the signed one, else the
newest); 期间 is a quarter (2026Q3, 2026-Q3, 2026年第3季度) or what the sheet is called. JSON on stdout:
{"sheet", "department", "period", "number", "status", "total", "verdict", "content_hash", "files": [{"kind",
"path", "sha256", "size"}]}. A sheet that is not signed is written too, marked 草稿. Exit: 0 written, 2 could
not run (the reason on stderr in Chinese).
"""

import hashlib
import json
import os
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from audits.conflicts import RefusedError
from scoring.batches.domain.packet_period import parse_period, split_department
from scoring.content.document import PacketDocument
from scoring.packet.actions.files import packet_file
from scoring.packet.queries.document import packet_document
from scoring.packet.rendering import BLANK_KINDS, CONTENT_TYPES, blank_name, file_name, render, render_blank
from scoring.sheets.models import Sheet
from scoring.sheets.queries.scored import scored_sheet
from scoring.sheets.queries.signed_records import signed_document
from scoring.sheets.querysets import FROZEN
from standards.loader import current_edition
from trail.chain import record


class Command(BaseCommand):
    help = "把一份评分表的迎检包写成PDF、Excel和JSON文件。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "sheet", metavar="SHEET", nargs="?", help="评分表编号，或“科室代码/期间”，如 RAD/2026Q3"
        )
        parser.add_argument("--blank", action="store_true", help="写出空白评分表，不需要评分表编号")
        parser.add_argument("--out", required=True, metavar="DIR", help="写到哪个目录，没有则建立")

    def handle(self, **options: Any) -> None:
        if bool(options["sheet"]) == options["blank"]:
            raise CommandError("请指定一份评分表，或用 --blank 写出空白评分表，二者取一。", returncode=2)
        if options["blank"]:
            directory = _directory(options["out"])
            self._answer({"files": [_blank(directory, kind) for kind in BLANK_KINDS]})
            return
        self._answer(_packet(find_sheet(options["sheet"]), _directory(options["out"])))

    def _answer(self, answer: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))


def _blank(directory: Path, kind: str) -> dict[str, Any]:
    return _write(directory / blank_name(kind), kind, render_blank(current_edition(), kind))


def _packet(sheet: Sheet, directory: Path) -> dict[str, Any]:
    """The three files written and recorded; what was written."""
    try:
        document = signed_document(sheet) if sheet.status in FROZEN else packet_document(scored_sheet(sheet))
        files = {kind: _content(sheet, document, kind) for kind in CONTENT_TYPES}
    except RefusedError as refused:
        raise CommandError(str(refused), returncode=2) from None
    written = [_write(directory / file_name(sheet, kind), kind, data) for kind, data in files.items()]
    hashes = {row["kind"]: row["sha256"] for row in written}
    record("scoring.write_packet", by=None, target=sheet, detail={"files": hashes})
    return {
        "sheet": sheet.pk,
        "department": sheet.audit.department.code,
        "period": sheet.audit.label,
        "number": sheet.number,
        "status": sheet.status,
        "total": document.result.total,
        "verdict": document.result.verdict,
        "content_hash": document.content_hash(),
        "files": written,
    }


def find_sheet(given: str) -> Sheet:
    """The sheet meant by an id or by CODE/期间; CommandError (2) with what exists instead."""
    rows = Sheet.objects.select_related("audit__department__institution", "corrects", "signed_by")
    if given.isascii() and given.isdigit():
        sheet: Sheet | None = rows.filter(pk=given).first() if len(given) < 19 else None
        if sheet is None:
            raise CommandError(f"没有编号为 {given} 的评分表。{_known(rows)}", returncode=2)
        return sheet
    code, label = split_department(given)
    if not code:
        raise CommandError(
            f"评分表应写作编号，或“科室代码/期间”（如 RAD/2026Q3），收到“{given}”。", returncode=2
        )
    found: list[Sheet] = list(
        rows.filter(_of_period(label), audit__department__code=code).order_by("-audit_id", "-number")
    )
    if not found:
        raise CommandError(f"科室 {code} 没有“{label}”的评分表。{_known(rows)}", returncode=2)
    # What is in force comes before a correction that is still being written.
    return next((sheet for sheet in found if sheet.status == Sheet.Status.SIGNED), found[0])


def _of_period(written: str) -> Q:
    """Sheets of the audit with this label, or of the quarter that contains the last day of their window."""
    called = Q(audit__label=written)
    try:
        period = parse_period(written)
    except ValueError:
        return called
    if period.quarter is None:
        raise CommandError(f"请指明季度，如 {period.year}Q3，收到“{written}”。", returncode=2)
    return called | Q(audit__window_end__range=(period.first, period.last))


def _known(rows: Any) -> str:
    names = [f"{s.pk}（{s.audit.department.code}/{s.audit.label}）" for s in rows.defer("content")[:5]]
    return f"现有：{'、'.join(names)}。" if names else "目前还没有任何评分表。"


def _directory(given: str) -> Path:
    directory = Path(given)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise CommandError(f"不能建立目录“{given}”，请核对路径和权限。", returncode=2) from None
    return directory


def _content(sheet: Sheet, document: PacketDocument, kind: str) -> bytes:
    if sheet.status in FROZEN:
        return packet_file(sheet, kind, by=None)
    return render(document, kind)


def _write(path: Path, kind: str, content: bytes) -> dict[str, Any]:
    """Written aside and moved into place: a full disk must not leave half a packet under its name."""
    try:
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".packet-")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except OSError:
        raise CommandError(f"不能写入文件“{path}”，请核对目录权限和剩余空间。", returncode=2) from None
    sha256 = hashlib.sha256(content).hexdigest()
    return {"kind": kind, "path": str(path), "sha256": sha256, "size": len(content)}
