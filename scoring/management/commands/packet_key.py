"""manage.py packet_key [--import FILE.p12] [--export FILE.pem]: the key packets are sealed with.

JSON on stdout: {"fingerprint", "name", "valid_until", "source": "data directory" | "environment", "known":
[{"fingerprint", "name"}]}. Made on first use, unless QC_PACKET_KEY names a PKCS#12 file. `--import` brings a
PKCS#12 of the hospital's into force, its password from QC_PACKET_KEY_PASSWORD or asked for; packets sealed
before stay valid under the old certificate. `--export` writes the certificate, which the hospital publishes.
Exit: 0 done, 2 could not run (the reason on stderr in Chinese).
"""

import getpass
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from scoring.packet.actions.keys import current_key, take_key
from scoring.packet.keys import as_certificate, known_certificates, valid_until
from scoring.packet.signature import SealError, SealKey


class Command(BaseCommand):
    help = "显示、导入或导出迎检包的签章密钥（系统签章，完整性校验）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--import", dest="given", metavar="FILE", help="改用医院的PKCS#12文件（.p12、.pfx）"
        )
        parser.add_argument("--export", metavar="FILE", help="把签章证书（不含私钥）写成PEM文件，供医院公布")

    def handle(self, **options: Any) -> None:
        try:
            key = self._imported(options["given"]) if options["given"] else current_key(by=None)
        except SealError as problem:
            raise CommandError(str(problem), returncode=2) from None
        if options["export"]:
            _write(options["export"], as_certificate(key))
        self.stdout.write(json.dumps(_answer(key), ensure_ascii=False, indent=2))

    def _imported(self, name: str) -> SealKey:
        if settings.QC_PACKET_KEY:
            raise SealError("QC_PACKET_KEY已指定签章密钥文件：请改那个文件，或先取消该设置再导入。")
        try:
            content = Path(name).read_bytes()
        except OSError as error:
            raise SealError(f"无法读取文件“{name}”：{error.strerror}。") from None
        return take_key(content, _password(), by=None)


def _password() -> str:
    if settings.QC_PACKET_KEY_PASSWORD or not sys.stdin.isatty():
        return str(settings.QC_PACKET_KEY_PASSWORD)
    return getpass.getpass("PKCS#12文件的密码：")


def _write(name: str, content: bytes) -> None:
    try:
        Path(name).write_bytes(content)
    except OSError as error:
        raise CommandError(f"不能写入文件“{name}”：{error.strerror}。", returncode=2) from None


def _answer(key: SealKey) -> dict[str, Any]:
    known = known_certificates()
    return {
        "fingerprint": key.fingerprint,
        "name": known[key.fingerprint],
        "valid_until": valid_until(key),
        "source": "environment" if settings.QC_PACKET_KEY else "data directory",
        "known": [{"fingerprint": digits, "name": name} for digits, name in known.items()],
    }
