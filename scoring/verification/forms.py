"""The form of the page 验真."""

from typing import Any

from django import forms

from scoring.content.seal import read_printed
from scoring.packet.signature import read_fingerprint

MOST_BYTES = 50_000_000  # what the verifier reads at all; a packet has half a megabyte
_LONGEST = 300


class VerifyForm(forms.Form):
    """A packet's file; optionally the hash printed on paper and the fingerprint the hospital published."""

    file = forms.FileField(
        label="迎检包文件",
        widget=forms.FileInput(attrs={"accept": ".pdf,.json,.xlsx"}),
        error_messages={"required": "请选择要核验的文件。", "empty": "所选文件是空的（0字节）。"},
    )
    printed = forms.CharField(
        label="封面所印的内容校验值，或扫验真码得到的文字（可不填）",
        max_length=_LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    fingerprint = forms.CharField(
        label="医院公布的签章证书指纹（可不填）",
        max_length=_LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(
                f"文件有{upload.size / 1_000_000:.0f} MB，上限为{MOST_BYTES // 1_000_000} MB：不是迎检包。"
            )
        return upload

    def clean_printed(self) -> str:
        text = self.cleaned_data["printed"]
        found = read_printed(text)
        if text.strip() and not found:
            raise forms.ValidationError(
                "内容校验值是十六进制数字（至少前8位）：请照封面抄写，或粘贴验真码文字。"
            )
        return found

    def clean_fingerprint(self) -> str:
        text = self.cleaned_data["fingerprint"]
        found = read_fingerprint(text)
        if text.strip() and not found:
            raise forms.ValidationError("证书指纹是64位十六进制数字，可带空格或冒号。")
        return found
