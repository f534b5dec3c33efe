"""manage.py add_department CODE --name N --institution I --level tertiary|secondary|other"""

from argparse import ArgumentParser
from typing import Any

from staff.departments.actions import DepartmentValues, add_department
from staff.management.answers import AnswerCommand


class Command(AnswerCommand):
    help = (
        "建立科室（及其机构）。Prints {code, name, institution, level, created} as JSON; exit 2 when refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code")
        parser.add_argument("--name", required=True)
        parser.add_argument("--institution", required=True)
        # Not argparse's own choices: those would answer in English.
        parser.add_argument("--level", required=True, metavar="tertiary|secondary|other")

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        names = ("code", "name", "institution", "level")
        values = {name: options[name].strip() for name in names}
        _, created = add_department(DepartmentValues(**values), by=None)
        return values | {"created": created}
