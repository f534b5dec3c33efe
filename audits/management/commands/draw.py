"""manage.py draw --department CODE --until YYYY-MM-DD [--seed S]: open a quarterly audit and draw ten.

JSON on stdout; `document` in it is what verify_draw repeats. A planned audit of the same window is drawn with
the seed it already has. `--seed` only repeats a draw: the new one is marked as drawn by a chosen seed. A
window that overlaps an earlier draw needs `--reason R --by USERNAME`, the head's once that one was judged.
Exit: 0 drawn, 2 could not run (the reason on stderr in Chinese).
"""

import json
import re
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from audits.conflicts import RefusedError
from audits.quarter.actions.quarters import draw_audit, open_audit
from audits.sampling.domain.window import Window, audit_window
from audits.sampling.models import Audit
from audits.sampling.queries.pool import sample_of
from staff.accounts.models import User
from staff.departments.models import Department


class Command(BaseCommand):
    help = "抽取一个季度的十份报告（窗口为截止日前三个月），输出JSON。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", required=True, metavar="CODE", help="科室代码")
        parser.add_argument("--until", required=True, metavar="YYYY-MM-DD", help="窗口末日（含）")
        parser.add_argument(
            "--seed", default="", help="重复一次抽样时的随机种子，会标明由人指定；不给则由服务器生成"
        )
        parser.add_argument("--reason", default="", help="窗口与此前的抽样重叠时，再次抽样的理由")
        parser.add_argument("--by", default="", metavar="USERNAME", help="写明理由的质控员或科主任的用户名")

    def handle(self, **options: Any) -> None:
        department = Department.objects.filter(code=options["department"]).first()
        if department is None:
            raise CommandError(f"没有代码为“{options['department']}”的科室。", returncode=2)
        try:
            window = audit_window(_day(options["until"]))
        except ValueError as unfit:
            raise CommandError(str(unfit), returncode=2) from None
        try:
            by = _person(options["by"])
            audit = _drawn(department, window, options["seed"], reason=options["reason"], by=by)
        except RefusedError as refused:
            raise CommandError(str(refused), returncode=2) from None
        if window.end > timezone.localdate():
            self.stderr.write("窗口尚未结束：之后完成的报告和登记的结局都不在名单内。")
        self.stdout.write(json.dumps(answer(audit), ensure_ascii=False, indent=2))


def _day(text: str) -> date:
    # fromisoformat also takes 20250930 and 2025-W40-2, which is not the documented form.
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"截止日应写作 YYYY-MM-DD，例如 2025-09-30，收到“{text}”。")


def _person(username: str) -> User | None:
    if not username:
        return None
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise RefusedError(f"没有用户名为“{username}”的在用账号。")
    return found


@transaction.atomic
def _drawn(department: Department, window: Window, seed: str, *, reason: str, by: User | None) -> Audit:
    """Open and draw an audit in one transaction: a refused draw leaves no planned audit."""
    planned = Audit.objects.filter(
        department=department,
        status=Audit.Status.PLANNED,
        kind=Audit.Kind.QUARTERLY,
        window_start=window.start,
        window_end=window.end,
    ).first()
    if planned is not None and seed and seed != planned.seed:
        raise RefusedError(f"{window.dates} 的抽样已建立，种子哈希已公布，不能再换种子。")
    if planned is not None:
        return draw_audit(planned, version=planned.version, by=by, repeat_reason=reason)
    audit = open_audit(department=department, window=window, seed=seed, repeat_reason=reason, by=by)
    return draw_audit(audit, version=audit.version, by=by)


def answer(audit: Audit) -> dict[str, Any]:
    """What the command prints."""
    sample = sample_of(audit)
    return {
        "audit": audit.pk,
        "department": audit.department.code,
        "label": audit.label,
        "window": {"start": audit.window_start.isoformat(), "end": audit.window_end.isoformat()},
        "cut_off_on": audit.cut_off_on.isoformat(),
        "seed": audit.seed,
        "seed_origin": audit.seed_origin.value,
        "commitment": audit.commitment,
        "pool_size": audit.pool_size,
        "list_sha256": audit.pool_hash,
        "drawn": [entry._asdict() for entry in sample.draw.drawn],
        "reserve": [entry.accession_number for entry in sample.draw.reserve],
        "insufficient": sample.draw.insufficient,
        "notes": list(sample.draw.notes),
        "ledger": audit.ledger,
        "document": audit.draw,
    }
