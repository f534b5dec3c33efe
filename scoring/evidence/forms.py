"""Forms of the evidence register. What needs the register itself is asked by the actions."""

from datetime import date
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils import timezone

from exporting.uploads import ACCEPT, HELP, Accepted, UploadRefusedError, accept
from scoring.evidence.actions import DocumentValues
from scoring.evidence.models import EvidenceDocument
from staff.conflicts.forms import VersionForm
from staff.departments.models import Department
from staff.register.models import Member
from standards.loader import current_edition

_DAY = {"invalid": "日期应写作 2026-01-31。"}


def _day(label: str, *, required: bool = False, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    messages = _DAY | {"required": f"请填写{label}。"}
    return forms.DateField(
        label=label, required=required, help_text=help_text, widget=widget, error_messages=messages
    )


def kind_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The kinds under their rows of Table B.1."""
    edition = current_edition()
    return [
        (
            f"第{found.row}行　{edition.sheet.rows_by_id[found.row].content_zh[:28]}",
            [(kind.code, kind.name_zh) for kind in found.documents],
        )
        for found in edition.evidence
    ]


class DocumentForm(VersionForm):
    """A document: title and kinds, validity, owner, file."""

    title = forms.CharField(
        label="资料名称",
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": "放射影像检查报告书写规范"}),
        error_messages={"required": "请填写资料名称，例如“影像报告书写规范”。"},
    )
    version_label = forms.CharField(
        label="版本", max_length=40, required=False, widget=forms.TextInput(attrs={"placeholder": "2026版"})
    )
    kinds = forms.MultipleChoiceField(
        label="资料类别",
        widget=forms.CheckboxSelectMultiple,
        help_text="一份文件可用于几类、几行；类别决定它列在评分表的哪一行之下。",
        error_messages={"required": "请至少勾选一个资料类别。"},
    )
    valid_from = _day("生效日期", required=True, help_text="当日即有效；会议记录等填当天。")
    valid_until = _day("有效期至", help_text="当日仍有效；长期有效请留空。")
    review_due_on = _day("复审日期", help_text="到期前后在工作台提醒；不影响有效性。")
    owner = forms.ModelChoiceField(
        Member.objects.none(), label="负责人", required=False, empty_label="不在登记表中"
    )
    owner_name = forms.CharField(label="负责人姓名（不在登记表中的）", max_length=60, required=False)
    conference_period = forms.ChoiceField(
        label="讨论会召开周期",
        required=False,
        choices=[("", "未规定"), *EvidenceDocument.ConferencePeriod.choices],
        help_text="仅用于疑难病例讨论制度：按文件规定的周期选择，第1.4行据此核对；文件须一并上传。",
    )
    note = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "文号、存放处、页数等；请勿填写患者信息"}),
    )
    file = forms.FileField(
        label="文件",
        required=False,
        help_text=HELP,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"empty": "文件是空的（0字节），请重新选择。"},
    )

    def __init__(
        self, *args: Any, department: Department, submit: str, file_name: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].required = False
        cast(forms.MultipleChoiceField, self.fields["kinds"]).choices = kind_choices()
        people = Member.objects.filter(department=department).active()
        cast("forms.ModelChoiceField[Member]", self.fields["owner"]).queryset = people.order_by(
            "kind", "staff_number"
        )
        if file_name:
            self.fields["file"].disabled = True
            words = "文件更新请登记新版本，上传有误请撤回后另行登记。"
            self.fields["file"].help_text = f"已有文件“{file_name}”。{words}"
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "version",
            Row(Column("title", css_class="col-md-8"), Column("version_label", css_class="col-md-4")),
            "kinds",
            Row(*(Column(n, css_class="col-md-4") for n in ("valid_from", "valid_until", "review_due_on"))),
            Row(Column("owner", css_class="col-md-6"), Column("owner_name", css_class="col-md-6")),
            Row(Column("conference_period", css_class="col-md-4"), Column("note", css_class="col-md-8")),
            "file",
        )
        self.helper.add_input(Submit("submit", submit, css_class="btn-primary"))

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or 0

    def clean_file(self) -> Accepted | None:
        upload = self.cleaned_data.get("file")
        if not upload:
            return None
        try:
            return accept(upload)
        except UploadRefusedError as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("valid_from"), found.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", f"早于生效日期（{first}）。")
        return found

    def values(self) -> DocumentValues:
        """What was filled in, for the action; the file and the version go apart."""
        given = {name: v for name, v in self.cleaned_data.items() if name not in ("file", "version")}
        return DocumentValues(**given)


class WithdrawForm(VersionForm):
    """撤回: why."""

    reason = forms.CharField(
        label="撤回的理由",
        max_length=200,
        help_text="登记有误时用；废止或更新的制度请填有效期或登记新版本。",
        error_messages={"required": "撤回须写明理由。"},
    )

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_action = action
        self.helper.layout = Layout("version", "reason")
        self.helper.add_input(Submit("submit", "撤回这份资料", css_class=""))


def asked_year(given: str | None) -> int:
    """The year a page asks for; this year for anything that is none."""
    today: date = timezone.localdate()
    if given and given.isdecimal() and len(given) == 4 and 2000 <= int(given) <= today.year + 1:
        return int(given)
    return today.year
