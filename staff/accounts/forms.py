"""Forms of accounts and roles."""

import re
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Row, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from staff.access.forms import choice_field, form_helper, row_field
from staff.access.permissions import policy
from staff.accounts.actions.accounts import END_NEEDED, ENDING_ROLES
from staff.accounts.models import User
from staff.departments.models import Department


class RoleForm(forms.Form):
    """A role, where it holds, and until when."""

    helper: FormHelper

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
        self,
        *args: Any,
        departments: Any,
        everywhere: bool,
        action: str = "",
        submit: str = "授予角色",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "role").choices = [
            ("", "请选择"),
            *((r.code, r.name) for r in policy().roles.values()),
        ]
        row_field(self, "department").queryset = departments
        if not everywhere:
            self.fields["department"].required = True
            row_field(self, "department").empty_label = "请选择"
            self.fields["department"].error_messages["required"] = "请选择科室。"
        self.helper = form_helper(*_ROLE_ROWS, submit=submit, action=action)

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
    Row(
        Column("expires_on", css_class="col-md-4"),
        Column("email", css_class="col-md-4"),
        Column("aliases", css_class="col-md-4"),
    ),
)


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no argument at run time
    """Who the person is. `aliases`: other names under which reports were signed, one per comma or line."""

    helper: FormHelper

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
        fields = ("username", "full_name", "staff_number", "expires_on", "email", "aliases")
        labels = {"username": "账号", "email": "邮箱"}
        help_texts = {"username": "登录用，建后不改。"}
        error_messages = {
            "username": {
                "required": "请填写账号。",
                "unique": "这个账号已经存在，请换一个账号名，或在列表中修改原有账号。",
            },
            "full_name": {"required": "请填写姓名。"},
            "email": {"invalid": "邮箱应写作 name@example.org 的样子。"},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The trail and the sessions know the account by this name.
        self.fields["username"].disabled = self.instance.pk is not None
        self.initial["aliases"] = "、".join(self.instance.aliases)
        self.helper = form_helper(*_PERSON_ROWS, submit="保存")

    def clean_full_name(self) -> str:
        return str(self.cleaned_data["full_name"]).strip()

    def clean_aliases(self) -> list[str]:
        parts = re.split(r"[、，,;；\n\r]+", self.cleaned_data["aliases"])
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def clean_expires_on(self) -> date | None:
        """A new day must not be in the past; an unchanged one is accepted, so others can be corrected."""
        day: date | None = self.cleaned_data["expires_on"]
        if day and day < timezone.localdate() and day != self.instance.expires_on:
            raise ValidationError(f"{day}已经过去，请填今天或以后的日期；要立即停止使用，请停用账号。")
        return day


class NewAccountForm(RoleForm, AccountForm):
    """A person and the first role: without one the account opens nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(*_PERSON_ROWS, *_ROLE_ROWS, submit="建立账号并生成一次性密码")
        another = Submit("next", "建立并继续下一个")
        another.field_classes = "btn"  # crispy makes every button a primary one
        self.helper.add_input(another)

    def clean(self) -> dict[str, Any]:
        super().clean()
        found: dict[str, Any] = self.cleaned_data
        if found.get("role") in ENDING_ROLES and "expires_on" not in self.errors and not found["expires_on"]:
            self.add_error("expires_on", END_NEEDED)
        return found
