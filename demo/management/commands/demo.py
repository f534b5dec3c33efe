"""manage.py demo [--today D] [--seed S] [--again]: an invented department with four quarters to look at.

Everything goes through the actions of the pages, as the persons whose accounts it makes. Prints one JSON
object with the accounts and their passwords, this once; exit 2 and a sentence when it cannot be made.
"""

import os
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from demo.content import DEFAULT_SEED, DemoDepartment, demo_department
from demo.content.values import DemoQuarter
from demo.steps.accounts import Account, make_accounts, make_department, weakness
from demo.steps.appeals import make_appeals
from demo.steps.evidence import make_evidence
from demo.steps.findings import record_alerts, rule_findings
from demo.steps.follow_up import follow_quarter
from demo.steps.measures import check_earlier, check_quarter, import_earlier, improve
from demo.steps.quarters import Cast, Staged, import_quarter, stage_quarter
from demo.steps.register import make_register
from staff.departments.models import Department
from staff.management.answers import AnswerCommand

PASSWORD_VARIABLE = "QC_DEMO_PASSWORD"  # noqa: S105  # the name of a variable, no password


class Command(AnswerCommand):
    help = "建立演示科室（代码 DEMO）：四个季度的虚构报告、抽样、评审、评分表和每个角色一个账号。Prints JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", metavar="YYYY-MM-DD", help="演示所处的日期，默认今天")
        parser.add_argument("--seed", default=DEFAULT_SEED, help="随机种子：同一日期和种子得到同样的报告")
        parser.add_argument("--again", action="store_true", help="已有演示科室时另起一套，原有数据与留痕保留")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        demo = demo_department(_today(options["today"]), _seed(options["seed"]))
        password = os.environ.get(PASSWORD_VARIABLE) or None
        # All or nothing: half a demonstration could neither be used nor made again.
        with transaction.atomic():
            department = make_department(demo, again=options["again"])
            accounts = make_accounts(demo, department, password=password, again=options["again"])
            quarters = _quarters(demo, department, accounts)
        found: dict[str, Any] = {
            "department": {"code": demo.code, "name": str(department), "today": demo.today.isoformat()},
            "accounts": [_account(account) for account in accounts],
            "quarters": quarters,
            "sign_in": reverse("login"),
            "note": "以上人员、机构、报告均为虚构。密码只显示这一次。",
        }
        weak = weakness(password) if password else ""
        if weak:
            found["warning"] = f"{PASSWORD_VARIABLE} 不符合密码规则，只可用于演示：{weak}"
        return found


def _today(given: str | None) -> date:
    if given is None:
        return timezone.localdate()
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise ValueError(f"--today 应为 YYYY-MM-DD 格式的日期，收到“{given}”。") from None
    if not date(2001, 1, 1) <= day <= timezone.localdate():
        raise ValueError(f"--today 应在2001-01-01至今天（{timezone.localdate()}）之间，收到 {day}。")
    return day


def _seed(given: str) -> str:
    if not given.strip() or not given.isprintable() or len(given) > 60:
        raise ValueError("--seed 应为1至60个可见字符。")
    return given


def _quarters(demo: DemoDepartment, department: Department, accounts: list[Account]) -> list[dict[str, Any]]:
    people = {account.user.username: account.user for account in accounts}
    cast = Cast(
        people["qc_officer"], (people["assessor"], people["assessor2"]), people["head"], people["inspector"]
    )
    # Before the first sheet is signed: its packet says who was qualified.
    make_register(demo, department, cast.officer, list(people.values()))
    make_evidence(demo, department, cast.officer)
    import_earlier(demo, department, cast.officer)
    record_alerts(demo.earlier, "此前", department, cast.officer)
    rule_findings(demo.earlier, department, cast.officer)
    check_earlier(demo, department, cast)
    summaries = []
    for quarter in demo.quarters:
        counts = import_quarter(demo, quarter, department, cast.officer)
        record_alerts(demo.reports_of(quarter), quarter.window_start.isoformat(), department, cast.officer)
        if quarter.stage != "judging":
            rule_findings(demo.reports_of(quarter), department, cast.officer)
        follow_quarter(demo, quarter, department, cast.officer)
        check_quarter(demo, quarter, department, cast)
        summaries.append(_quarter_summary(quarter, counts, stage_quarter(demo, quarter, department, cast)))
    make_appeals(department, cast, people["member"])
    improve(demo, department, cast)
    return summaries


def _quarter_summary(quarter: DemoQuarter, counts: dict[str, int], staged: Staged) -> dict[str, Any]:
    audit, sheet = staged.audit, staged.sheet
    return {
        "label": quarter.label,
        "window": [quarter.window_start.isoformat(), quarter.window_end.isoformat()],
        **counts,
        "pool": audit.pool_size,
        "judged": quarter.judged,
        "audit": reverse("audits:detail", args=(audit.pk,)),
        "sheet": reverse("scoring:detail", args=(sheet.pk,)) if sheet else None,
        "status": sheet.get_status_display() if sheet else audit.get_status_display(),
        "total": sheet.total if sheet else None,
        "verdict": sheet.verdict if sheet else None,
    }


def _account(account: Account) -> dict[str, str]:
    return {
        "username": account.user.username,
        "role": account.role,
        "name": account.user.full_name,
        "password": account.password,
    }
