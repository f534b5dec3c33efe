"""manage.py restore FILE --to FOLDER [--database URL] | --drill [FILE] | --check

Restores a backup into an empty folder (and, from PostgreSQL, an empty database), tries one in a scratch
place, or checks this installation. Prints JSON; exit 1 when a drill or check finds a problem, 2 when refused.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import environ
from django.conf import settings

from qcportal.backup.actions import read_passphrase
from qcportal.backup.checking import installation_problems
from qcportal.backup.drill import run_drill
from qcportal.backup.envelope import Secret
from qcportal.backup.errors import BackupError
from qcportal.backup.restoring import restore
from staff.management.answers import AnswerCommand


class Command(AnswerCommand):
    help = "把备份恢复到空目录（--to）、在临时目录演练（--drill）或核验当前数据（--check）；绝不覆盖。"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="备份文件；演练时默认最新一份")
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="空的或尚不存在的数据目录")
        parser.add_argument("--database", metavar="URL", help="空的 PostgreSQL 数据库（PostgreSQL 备份）")
        parser.add_argument("--drill", action="store_true", help="恢复演练，结果记入留痕")
        parser.add_argument("--check", action="store_true", help="核验当前数据目录，只读")
        parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="口令文件（第一行）")
        parser.add_argument("--key-file", type=Path, metavar="FILE", help="X25519 私钥文件（PEM）")

    def handle(self, *args: Any, **options: Any) -> None:
        self.failed = False
        super().handle(*args, **options)
        if self.failed:
            sys.exit(1)

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["check"]:
            found = installation_problems()
            self.failed = not found["holds"] or bool(found["missing"])
            return found
        secret = _secret(options)
        url = options["database"]
        database = environ.Env.db_url_config(url) if url else None
        if options["drill"]:
            return self._drill(options["file"], secret, database)
        if options["file"] is None or options["to"] is None:
            raise BackupError("请写明备份文件与 --to 目录，或用 --drill 演练。")
        made = restore(options["file"], secret, options["to"].resolve(), database)
        return {
            "folder": str(made.folder),
            "made_at": made.made_at,
            "rows": made.rows,
            "files": made.files,
            "next": [*([] if made.current else ["manage.py migrate"]), "manage.py restore --check"],
        }

    def _drill(self, file: Path | None, secret: Secret, database: dict[str, Any] | None) -> dict[str, Any]:
        drill = run_drill(file, secret, database)
        self.failed = bool(drill.problems)
        return {
            "file": str(drill.file),
            "holds": not drill.problems,
            "rows": drill.rows,
            "files": drill.files,
            "seconds": round(drill.seconds, 1),
            "problems": list(drill.problems),
        }


def _secret(options: dict[str, Any]) -> Secret:
    """The given files, else the passphrase of the settings."""
    try:
        if options["key_file"]:
            return Secret(key=options["key_file"].read_bytes())
        stated = options["passphrase_file"] or settings.QC_BACKUP_PASSPHRASE_FILE
        passphrase = read_passphrase(Path(stated)) if stated else settings.QC_BACKUP_PASSPHRASE
    except OSError as error:
        raise BackupError(f"不能读取口令或密钥文件：{error.filename}（{error.strerror}）。") from None
    return Secret(passphrase=passphrase)
