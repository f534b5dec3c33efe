"""Forms of the report page: unmasking the identity, and the stratum."""

from typing import Any

from django import forms

from reports.archive.forms import helper
from reports.archive.models import Report


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


class SystemForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Report
        fields = ("system",)

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["system"].help_text = "按结局所示疾病归类（表B.1“…系统疾病”）；默认按检查部位。"
        self.helper = helper("system", submit="保存归类", action=action)
