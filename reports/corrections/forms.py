"""Forms that correct an outcome."""

from typing import Any

from crispy_forms.layout import Column, Row
from django import forms

from reports.archive.forms import helper
from reports.archive.models import Report
from reports.outcomes.models import Outcome
from staff.departments.models import Department


def _reason(example: str) -> forms.CharField:
    return forms.CharField(
        label="理由",
        max_length=300,
        help_text=f"例如：{example}",
        error_messages={"required": "请写明理由。"},
    )


_UNCHANGED = "含受检者身份信息，不在此显示。留空则不改。"


class EditOutcomeForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What was registered. What identifies the patient is not shown: it is left as it is or typed anew."""

    class Meta:
        model = Outcome
        fields = ("kind", "observed_on", "text", "recorded_by", "given_accession", "given_examined_on")
        widgets = {
            "observed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "given_examined_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "text": forms.Textarea(attrs={"rows": 3}),
        }

    new_text = forms.CharField(
        label="结局内容", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_UNCHANGED
    )
    new_patient_id = forms.CharField(
        label="受检者ID", required=False, max_length=100, help_text="留空则不改。"
    )
    new_patient_name = forms.CharField(label="姓名", required=False, max_length=100, help_text="留空则不改。")
    reason = _reason("病理科更正报告。")

    def __init__(self, *args: Any, action: str = "", with_text: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown, hidden = ("text", "new_text") if with_text else ("new_text", "text")
        del self.fields[hidden]
        self.helper = helper(
            "kind",
            Row(Column("observed_on"), Column("recorded_by")),
            shown,
            Row(Column("given_accession"), Column("given_examined_on")),
            Row(Column("new_patient_id"), Column("new_patient_name")),
            "reason",
            submit="保存更正",
            action=action,
        )


class RematchForm(forms.Form):
    """Match the outcome to another report by its number."""

    accession_number = forms.CharField(label="检查号", max_length=64)
    reason = _reason("该结局属于同一患者的另一次检查。")

    def __init__(self, *args: Any, department: Department, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department
        self.helper = helper("accession_number", "reason", submit="改归这份报告", action=action)

    def clean_accession_number(self) -> Report:
        number = self.cleaned_data["accession_number"].strip()
        report: Report | None = Report.objects.filter(
            department=self.department, accession_number=number
        ).first()
        if report is None:
            raise forms.ValidationError(f"本科室没有检查号为“{number}”的报告。")
        return report


class WithdrawForm(forms.Form):
    reason = _reason("登记重复。")

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("reason", submit="撤回这条结局", action=action)
