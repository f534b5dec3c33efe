"""manage.py add_admin USERNAME --name 姓名 [--role ROLE]: an administrator's single-use password.

The first of each of the three administrators (docs/quality.md T1, T7) is made here, for nobody in the app
may grant these roles yet.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from staff.access.profile import ADMINISTRATORS
from staff.accounts.actions.accounts import create_account
from staff.accounts.actions.roles import grant_role
from staff.accounts.models import User
from staff.management.answers import AnswerCommand, password_answer


class Command(AnswerCommand):
    help = (
        "建立系统管理员（admin）、安全管理员（security_admin）或审计员（auditor），打印一次性密码（24小时有效）。"
        "Prints {username, name, password, expires_at}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, metavar="姓名")
        parser.add_argument("--role", default="admin", metavar="|".join(ADMINISTRATORS))

    @transaction.atomic
    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        username, name = options["username"].strip(), options["name"].strip()
        _check(username, name)
        if options["role"] not in ADMINISTRATORS:
            raise ValueError(f"--role 应为 {'、'.join(ADMINISTRATORS)} 之一，收到“{options['role']}”。")
        if User.objects.filter(username__iexact=username).exists():
            raise ValueError(f"账号“{username}”已经存在。忘记密码请用 manage.py reset_password {username}。")
        given = create_account(username=username, full_name=name, by=None)
        grant_role(given.user, role=options["role"], department=None, until=None, by=None)
        return password_answer(given)


def _check(username: str, name: str) -> None:
    try:
        User(username=username, full_name=name, password="-").clean_fields()  # noqa: S106  # never saved
    except ValidationError as error:
        labels = {"username": "账号", "full_name": "姓名"}
        faults = [f"{labels.get(name, name)}：{''.join(m)}" for name, m in error.message_dict.items()]
        raise ValueError("；".join(faults)) from error
