"""manage.py backup [--to FOLDER]: one encrypted file of database, uploads, packets, anchors and keys.

Prints {file, size, sha256, seconds, places, rows, removed, copy_error}; exit 1 when the second copy failed,
2 when no backup was made. Passphrase and key come from the settings, never from the command line.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from qcportal.backup.actions import run_backup
from staff.management.answers import AnswerCommand


class Command(AnswerCommand):
    help = "在线备份数据库、文件与密钥到一个加密文件；退出码：0 完成；1 第二份未复制；2 未完成。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="备份目录，默认 QC_BACKUP_DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if self.copy_error:
            self.stderr.write(f"第二份备份未完成：{self.copy_error}")
            sys.exit(1)

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        made = run_backup(folder=options["to"].resolve() if options["to"] else None)
        self.copy_error = made.copy_error
        return {
            "file": str(made.path),
            "size": made.size,
            "sha256": made.sha256,
            "seconds": round(made.seconds, 1),
            "places": made.places,
            "rows": made.rows,
            "removed": made.removed,
            "copy_error": made.copy_error,
        }
