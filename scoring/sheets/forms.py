"""Forms of the sheet pages. Rules that need the sheet itself are asked by the actions."""

from typing import Any

from django import forms

from staff.conflicts.forms import VersionForm


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


class SignForm(VersionForm):
    """A signature; `seen` names the warnings that the page showed, where there are any."""

    seen = forms.CharField(required=False, max_length=16)

    def __init__(self, *args: Any, token: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._token = token

    def clean_seen(self) -> str:
        seen: str = self.cleaned_data["seen"]
        if self._token and seen != self._token:
            raise forms.ValidationError(
                "签发前请核对所列各项，并勾选“已知悉”；页面打开之后又有变化的，请重新核对。"
            )
        return seen


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
