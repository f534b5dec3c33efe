"""Forms of the conference pages."""

from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from audits.conferences.actions import MOST_CASES, CaseValues, ConferenceValues
from audits.conferences.models import Conference
from audits.fields import choice_field
from exporting.uploads import ACCEPT, HELP, Accepted, UploadRefusedError, accept
from reports.archive.models import Report
from staff.departments.models import Department
from staff.register.models import Member

_MOST_GUESTS = 60


class ConferenceForm(forms.Form):
    """The head of the record and the participants."""

    kind = forms.ChoiceField(label="类别", choices=Conference.Kind.choices)
    held_on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    title = forms.CharField(label="议题", max_length=120, error_messages={"required": "请填写议题。"})
    place = forms.CharField(label="地点", max_length=60, required=False)
    chair = forms.CharField(label="主持人", max_length=60, error_messages={"required": "请填写主持人。"})
    recorder = forms.CharField(label="记录人", max_length=60, error_messages={"required": "请填写记录人。"})
    members = forms.MultipleChoiceField(
        label="本科室参加人员", required=False, widget=forms.CheckboxSelectMultiple
    )
    guests = forms.CharField(
        label="其他参加人员",
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一人：姓名 科室，例如“高主任 胸外科”。",
    )
    summary = forms.CharField(
        label="小结",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="会议的共识、对今后工作的要求；各病例的结论写在病例下。",
    )

    def __init__(self, *args: Any, department: Department, earlier: tuple[Member, ...] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = list(Member.objects.filter(department=department).active().order_by("kind", "staff_number"))
        people += [
            member for member in earlier if member not in people
        ]  # members who left the department since then
        self._members = {str(member.pk): member for member in people}
        choice_field(self, "members").choices = [
            (pk, f"{member} {member.title}".strip()) for pk, member in self._members.items()
        ]

    def clean_held_on(self) -> date:
        day: date = self.cleaned_data["held_on"]
        if day > timezone.localdate():
            raise ValidationError(f"会议日期{day}尚未到来：会议召开后再登记。")
        return day

    def clean_guests(self) -> tuple[tuple[str, str], ...]:
        lines = [line.split(maxsplit=1) for line in self.cleaned_data["guests"].splitlines() if line.strip()]
        if len(lines) > _MOST_GUESTS:
            raise ValidationError(f"其他参加人员有{len(lines)}行，最多{_MOST_GUESTS}行。")
        guests = tuple((words[0], words[1].strip() if len(words) > 1 else "") for words in lines)
        long = next((name for name, unit in guests if len(name) > 60 or len(unit) > 60), None)
        if long:
            raise ValidationError(f"“{long[:20]}…”一行过长：姓名和科室各不超过60字，每行只写一人。")
        return guests

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("members") and not data.get("guests") and not self.errors:
            self.add_error("members", "请登记参加人员：勾选本科室人员，或填写其他参加人员。")
        return data

    def values(self, cases: tuple[CaseValues, ...]) -> ConferenceValues:
        """What was filled in, for the action."""
        data = dict(self.cleaned_data)
        data["members"] = tuple(self._members[pk] for pk in data["members"])
        return ConferenceValues(**data, cases=cases)


class CaseForm(forms.Form):
    """A report that was discussed; an empty line is ignored."""

    accession_number = forms.CharField(label="检查号", max_length=64, required=False)
    question = forms.CharField(
        label="讨论的问题", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    conclusion = forms.CharField(
        label="结论", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        number, conclusion = data.get("accession_number"), data.get("conclusion")
        if number and not conclusion:
            self.add_error("conclusion", "请填写讨论的结论。")
        if not number and (conclusion or data.get("question")):
            self.add_error("accession_number", "请填写讨论的病例的检查号。")
        return data


if TYPE_CHECKING:
    _BaseFormSet = forms.BaseFormSet[CaseForm]
else:
    _BaseFormSet = forms.BaseFormSet  # generic for type checkers only


class CaseFormSet(_BaseFormSet):
    """The cases of a conference, found by their numbers in one query."""

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department

    def clean(self) -> None:
        if any(form.errors for form in self.forms):
            return
        lines = [form.cleaned_data for form in self.forms if form.cleaned_data.get("accession_number")]
        numbers = [line["accession_number"] for line in lines]
        reports = Report.objects.filter(department=self.department, accession_number__in=numbers)
        found = {report.accession_number: report for report in reports}
        missing = [number for number in numbers if number not in found]
        if missing:
            raise ValidationError(f"{self.department}没有检查号为“{'、'.join(missing)}”的报告，请核对。")
        if not lines:
            raise ValidationError("请至少登记一例讨论的病例及其结论。")
        self.values = tuple(
            CaseValues(found[line["accession_number"]], line["question"], line["conclusion"])
            for line in lines
        )


def case_forms(extra: int) -> type[CaseFormSet]:
    """The formset with `extra` empty lines after the stored ones."""
    made = forms.formset_factory(
        CaseForm,
        formset=CaseFormSet,
        extra=extra,
        max_num=MOST_CASES,
        absolute_max=MOST_CASES,
        validate_max=True,
    )
    return cast(type[CaseFormSet], made)


class MinutesForm(forms.Form):
    """The signed minutes as a file."""

    file = forms.FileField(
        label="会议记录文件",
        help_text=HELP,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的（0字节），请重新选择。"},
    )

    def clean_file(self) -> Accepted:
        try:
            return accept(self.cleaned_data["file"])
        except UploadRefusedError as refused:
            raise ValidationError(str(refused)) from refused
