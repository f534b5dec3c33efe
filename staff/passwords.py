"""Passwords: character classes, the last five, random single-use ones."""

import secrets
import string

from django.core.exceptions import ValidationError

_SIGNS = "!@#$%&*+-=?"


class CharacterClassesValidator:
    """At least three of: lower case, upper case, digits, signs (等保2.0 三级)."""

    def validate(self, password: str, user: object = None) -> None:
        classes = [str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum()]
        if sum(any(test(c) for c in password) for test in classes) < 3:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return "密码应包含大写字母、小写字母、数字、符号中的至少三类。"


def random_password(length: int = 14) -> str:
    """A password of all four classes, without the letters that are read wrongly (0 O 1 l I)."""
    pools = [
        "".join(c for c in string.ascii_lowercase if c not in "lo"),
        "".join(c for c in string.ascii_uppercase if c not in "IO"),
        "23456789",
        _SIGNS,
    ]
    letters = [secrets.choice(pool) for pool in pools]
    letters += [secrets.choice("".join(pools)) for _ in range(length - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)
