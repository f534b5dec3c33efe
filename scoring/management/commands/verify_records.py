"""manage.py verify_records [--json]: compare all signed sheets, packet files, draws, rulings and months.

A table of counts, then a line for each difference. `--json`: {"holds", "kinds": {kind: {"checked",
"differing", "unrecorded"}}, "differences": [{"kind", "department", "text"}]}. The kinds are sheets, files,
draws, rulings, months and trail; unrecorded are rows whose event has no hash, because an earlier version
wrote it. The result is recorded in the trail. Exit: 0 everything is as recorded, 1 something differs.
"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from scoring.records.actions import run_verification
from scoring.records.queries import KINDS_ZH, Verification

_COLUMNS = ("checked", "differing", "unrecorded")


class Command(BaseCommand):
    help = "把已签发的评分表、迎检包文件、抽样、评定与月度质控逐一与留痕核对；退出码：0 全部相符；1 有不符。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出JSON")

    def handle(self, **options: Any) -> None:
        found = run_verification(by=None)
        self.stdout.write(_json(found) if options["json"] else _table(found))
        if not found.holds:
            sys.exit(1)


def _json(found: Verification) -> str:
    answer = {
        "holds": found.holds,
        "kinds": {kind: dict(zip(_COLUMNS, counts, strict=True)) for kind, counts in found.counts.items()},
        "differences": [
            {"kind": one.kind, "department": one.department_id, "text": one.text} for one in found.differences
        ],
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _table(found: Verification) -> str:
    lines = ["核对\t不符\t留痕中无校验值\t对象"]
    lines += ["\t".join([*map(str, counts), KINDS_ZH[kind]]) for kind, counts in found.counts.items()]
    lines += [one.text for one in found.differences]
    return "\n".join([*lines, "全部相符。" if found.holds else f"共{len(found.differences)}处不符。"])
