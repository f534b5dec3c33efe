"""manage.py verify_packet FILE [--hash HEX]: is this file of a packet what it claims? (PRODUCT 5)

JSON on stdout: {"ok", "kind", "sha256", "content_hash", "packet": {"institution", "department", "period",
"number", "status", "total", "verdict"} | null, "records", "problems"}. `records` is what the database here
knows of it: signed, superseded, differs (another content was signed), unknown, or unavailable, as on an
inspector's own machine. There `--hash` holds the file against the content hash printed on paper.
Exit: 0 it holds, 1 it does not, 2 the file could not be read.
"""

import hashlib
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from scoring.models import PacketFile, Sheet
from scoring.packet.document import PacketDocument
from scoring.packet.verify import Verified, verify_packet


class Command(BaseCommand):
    help = "核对迎检包文件：内容校验值、抽样、得分，PDF另按所载数据重新生成并逐字节比较。"
    # An inspector checks a file on a machine that holds no data of the department.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="迎检包的PDF、JSON或Excel文件")
        parser.add_argument("--hash", default="", metavar="HEX", help="封面所印的内容校验值，可只写前若干位")

    def handle(self, **options: Any) -> None:
        try:
            content = Path(options["file"]).read_bytes()
        except OSError as error:
            raise CommandError(f"无法读取文件“{options['file']}”：{error.strerror}。", returncode=2) from None
        answer = answer_for(content, printed_hash=options["hash"].strip().lower())
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        if not answer["ok"]:
            sys.exit(1)


def answer_for(content: bytes, printed_hash: str = "") -> dict[str, Any]:
    """The JSON answer of the module docstring."""
    sha256 = hashlib.sha256(content).hexdigest()
    found = verify_packet(content)
    records = _records(found, sha256)
    content_hash = found.document.content_hash() if found.document else ""
    # A workbook cannot be checked against itself, but it may be the very one kept here.
    kept_workbook = found.kind == "xlsx" and records in ("signed", "superseded")
    problems = [] if kept_workbook else list(found.problems)
    if records == "differs":
        problems.append("本机记录中，该科室该期间同一版次签发的是另一内容：此文件不是签发时的文件。")
    if found.document and not content_hash.startswith(printed_hash):
        problems.append(f"内容校验值为{content_hash}，与所给的“{printed_hash}”不同。")
    return {
        "ok": not problems,
        "kind": found.kind,
        "sha256": sha256,
        "content_hash": content_hash or None,
        "packet": _packet(found.document) if found.document else None,
        "records": records,
        "problems": problems,
    }


def _records(found: Verified, sha256: str) -> str:
    """What the department's own database says of this packet."""
    try:
        if found.document is None:
            known = PacketFile.objects.filter(sha256=sha256).select_related("sheet").first()
            return known.sheet.status if known else "unknown"
        return _sheet_records(found.document)
    except DatabaseError:
        return "unavailable"


def _sheet_records(document: PacketDocument) -> str:
    signed = Sheet.objects.filter(signed_at__isnull=False)
    if sheet := signed.filter(content_hash=document.content_hash()).first():
        return sheet.status
    same = signed.filter(
        audit__department__code=document.department_code,
        audit__department__institution__name=document.institution.name,
        audit__label=document.period.label,
        number=document.sheet.number,
    )
    return "differs" if same.exists() else "unknown"


def _packet(document: PacketDocument) -> dict[str, Any]:
    return {
        "institution": document.institution.name,
        "department": document.department,
        "period": document.period.label,
        "number": document.sheet.number,
        "status": document.sheet.status,
        "total": document.result.total,
        "verdict": document.result.verdict,
    }
