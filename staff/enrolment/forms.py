"""The uploaded list, and the people ticked in the register."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Row
from django import forms
from django.http import QueryDict

from staff.access.forms import choice_field, form_helper
from staff.access.permissions import policy
from staff.enrolment.domain.lines import Line
from staff.register.models import Member

_MOST_BYTES = 5 * 1024 * 1024


class ListForm(forms.Form):
    """A list of people as a file, and the role of those for whom it names none."""

    helper: FormHelper

    file = forms.FileField(
        label="人员名单",
        help_text="Excel、WPS或ODS工作簿，或CSV，不超过5 MB。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.xlsb,.et,.ods,.csv,.txt"}),
        error_messages={"required": "请选择名单文件。", "empty": "所选文件是空的（0字节）。"},
    )
    role = forms.ChoiceField(label="名单未写角色时")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "role").choices = [(r.code, r.name) for r in policy().roles.values()]
        self.initial.setdefault("role", "member")
        self.helper = form_helper(
            Row(Column("file", css_class="col-md-8"), Column("role", css_class="col-md-4")),
            submit="核对名单（不建立账号）",
        )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > _MOST_BYTES:
            raise forms.ValidationError("名单超过5 MB，请删去无关的工作表或图片后重新上传。")
        return upload


def ticked_lines(data: QueryDict, members: Iterable[Member]) -> list[Line]:
    """The ticked people as lines, with the user name and role that stand beside them."""
    ticked = set(data.getlist("pick"))
    return [
        Line(
            row=0,
            full_name=member.full_name,
            staff_number=member.staff_number,
            username=data.get(f"username-{member.pk}", "").strip(),
            role=data.get(f"role-{member.pk}", ""),
            member=member.pk,
        )
        for member in members
        if str(member.pk) in ticked
    ]
