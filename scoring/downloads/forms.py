"""Form of a grant: which inspector may take a packet away, until which day."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone

from staff.accounts.models import User
from staff.conflicts.forms import VersionForm as VersionForm


class GrantForm(forms.Form):
    """An inspector of the department, and the last day."""

    inspector = forms.ModelChoiceField(
        User.objects.none(),
        label="检查专家",
        empty_label="请选择",
        error_messages={"required": "请选择检查专家。", "invalid_choice": "只能授权给本科室的检查专家账号。"},
    )
    until = forms.DateField(
        label="授权至",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写授权截止日。", "invalid": "授权截止日应写作 2025-09-30。"},
    )

    def __init__(self, *args: Any, inspectors: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[User]", self.fields["inspector"])
        field.queryset = User.objects.filter(pk__in=[user.pk for user in inspectors])
        self.fields["until"].initial = timezone.localdate() + timedelta(days=30)
