"""Passwords: character classes, words near at hand, the last five, random single-use ones."""

import secrets
import string
from collections.abc import Callable
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator, UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError

from staff.accounts.domain.common_passwords import is_common

_SIGNS = "!@#$%*+-=?"


class LengthValidator:
    """At least ten characters. Django's own says so in English: its catalogue lacks the sentence."""

    shortest = 10

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.shortest:
            found = f"密码太短：现有{len(password)}个字符，至少应有{self.shortest}个。"
            raise ValidationError(found, code="password_too_short")

    def get_help_text(self) -> str:
        return f"至少{self.shortest}个字符。"


def _is_sign(character: str) -> bool:
    return not character.isalnum()


class CharacterClassesValidator:
    """At least three of: lower case, upper case, digits, signs (等保2.0 三级)."""

    def validate(self, password: str, user: object = None) -> None:
        classes: tuple[Callable[[str], bool], ...] = (str.islower, str.isupper, str.isdigit, _is_sign)
        if sum(any(test(c) for c in password) for test in classes) < 3:
            raise ValidationError(f"密码{self.get_help_text()}", code="password_classes")

    def get_help_text(self) -> str:
        return "应包含大写字母、小写字母、数字、符号中的至少三类。"


class CommonValidator(CommonPasswordValidator):
    """None of the 20,000 passwords that are tried first."""

    def get_error_message(self) -> str:
        return "这个密码太常见，容易被猜到，请换一个。"

    def get_help_text(self) -> str:
        return "不能是常见密码。"


class ChineseCommonValidator:
    """Nothing made of pinyin names, known words, neighbouring keys, dates and telephone numbers alone."""

    def validate(self, password: str, user: Any = None) -> None:
        if is_common(password):
            raise ValidationError(
                "这个密码只由拼音姓名或常用词、键盘顺序、日期、电话号码等组成，容易被猜到，请换一个。",
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return "不能只由拼音姓名或常用词、键盘顺序（如qwe123）、日期、电话号码组成。"


class SimilarityValidator(UserAttributeSimilarityValidator):
    """Nothing like the account's name or number."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("username", "full_name", "staff_number"))

    def get_error_message(self) -> str:
        return "密码与您的账号、姓名或工号太相似，请换一个。"

    def get_help_text(self) -> str:
        return "不能与本人账号、姓名或工号相似。"


class LocalWordsValidator:
    """No words anyone in the house would try first: the account's own, the product's, the trade's."""

    words = ("qcportal", "radiology", "hospital", "yiyuan", "fangshe", "yingxiang", "zhikong", "pacs")

    def validate(self, password: str, user: Any = None) -> None:
        own = (getattr(user, "username", ""), getattr(user, "staff_number", ""))
        lowered = password.lower()
        found = next((w for w in (*own, *self.words) if len(w) >= 4 and w.lower() in lowered), None)
        if found:
            raise ValidationError(
                f"密码中不应含有“{found}”：账号、工号和医院、科室的常用词容易被猜到。", code="local_word"
            )

    def get_help_text(self) -> str:
        return "不能含有医院、科室的常用词。"


class LastFiveValidator:
    """None of the last five passwords of the account, the present one among them."""

    size = 5

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        earlier = list(user.password_records.values_list("password", flat=True)[: self.size])
        if any(check_password(password, encoded) for encoded in {user.password, *earlier}):
            raise ValidationError(self.get_help_text(), code="password_used")

    def get_help_text(self) -> str:
        return "不能使用最近五次用过的密码。"


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
