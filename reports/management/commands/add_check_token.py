"""manage.py add_check_token --department CODE --name RIS: a token for the check interface, shown once."""

from argparse import ArgumentParser
from typing import Any

from reports.findings.actions.tokens import add_check_token
from staff.management.answers import AnswerCommand, department_of


class Command(AnswerCommand):
    help = "为RIS建立检查接口令牌，仅显示一次。Prints {department, name, token} as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", required=True, metavar="CODE")
        parser.add_argument("--name", required=True)

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        department = department_of(options["department"])
        token, secret = add_check_token(department=department, name=options["name"], by=None)
        return {"department": department.code, "name": token.name, "token": secret}
