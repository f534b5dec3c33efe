"""Forms of the sheet pages. Rules that need the sheet itself are asked by the actions."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from staff.forms_version import VersionForm as VersionForm
from staff.models import User


class ReasonForm(VersionForm):
    """An act that needs a reason: return, correction. The action says which one is missing."""

    reason = forms.CharField(
        label="理由",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "理由最多2000字，请精简。"},
    )
    reopen = forms.BooleanField(label="同时重开评审", required=False)


class RowForm(VersionForm):
    """Parts of a row; a part that was not sent stays as it is."""

    state = forms.CharField(max_length=12, required=False)
    reason = forms.CharField(required=False, max_length=5000, error_messages={"max_length": "扣分理由过长。"})
    remark = forms.CharField(required=False, max_length=5000, error_messages={"max_length": "备注过长。"})
    differs_reason = forms.CharField(
        required=False, max_length=5000, error_messages={"max_length": "与建议不同的理由过长。"}
    )

    def sent(self) -> dict[str, str]:
        """Only what the request named."""
        names = ("state", "reason", "remark", "differs_reason")
        return {name: self.cleaned_data[name] for name in names if name in self.data}


class EvidenceForm(VersionForm):
    """机构提供的资料: title, date, note."""

    title = forms.CharField(
        label="资料名称",
        max_length=200,
        error_messages={
            "required": "请填写资料名称，例如“影像报告书写规范（2025版）”。",
            "max_length": "资料名称最多200字。",
        },
    )
    dated_on = forms.DateField(
        label="日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "资料日期应写作 2025-09-30。"},
    )
    note = forms.CharField(
        label="说明", max_length=500, required=False, error_messages={"max_length": "说明最多500字。"}
    )


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
        self.fields["inspector"].queryset = User.objects.filter(pk__in=[user.pk for user in inspectors])
        self.fields["until"].initial = timezone.localdate() + timedelta(days=30)
