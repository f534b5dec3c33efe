"""manage.py verify_draw FILE.json: repeat a quarter's or a month's draw, alone or inside a packet's JSON.

Prints {"ok", "documents": [{"ok", "problems", "facts": [[label, value]]}], "problems"}; no database needed.
Exit: 0 the draw repeats, 1 it does not, 2 the file could not be read or contains no draw.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.monthly.domain import monthly
from audits.sampling.domain.document import SCHEMA
from audits.sampling.domain.verify import verify_draw

_CHECKS = {SCHEMA: verify_draw, monthly.SCHEMA: monthly.verify_monthly_draw}


class Command(BaseCommand):
    help = "按抽样文件中的名单与种子重新抽取，核对结果，输出JSON。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.json", help="抽样文件，或含有它的迎检包JSON；“-”为标准输入")

    def handle(self, **options: Any) -> None:
        documents = find_documents(_read(options["file"]))
        if not documents:
            raise CommandError(
                "文件中没有季度或月度的抽样记录，请核对是不是抽样文件或迎检包的数据文件（JSON）。",
                returncode=2,
            )
        checked = [_CHECKS[document["schema"]](document) for document in documents]
        ok = all(found.ok for found in checked)
        answer = {
            "ok": ok,
            "problems": [problem for found in checked for problem in found.problems],
            "documents": [
                {
                    "ok": found.ok,
                    "problems": list(found.problems),
                    "facts": [list(pair) for pair in found.facts],
                }
                for found in checked
            ],
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        if not ok:
            sys.exit(1)


def find_documents(value: Any) -> list[Any]:
    """Every draw document in parsed JSON, outermost first. Walks without recursion: files may be deep."""
    found, queue = [], [value]
    while queue:
        part = queue.pop(0)
        if isinstance(part, dict):
            if isinstance(part.get("schema"), str) and part["schema"] in _CHECKS:
                found.append(part)
                continue
            queue.extend(part.values())
        elif isinstance(part, list):
            queue.extend(part)
    return found


def _read(name: str) -> Any:
    try:
        text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return json.loads(text.decode("utf-8-sig"))
    except OSError:
        raise CommandError(f"读不到文件“{name}”，请核对路径。", returncode=2) from None
    except (ValueError, RecursionError):
        raise CommandError(
            "文件内容不能读取：不是抽样文件或迎检包的数据（JSON），或已损坏。", returncode=2
        ) from None
