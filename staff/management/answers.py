"""How the commands of this app answer: one line of JSON, or one sentence and exit 2."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from staff.accounts.actions.passwords import OneTimePassword
from staff.departments.models import Department


class AnswerCommand(BaseCommand):
    """`answer(options)` returns what is printed as JSON; its ValueError becomes the sentence of exit 2."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = self.answer(options)
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(json.dumps(found, ensure_ascii=False))

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError


def password_answer(given: OneTimePassword) -> dict[str, Any]:
    """The JSON answer that shows a new password, once."""
    return {
        "username": given.user.username,
        "name": given.user.full_name,
        "password": given.password,
        "expires_at": given.expires_at.isoformat(timespec="seconds"),
    }


def department_of(code: str) -> Department:
    """The department a command is asked for; exit 2 with a sentence that names those there are."""
    try:
        rows = Department.objects.select_related("institution")
        department: Department | None = rows.filter(code=code).first()
        known = "、".join(Department.objects.values_list("code", flat=True)) or "尚无科室"
    except (OperationalError, ProgrammingError) as error:
        raise CommandError("数据库尚未建立或无法连接，请先运行 manage.py migrate。", returncode=2) from error
    if department is None:
        raise CommandError(
            f"没有代码为“{code}”的科室（现有：{known}）。请先用 add_department 建立。", returncode=2
        )
    return department
