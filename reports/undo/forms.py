"""The reason for undoing an import."""

from django import forms


class UndoForm(forms.Form):
    """撤销导入."""

    reason = forms.CharField(
        label="撤销理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：影像描述与诊断结论两列对应反了。",
        error_messages={"required": "请写明撤销这次导入的理由。"},
    )
