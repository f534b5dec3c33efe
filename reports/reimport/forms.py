"""The reason for correcting an import."""

from django import forms


class CorrectionForm(forms.Form):
    """更正导入."""

    reason = forms.CharField(
        label="更正理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：影像描述与诊断结论两列对应反了。不要写受检者姓名。",
        error_messages={"required": "请写明更正这次导入的理由。"},
    )
