"""Forms of the report pages."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Layout, Row, Submit
from django import forms
from django.conf import settings
from django.utils import timezone

from reports.models import ImportSource, Outcome, Report
from staff.models import Department

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def helper(*fields: Any, submit: str = "", action: str = "") -> FormHelper:
    """A crispy helper with one layout and, when worded, a submit button."""
    made = FormHelper()
    made.form_action = action
    made.layout = Layout(*fields)
    if submit:
        made.add_input(Submit("submit", submit, css_class="btn-primary"))
    return made


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


class OutcomeForm(forms.ModelForm):
    """A typed outcome of one report."""

    class Meta:
        model = Outcome
        fields = ("kind", "observed_on", "text", "recorded_by")
        widgets = {"observed_on": _DATE, "text": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"text": {"required": "请填写结局内容，例如病理诊断原文。"}}

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(
            Row(Column("kind"), Column("observed_on"), Column("recorded_by")),
            "text",
            submit="登记结局",
            action=action,
        )

    def clean_observed_on(self) -> Any:
        day = self.cleaned_data["observed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(f"结局日期{day}尚未到来，请核对。")
        return day


class MatchForm(forms.Form):
    """Tie an outcome to one of the candidate reports, to a report by number, or set it aside."""

    choice = forms.ChoiceField(label="归入", widget=forms.RadioSelect)
    accession_number = forms.CharField(label="其他检查号", required=False, max_length=64)
    reason = forms.CharField(label="说明", required=False, max_length=300, help_text="不采用时必填。")

    def __init__(self, *args: Any, department: Department, candidates: list[Report], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department
        self.fields["choice"].choices = [
            *((str(r.pk), r.accession_number) for r in candidates),
            ("other", "其他报告（填写检查号）"),
            ("dismiss", "不采用这条结局"),
        ]
        self.helper = helper("choice", "accession_number", "reason", HTML(""), submit="确认")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        choice, number = data.get("choice"), (data.get("accession_number") or "").strip()
        data["report"] = None
        if choice == "other":
            data["report"] = Report.objects.filter(
                department=self.department, accession_number=number
            ).first()
            if data["report"] is None:
                self.add_error("accession_number", f"本科室没有检查号为“{number or '空'}”的报告。")
        elif choice == "dismiss":
            if not (data.get("reason") or "").strip():
                self.add_error("reason", "不采用结局时请写明理由。")
        elif choice:
            data["report"] = Report.objects.get(pk=int(choice), department=self.department)
        return data
