"""manage.py reset_second_factor USERNAME: removes a lost device, when no other administrator can."""

from argparse import ArgumentParser
from typing import Any

from staff.accounts.models import User
from staff.management.answers import AnswerCommand
from staff.second_factor.actions import reset_second_factor


class Command(AnswerCommand):
    help = "重设双重验证（手机和恢复码都丢失，又没有另一位管理员时）。Prints {username, name}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        user = User.accounts.named(options["username"])
        if user is None:
            raise ValueError(f"没有“{options['username']}”这个账号，请核对拼写和大小写。")
        reset_second_factor(user, by=None)
        return {"username": user.username, "name": user.full_name}
