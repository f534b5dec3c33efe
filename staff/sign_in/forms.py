"""Forms of sign-in and of the own password."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from staff.access.forms import form_helper
from staff.access.requests import SignedInRequest
from staff.accounts.models import User
from staff.second_factor.forms import code_field
from staff.sign_in.directory_errors import UNAVAILABLE, DirectoryUnavailableError
from staff.sign_in.lockout import is_right_code, user_with_password
from staff.sign_in.opening import DIRECTORY, PASSWORD

WRONG = (
    "账号或密码不正确，或该账号已停用。请核对账号、密码和大小写；"
    "连续输错5次将暂停登录15分钟，忘记密码请联系系统管理员重置。"
)


ENDED = "该账号的有效期已过，不能再登录。如仍需使用，请联系系统管理员延长账号有效期。"


WRONG_CODE = (
    "验证码不正确或已用过。请核对手机时间，等验证器显示新的数字后再输入；连续输错5次将暂停登录15分钟。"
)


EXPIRED = "一次性密码已过期，不能再用。请联系系统管理员重新生成。"


class SignInForm(AuthenticationForm):
    """Account and password; one sentence for everything that may be wrong."""

    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("username", "账号"), ("password", "密码")):
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = f"请输入{label}。"
        self.helper = form_helper("username", "password", submit="登录")
        self.helper.form_tag = False
        # The summary of the forms says 没有保存; the page shows the one sentence itself.
        self.helper.form_show_errors = False

    def clean(self) -> dict[str, Any]:
        assert self.request is not None, "the page passes it"
        username, password = (self.cleaned_data.get(name) for name in ("username", "password"))
        if username and password:
            try:
                self.user_cache = user_with_password(self.request, username, password)
            except DirectoryUnavailableError as error:
                raise ValidationError(UNAVAILABLE, code="unavailable") from error
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data

    @property
    def source(self) -> str:
        """Which password was right: the app's own, or that of the hospital's directory."""
        backend = getattr(self.user_cache, "backend", "")  # set by Django's `authenticate`
        return DIRECTORY if backend.endswith("DirectoryBackend") else PASSWORD

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        # Shown only after the right password, so that a stranger learns nothing.
        if self.source == PASSWORD and user.single_use_password_expired:
            raise ValidationError(EXPIRED, code="expired")
        if user.has_ended:
            raise ValidationError(ENDED, code="ended")


class SignInCodeForm(forms.Form):
    """The second step of signing in."""

    code = code_field("验证码", "打开手机上的验证器，输入现在显示的6位数字；手机不在身边时输入一个恢复码。")

    def __init__(self, request: HttpRequest, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.request, self.user = request, user
        self.fields["code"].widget.attrs["autofocus"] = True
        self.helper = form_helper("code", submit="登录")
        self.helper.form_show_errors = False

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_right_code(self.request, self.user, code, action="staff.sign_in_code"):
            raise ValidationError(WRONG_CODE, code="wrong")
        return code


class OwnPasswordForm(PasswordChangeForm):
    """The present password and twice the new one; the rules are the settings' validators."""

    error_messages = {
        "password_incorrect": "当前密码不正确，请重新输入。",
        "password_mismatch": "两次输入的新密码不一致，请重新输入。",
    }

    def __init__(self, request: SignedInRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request.user, *args, **kwargs)
        self.request = request
        words = {"old_password": "当前密码", "new_password1": "新密码", "new_password2": "再输入一次新密码"}
        for name, label in words.items():
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].error_messages["required"] = f"请输入{label}。"
        self.helper = form_helper(*words, submit="保存新密码")

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        user, name = self.user, self.user.username
        if user_with_password(self.request, name, old, action="staff.password_change", by=user) != user:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old

    def clean(self) -> dict[str, Any]:
        # "One of the last five" would confirm a guessed password to a stranger at an open session.
        if "old_password" in self.cleaned_data:
            super().clean()
        return self.cleaned_data
