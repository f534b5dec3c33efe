"""The form of the page 验真."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from scoring.content.seal import read_printed
from scoring.packet.signature import read_fingerprint
from scoring.verification.sources import Limits, is_archive, is_wanted

MOST_BYTES = 50_000_000  # what the verifier reads at all; a packet has half a megabyte
MOST_FILES = 100  # of one request; more are checked by manage.py verify_packet
MOST_TOGETHER = 100_000_000
ARCHIVE_LIMITS = Limits(entries=MOST_FILES * 4, unpacked=2 * MOST_TOGETHER)
_LONGEST = 300


class _ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class _ManyFilesField(forms.FileField):
    """Any number of files, also empty ones: each is answered by its name."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        return [file for file in data or [] if file]


class VerifyForm(forms.Form):
    """Packet files, or a folder; optionally the printed hash and the fingerprint the hospital published."""

    file = _ManyFilesField(
        label="迎检包文件，可选多个；也可以是放有多份的ZIP压缩包",
        required=False,
        widget=_ManyFilesInput(attrs={"accept": ".pdf,.json,.xlsx,.zip"}),
    )
    folder = _ManyFilesField(
        label="或选择一个文件夹（含子文件夹）",
        required=False,
        widget=_ManyFilesInput(attrs={"webkitdirectory": True}),
    )
    printed = forms.CharField(
        label="封面所印的内容校验值，或扫验真码得到的文字（可不填，只用于一份）",
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

    @property
    def uploads(self) -> "list[UploadedFile[Any]]":
        """What was chosen, without what lies beside the packets of a folder."""
        folder = [file for file in self.cleaned_data["folder"] if is_wanted(file.name)]
        return [*self.cleaned_data["file"], *folder]

    @property
    def is_single(self) -> bool:
        """One file that is no archive: answered at length."""
        return len(self.uploads) == 1 and not is_archive(self.uploads[0])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if problem := self._upload_problem():
            self.add_error("file", problem)
        elif found.get("printed") and not self.is_single:
            self.add_error("printed", "内容校验值只用于核验一份文件：请只选一份，或不填。")
        return found

    def _upload_problem(self) -> str:
        files = self.uploads
        if not files:
            chosen = self.cleaned_data["folder"]
            nothing = "所选文件夹里没有PDF、JSON、Excel或ZIP文件。"
            return nothing if chosen else "请选择要核验的文件。"
        if len(files) > MOST_FILES:
            return f"选了{len(files)}个文件，一次最多{MOST_FILES}个：请分批核验，或改用命令 verify_packet。"
        if sum(file.size or 0 for file in files) > MOST_TOGETHER:
            return f"所选文件合计超过{MOST_TOGETHER // 1_000_000} MB：请分批核验。"
        if self.is_single and not files[0].size:
            return "所选文件是空的（0字节）。"
        if self.is_single and (files[0].size or 0) > MOST_BYTES:
            size, most = (files[0].size or 0) / 1_000_000, MOST_BYTES // 1_000_000
            return f"文件有{size:.0f} MB，上限为{most} MB：不是迎检包。"
        return ""

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
