"""manage.py remind_qualifications [--department CODE --to ADDRESS …] [--within DAYS] [--dry-run]"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.utils import timezone

from staff.management.answers import AnswerCommand, department_of
from staff.register.actions.reminding import remind, reminder_of
from staff.register.domain.reminder import addresses

NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


class Command(AnswerCommand):
    help = (
        "将到期、已过期的资质按科室发一封提醒邮件。收件地址取自 QC_REMIND_TO 或 --to，没有则不发（默认）。"
        "Prints {sent: [{department, recipients, rows}]} as JSON; --dry-run prints the mails instead."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", metavar="CODE", help="只提醒这个科室")
        parser.add_argument("--to", action="append", default=[], metavar="ADDRESS", help="收件地址，可重复")
        parser.add_argument("--within", type=int, default=30, metavar="DAYS", help="多少天内到期，默认30")
        parser.add_argument("--dry-run", action="store_true", help="只显示邮件内容，不发送")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        wanted = _wanted(options)
        today, within = timezone.localdate(), options["within"]
        if not 0 <= within <= 366:
            raise ValueError(f"--within 应为0至366之间的天数，收到{within}。")
        if not options["dry_run"] and settings.EMAIL_BACKEND == NOWHERE:
            raise ValueError("没有设置邮件服务器，未发送：请设置 QC_EMAIL_URL（--dry-run 可先看内容）。")
        mails = []
        for code, to in wanted.items():
            department = department_of(code)
            line: dict[str, Any] = {"department": code, "recipients": len(to)}
            if options["dry_run"]:
                mail, named = reminder_of(department, today, within=within)
                words = {"subject": mail.subject, "body": mail.body} if mail else {}
                mails.append(line | {"rows": named} | words)
            else:
                mails.append(line | {"rows": remind(department, to=to, on=today, within=within, by=None)})
        return (
            {"dry_run": mails} if options["dry_run"] else {"sent": [line for line in mails if line["rows"]]}
        )


def _wanted(options: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    configured = addresses(settings.QC_REMIND_TO)
    if options["to"]:
        if not options["department"]:
            raise ValueError("用 --to 时须以 --department 指明科室。")
        return {options["department"]: tuple(options["to"])}
    if options["department"]:
        configured = {code: to for code, to in configured.items() if code == options["department"]}
    if not configured:
        raise ValueError("没有收件地址，未发送邮件：请设置 QC_REMIND_TO，或用 --department 和 --to 指定。")
    return configured
