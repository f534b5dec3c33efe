"""Forms of sign-in, accounts, roles, departments."""

import re
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from staff.actions.accounts import END_NEEDED, ENDING_ROLES
from staff.actions.departments import DepartmentValues
from staff.lockout import user_with_password
from staff.models import Department, Institution, User
from staff.permissions import policy

WRONG = (
    "账号或密码不正确，或该账号已停用。请核对账号、密码和大小写；"
    "连续输错5次将暂停登录15分钟，忘记密码请联系系统管理员重置。"
)
ENDED = "该账号的有效期已过，不能再登录。如仍需使用，请联系系统管理员延长账号有效期。"
EXPIRED = "一次性密码已超过24小时，不能再用。请联系系统管理员重新生成。"


def _helper(*fields: Any, submit: str, action: str = "", style: str = "btn-primary") -> FormHelper:
    made = FormHelper()
    made.form_action = action
    made.layout = Layout(*fields)
    made.add_input(Submit("submit", submit, css_class=style))
    return made


class SignInForm(AuthenticationForm):
    """Account and password; one sentence for everything that may be wrong."""

    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("username", "账号"), ("password", "密码")):
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = f"请输入{label}。"
        self.helper = _helper("username", "password", submit="登录")
        self.helper.form_tag = False
        # The summary of the forms says 没有保存; the page shows the one sentence itself.
        self.helper.form_show_errors = False

    def clean(self) -> dict[str, Any]:
        username, password = (self.cleaned_data.get(name) for name in ("username", "password"))
        if username and password:
            self.user_cache = user_with_password(self.request, username, password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        # Said only to someone who typed the right password: it tells a stranger nothing.
        if user.single_use_password_expired:
            raise ValidationError(EXPIRED, code="expired")
        if user.has_ended:
            raise ValidationError(ENDED, code="ended")


class OwnPasswordForm(PasswordChangeForm):
    """The present password and twice the new one; the rules are the settings' validators."""

    error_messages = {
        "password_incorrect": "当前密码不正确，请重新输入。",
        "password_mismatch": "两次输入的新密码不一致，请重新输入。",
    }

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request.user, *args, **kwargs)
        self.request = request
        words = {"old_password": "当前密码", "new_password1": "新密码", "new_password2": "再输入一次新密码"}
        for name, label in words.items():
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].error_messages["required"] = f"请输入{label}。"
        self.helper = _helper(*words, submit="保存新密码")

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        asked = {"action": "staff.password_change", "by": self.user}
        if user_with_password(self.request, self.user.username, old, **asked) != self.user:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old

    def clean(self) -> dict[str, Any]:
        # "One of the last five" would tell a stranger at an open session that a guess is the present one.
        return super().clean() if "old_password" in self.cleaned_data else self.cleaned_data


class RoleForm(forms.Form):
    """A role, where it holds, and until when."""

    role = forms.ChoiceField(label="角色", error_messages={"required": "请选择角色。"})
    department = forms.ModelChoiceField(
        Department.objects.none(), label="科室", required=False, empty_label="全部科室"
    )
    until = forms.DateField(
        label="有效期至",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="当日仍有效；长期有效请留空。",
        error_messages={"invalid": "日期应写作 2026-03-31 的样子。"},
    )

    def __init__(
        self, *args: Any, departments: Any, everywhere: bool, action: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "请选择"), *((r.code, r.name) for r in policy().roles.values())]
        self.fields["department"].queryset = departments
        if not everywhere:
            self.fields["department"].required = True
            self.fields["department"].empty_label = "请选择"
            self.fields["department"].error_messages["required"] = "请选择科室。"
        self.helper = _helper(*_ROLE_ROWS, submit="授予角色", action=action)

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until and until < timezone.localdate():
            raise ValidationError(f"{until}已经过去，请填今天或以后的日期，长期有效则留空。")
        return until


_ROLE_ROWS = (
    Row(
        Column("role", css_class="col-md-4"),
        Column("department", css_class="col-md-4"),
        Column("until", css_class="col-md-4"),
    ),
)
_PERSON_ROWS = (
    Row(
        Column("username", css_class="col-md-4"),
        Column("full_name", css_class="col-md-4"),
        Column("staff_number", css_class="col-md-4"),
    ),
    Row(Column("expires_on", css_class="col-md-4"), Column("aliases", css_class="col-md-8")),
)


class AccountForm(forms.ModelForm):
    """Who the person is. `aliases`: other names under which reports were signed, one per comma or line."""

    aliases = forms.CharField(
        label="报告署名",
        required=False,
        max_length=500,
        help_text="报告中与姓名不同的署名（曾用名、外文名等），用顿号或换行分开；用于识别本人参与的报告。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    expires_on = forms.DateField(
        label="账号有效期至",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="当日仍可登录，次日零时起不能登录；本院人员可留空，检查专家必填。",
        error_messages={"invalid": "日期应写作 2026-03-31 的样子。"},
    )

    class Meta:
        model = User
        fields = ("username", "full_name", "staff_number", "expires_on", "aliases")
        labels = {"username": "账号"}
        help_texts = {"username": "登录用，建后不改。"}
        error_messages = {
            "username": {
                "required": "请填写账号。",
                "unique": "这个账号已经存在，请换一个账号名，或在列表中修改原有账号。",
            },
            "full_name": {"required": "请填写姓名。"},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The trail and the sessions know the account by this name.
        self.fields["username"].disabled = self.instance.pk is not None
        self.initial["aliases"] = "、".join(self.instance.aliases)
        self.helper = _helper(*_PERSON_ROWS, submit="保存")

    def clean_full_name(self) -> str:
        return self.cleaned_data["full_name"].strip()

    def clean_aliases(self) -> list[str]:
        parts = re.split(r"[、，,;；\n\r]+", self.cleaned_data["aliases"])
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def clean_expires_on(self) -> date | None:
        """A new day may not have passed; one that stands is left alone, so that a name can be mended."""
        day: date | None = self.cleaned_data["expires_on"]
        if day and day < timezone.localdate() and day != self.instance.expires_on:
            raise ValidationError(f"{day}已经过去，请填今天或以后的日期；要立即停止使用，请停用账号。")
        return day


class NewAccountForm(RoleForm, AccountForm):
    """A person and the first role: without one the account opens nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(*_PERSON_ROWS, *_ROLE_ROWS, submit="建立账号并生成一次性密码")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean()
        if found.get("role") in ENDING_ROLES and "expires_on" not in self.errors and not found["expires_on"]:
            self.add_error("expires_on", END_NEEDED)
        return found


class DepartmentForm(forms.Form):
    """A department and the institution it belongs to."""

    code = forms.SlugField(
        label="科室代码",
        max_length=32,
        help_text="命令行和文件中使用的短代码，例如 RAD。",
        error_messages={"required": "请填写科室代码。", "invalid": "科室代码只能用字母、数字、- 和 _。"},
    )
    name = forms.CharField(
        label="科室名称", max_length=60, initial="放射科", error_messages={"required": "请填写科室名称。"}
    )
    institution = forms.CharField(
        label="机构名称", max_length=100, error_messages={"required": "请填写机构名称。"}
    )
    level = forms.ChoiceField(
        label="机构级别",
        choices=[("", "请选择"), *Institution.Level.choices],
        help_text="决定表B.1第1.5项如何计分（D-06）。对同一机构的所有科室有效。",
        error_messages={"required": "请选择机构级别。"},
    )
    one_step_reporting = forms.BooleanField(
        label="一步式报告",
        required=False,
        help_text=Department._meta.get_field("one_step_reporting").help_text,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(
            Row(Column("code", css_class="col-md-4"), Column("name", css_class="col-md-8")),
            Row(Column("institution", css_class="col-md-8"), Column("level", css_class="col-md-4")),
            "one_step_reporting",
            submit="保存",
        )

    def values(self) -> DepartmentValues:
        """What was filled in, for the action."""
        return DepartmentValues(**{name: self.cleaned_data[name] for name in self.base_fields})
