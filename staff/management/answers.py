"""How the commands of this app answer: one line of JSON, or one sentence and exit 2."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from staff.actions.passwords import OneTimePassword


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
    """What the person at the terminal is told, this once."""
    return {
        "username": given.user.username,
        "name": given.user.full_name,
        "password": given.password,
        "expires_at": given.expires_at.isoformat(timespec="seconds"),
    }
