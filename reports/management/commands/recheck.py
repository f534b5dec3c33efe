"""manage.py recheck [--department CODE]: check the stored reports again with the present rules, now."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reports.findings.actions.rechecking import begin_recheck, run_recheck
from reports.findings.models import CheckRun
from staff.departments.models import Department
from staff.management.answers import department_of


class Command(BaseCommand):
    help = (
        "按现行规则重新检查已存的报告，保留人工核对结果。Prints {department, …, added, gone, kept, by_code}."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", metavar="CODE", help="缺省为全部科室")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["department"]
        departments = [department_of(code)] if code else Department.objects.select_related("institution")
        for department in departments:
            run = begin_recheck(department, by=None, queue=False)
            run_recheck(run.pk, progress=_bar if sys.stderr.isatty() else None)
            self.stdout.write(json.dumps(_answer(CheckRun.objects.get(pk=run.pk)), ensure_ascii=False))


def _answer(run: CheckRun) -> dict[str, Any]:
    return {
        "department": run.department.code,
        "rules_version": run.rules_version,
        "reports": run.progress_done,
        "added": run.added,
        "gone": run.gone,
        "kept": run.kept,
        # PostgreSQL keeps no order of keys: the answer reads the same on both databases.
        "by_code": {
            code: {name: counts[name] for name in ("added", "gone", "kept")}
            for code, counts in sorted(run.by_code.items())
        },
    }


def _bar(done: int) -> None:
    sys.stderr.write(f"\r{done}")
    sys.stderr.flush()
