"""manage.py verify_packet FILE [--hash HEX] [--certificate FILE|HEX] [--certificates FOLDER]

Is it what it claims?

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

manage.py verify_packet FILE|FOLDER|ZIP … [--certificates FOLDER] [--json] [--xlsx FILE]: many packets.

Several names, a folder, a ZIP archive, --json or --xlsx give one table: hospital, quarter, points, verdict,
seal, chain of draws, what fails; as text, as JSON ({"verdict", "counts", "files": [the answer above and
"file", "seal", "draws"], "passed_over", "notes"}) or as a workbook too. A file that is no packet or cannot be
read ("verdict": "unread") is said by name; the others are still checked. A workbook is checked as far as it
can be alone, and proved where a proved PDF of the same run has it inside.
Exit: 0 all proved, 1 any altered, 2 nothing to check or nowhere to write, 3 any unconfirmed or unread.
--certificates: the hospitals' public certificates (PEM, DER, .cer); a seal of none of them is unknown, and
one of another hospital than the packet names is not confirmed. No database is needed.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scoring.content.seal import read_printed
from scoring.packet.keys import read_certificate
from scoring.packet.signature import fingerprint, read_fingerprint
from scoring.verification.batch import owner_checked, verify_many
from scoring.verification.certificates import Certificates, read_certificates
from scoring.verification.documents import batch_json, batch_text, batch_workbook
from scoring.verification.queries import ALTERED, PROVED, UNCONFIRMED, answer_for
from scoring.verification.sources import is_archive, reason_zh, sources

EXITS = {PROVED: 0, ALTERED: 1, UNCONFIRMED: 3}  # 2: a file could not be read


class Command(BaseCommand):
    help = (
        "核对迎检包文件：系统签章、内容校验值、抽样、得分，PDF另按所载数据重新生成并逐字节比较。"
        "退出码：0 已证实；1 已改动；2 文件无法读取；3 内容完整，但签章人或原件未能确认。"
    )
    # An inspector checks a file on a machine without data of the department.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            nargs="+",
            metavar="文件|文件夹|ZIP",
            help="迎检包的PDF、JSON或Excel文件；或其文件夹、ZIP压缩包，可写多个，列成一张表",
        )
        parser.add_argument(
            "--hash", default="", metavar="校验值", help="封面所印的内容校验值，可只写前若干位"
        )
        parser.add_argument(
            "--certificate",
            action="append",
            default=[],
            metavar="文件|指纹",
            help="医院公布的签章证书文件，或其指纹；可给多个。本机的签章证书无须给出",
        )
        parser.add_argument(
            "--certificates", metavar="文件夹", help="存放各医院公开签章证书（.cer、.pem、.der）的文件夹"
        )
        parser.add_argument("--json", action="store_true", help="核对结果表以程序可读的数据格式（JSON）输出")
        parser.add_argument("--xlsx", metavar="文件", help="把核对结果表另存为Excel文件")

    def handle(self, **options: Any) -> None:
        certificates = _certificates(options["certificates"], options["certificate"])
        many = len(options["file"]) > 1 or options["json"] or options["xlsx"]
        (first, *_) = options["file"]
        if many or Path(first).is_dir() or is_archive(Path(first)):
            verdict = self._many(certificates, options)
        else:
            verdict = self._one(_read(first), certificates, options["hash"])
        if code := EXITS[verdict]:
            sys.exit(code)

    def _one(self, content: bytes, certificates: Certificates, printed: str) -> str:
        answer = answer_for(
            content, read_printed(printed) or printed.strip(), certificates=certificates.names
        )
        answer = owner_checked(answer, certificates)
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        for words in certificates.problems:
            self.stderr.write(words)
        return str(answer["verdict"])

    def _many(self, certificates: Certificates, options: dict[str, Any]) -> str:
        if options["hash"]:
            raise CommandError("--hash 只用于核对一份文件。", returncode=2)
        batch, notes = verify_many(sources(options["file"]), certificates), certificates.problems
        if not batch.lines:
            raise CommandError("没有找到可核对的文件（PDF、JSON、Excel或ZIP）。", returncode=2)
        if options["json"]:
            self.stdout.write(json.dumps(batch_json(batch, notes), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(batch_text(batch, notes))
        if options["xlsx"]:
            _write(options["xlsx"], batch_workbook(batch, created=timezone.localtime(), notes=notes))
        return batch.verdict


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"无法读取文件“{name}”：{reason_zh(error)}。", returncode=2) from None


def _certificate(given: str) -> tuple[str, str]:
    """(fingerprint, name) of what was given; a name is only known of a file."""
    if found := read_fingerprint(given):
        return found, ""
    try:
        der, name = read_certificate(_read(given))
    except ValueError:
        raise CommandError(
            f"“{given}”不是签章证书文件（.cer、.pem、.der），也不是64位的证书指纹。", returncode=2
        ) from None
    return fingerprint(der), name


def _certificates(folder: str | None, given: list[str]) -> Certificates:
    """Those of the folder, and those given one by one, which are believed for any hospital."""
    trusted = dict(map(_certificate, given))
    if folder is None:
        return Certificates(trusted, {}, ())
    try:
        found = read_certificates(Path(folder))
    except OSError as error:
        raise CommandError(f"无法读取证书文件夹“{folder}”：{reason_zh(error)}。", returncode=2) from None
    owners = {digits: names for digits, names in found.owners.items() if digits not in trusted}
    return Certificates(found.names | trusted, owners, found.problems)


def _write(name: str, content: bytes) -> None:
    try:
        Path(name).write_bytes(content)
    except OSError as error:
        raise CommandError(f"无法写入文件“{name}”：{reason_zh(error)}。", returncode=2) from None
