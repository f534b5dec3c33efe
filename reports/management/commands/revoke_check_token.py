"""manage.py revoke_check_token --department CODE --name RIS: the token is refused from now on."""

from argparse import ArgumentParser
from typing import Any

from reports.findings.actions.tokens import revoke_check_token
from staff.management.answers import AnswerCommand, department_of


class Command(AnswerCommand):
    help = "停用检查接口令牌。Prints {department, name, revoked_at} as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--department", required=True, metavar="CODE")
        parser.add_argument("--name", required=True)

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        department = department_of(options["department"])
        token = revoke_check_token(department=department, name=options["name"], by=None)
        revoked_at = token.revoked_at.isoformat(timespec="seconds") if token.revoked_at else ""
        return {"department": department.code, "name": token.name, "revoked_at": revoked_at}
