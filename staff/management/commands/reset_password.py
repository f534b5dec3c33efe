"""manage.py reset_password USERNAME: a new single-use password, when no administrator can sign in."""

from argparse import ArgumentParser
from typing import Any

from staff.accounts.actions.passwords import reset_password
from staff.accounts.models import User
from staff.management.answers import AnswerCommand, password_answer


class Command(AnswerCommand):
    help = "重置密码，打印一次性密码（24小时有效）。Prints {username, name, password, expires_at}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        user = User.objects.filter(username=options["username"].strip()).first()
        if user is None:
            raise ValueError(f"没有“{options['username']}”这个账号，请核对拼写和大小写。")
        if not user.is_active:
            raise ValueError(f"账号“{user.username}”已停用：请先在“设置—账号”页启用，再重置密码。")
        return password_answer(reset_password(user, by=None))
