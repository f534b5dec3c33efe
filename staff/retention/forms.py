"""Forms of periods and purges."""

from typing import Any

from django import forms

from staff.access.forms import form_helper

_LONGEST = 36_525  # days: a hundred years


class PeriodForm(forms.Form):
    days = forms.IntegerField(label="保存天数", min_value=1, max_value=_LONGEST)
    basis = forms.CharField(
        label="依据",
        max_length=300,
        help_text="文件名称与条款，或科室的决定。",
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, least: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].help_text = f"不少于{least}天。"
        self.helper = form_helper("days", "basis", submit="保存期限")


class PurgeForm(forms.Form):
    reason = forms.CharField(
        label="清除的理由",
        min_length=4,
        max_length=300,
        help_text="与申请人、确认人、数量一并留痕。",
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper("reason", submit="提交清除申请")
