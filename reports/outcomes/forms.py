"""Forms of the outcome pages: recording one, and assigning it to a report."""

from typing import Any

from crispy_forms.layout import HTML, Column, Row
from django import forms
from django.utils import timezone

from reports.archive.forms import helper
from reports.archive.models import Report
from reports.outcomes.models import Outcome
from staff.departments.models import Department

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OutcomeForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
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
    """Assign an outcome to a candidate report or to a report by number, or dismiss it."""

    choice = forms.ChoiceField(label="归入", widget=forms.RadioSelect)
    accession_number = forms.CharField(label="其他检查号", required=False, max_length=64)
    reason = forms.CharField(label="说明", required=False, max_length=300, help_text="不采用时必填。")

    def __init__(self, *args: Any, department: Department, candidates: list[Report], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department
        choice = self.fields["choice"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
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
