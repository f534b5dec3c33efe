"""Forms of the import pages: the upload and the column mapping."""

from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.conf import settings

from reports.archive.forms import helper
from reports.imports.models import ImportSource


class UploadForm(forms.Form):
    """A file to import, and where it comes from."""

    kind = forms.ChoiceField(label="内容", choices=ImportSource.Kind.choices)
    source = forms.CharField(
        label="来源名称",
        max_length=60,
        initial="RIS导出",
        help_text="同一来源的列对应会被记住，下次导入不必再选。",
        widget=forms.TextInput(attrs={"list": "known-sources", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="文件",
        help_text="CSV（UTF-8、GB18030）或 Excel 工作簿（.xlsx），不超过100 MB。",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={"required": "请选择要导入的文件。", "empty": "所选文件是空的（0字节），请重新导出。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(
            Row(
                Column("kind", css_class="col-md-3"),
                Column("source", css_class="col-md-4"),
                Column("file", css_class="col-md-5"),
            ),
            submit="上传并核对",
        )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > settings.QC_UPLOAD_MAX_BYTES:
            found = upload.size / 1024 / 1024
            raise forms.ValidationError(f"文件有{found:.0f} MB，上限为100 MB；请按月份分次导出。")
        return upload


class MappingForm(forms.Form):
    """Which column is which element: one choice per column of the file."""

    def __init__(
        self,
        *args: Any,
        headers: list[str],
        fields: list[tuple[str, str]],
        suggested: dict[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "不导入"), *fields]
        self.headers = headers
        for index, header in enumerate(headers):
            self.fields[f"c{index}"] = forms.ChoiceField(
                label=header or f"（第{index + 1}列无表头）",
                choices=choices,
                required=False,
                initial=suggested.get(header, ""),
                widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
            )

    def mapping(self) -> dict[str, str]:
        """Header → field for every column given a meaning."""
        chosen = {h: self.cleaned_data[f"c{i}"] for i, h in enumerate(self.headers)}
        return {header: name for header, name in chosen.items() if name}
