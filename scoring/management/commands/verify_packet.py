"""manage.py verify_packet FILE [--hash HEX] [--certificate FILE|HEX]: is it what it claims?

JSON on stdout: {"ok", "verdict", "verdict_zh", "kind", "sha256", "content_hash", "packet": {"institution",
"department", "period", "number", "status", "total", "verdict"} | null, "records", "signer": {"fingerprint",
"name"} | null, "superseded_by", "checks": [{"name", "ok", "sentence"}], "problems"}. A check is true, false,
or null where it could not or need not be asked; `problems` are the sentences of the false ones. Of an
unmasked packet `packet` also has "unmasked": {"approval", "receiver", "until", "masked_hash"}.

`verdict`: "proved" (已证实) by the seal of a known key, or because the records here hold its hash;
"unconfirmed" (内容完整，但签章人或原件未能确认) where nothing contradicts and nobody known vouches for it, as
of every JSON file elsewhere; "altered" (已改动). `ok` is true of "proved" alone.
`superseded_by` is {"number", "signed_at"} of the version in force where the records here know that this one
was corrected, else null; `verdict_zh` says so too.

`records` is the state of the packet in this database: signed, superseded, differs (another content was
signed), damaged (the record differs from its signing event), unknown, or unavailable, as on an inspector's
machine. There `--hash` compares the file with the content hash printed on paper, and `--certificate` names
the hospital's seal: its certificate, or the fingerprint.
Exit: 0 proved, 1 altered, 2 a file could not be read, 3 unconfirmed.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.content.seal import read_printed
from scoring.packet.keys import read_certificate
from scoring.packet.signature import fingerprint, read_fingerprint
from scoring.verification.queries import ALTERED, PROVED, UNCONFIRMED, answer_for

EXITS = {PROVED: 0, ALTERED: 1, UNCONFIRMED: 3}  # 2: a file could not be read


class Command(BaseCommand):
    help = (
        "核对迎检包文件：系统签章、内容校验值、抽样、得分，PDF另按所载数据重新生成并逐字节比较。"
        "退出码：0 已证实；1 已改动；2 文件无法读取；3 内容完整，但签章人或原件未能确认。"
    )
    # An inspector checks a file on a machine without data of the department.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="迎检包的PDF、JSON或Excel文件")
        parser.add_argument("--hash", default="", metavar="HEX", help="封面所印的内容校验值，可只写前若干位")
        parser.add_argument(
            "--certificate",
            action="append",
            default=[],
            metavar="FILE|HEX",
            help="医院公布的签章证书文件，或其SHA-256指纹；可给多个。本机的签章证书无须给出",
        )

    def handle(self, **options: Any) -> None:
        trusted = dict(map(_certificate, options["certificate"]))
        content = _read(options["file"])
        answer = answer_for(
            content, read_printed(options["hash"]) or options["hash"].strip(), certificates=trusted
        )
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        if code := EXITS[answer["verdict"]]:
            sys.exit(code)


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"无法读取文件“{name}”：{error.strerror}。", returncode=2) from None


def _certificate(given: str) -> tuple[str, str]:
    """(fingerprint, name) of what was given; a name is only known of a file."""
    if found := read_fingerprint(given):
        return found, ""
    try:
        der, name = read_certificate(_read(given))
    except ValueError:
        raise CommandError(
            f"“{given}”不是签章证书（PEM或DER），也不是64位十六进制的指纹。", returncode=2
        ) from None
    return fingerprint(der), name
