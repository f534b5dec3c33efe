"""Forms of the report pages."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from reports.archive.models import Report

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def helper(*fields: Any, submit: str = "", action: str = "") -> FormHelper:
    """A crispy helper with one layout and, when worded, a submit button."""
    made = FormHelper()
    made.form_action = action
    made.layout = Layout(*fields)
    if submit:
        made.add_input(Submit("submit", submit, css_class="btn-primary"))
    return made


class UnmaskForm(forms.Form):
    reason = forms.CharField(
        label="查看理由",
        min_length=4,
        max_length=200,
        help_text="理由与查看人、时间一并留痕；10分钟内有效。",
        error_messages={
            "required": "请写明查看身份信息的理由。",
            "min_length": "理由过短，请写明用途，例如“核对病理号”。",
        },
    )

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("reason", submit="显示身份信息", action=action)


class SystemForm(forms.ModelForm):
    class Meta:
        model = Report
        fields = ("system",)

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["system"].help_text = "按结局所示疾病归类（表B.1“…系统疾病”）；默认按检查部位。"
        self.helper = helper("system", submit="保存归类", action=action)
