"""Forms of typed reports and of corrected metadata, in the order of Table A.1."""

from collections.abc import Container, Iterable
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils import timezone

from reports.archive.forms import helper
from reports.archive.models import Report
from reports.intake import kinds
from reports.intake.cells import Unreadable

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_MINUTE = "%Y-%m-%dT%H:%M"
HEAD_FIELDS = (
    "patient_name",
    "sex",
    "age",
    "birth_on",
    "patient_id",
    "patient_class",
    "requesting_department",
    "clinical_diagnosis",
    "modality",
    "examination_name",
    "body_part",
    "examined_at",
    "reported_at",
    "reporting_physician",
    "reviewing_physician",
    "signed_by",
    "operator",
)

_WIDE = ("clinical_diagnosis",)
IDENTITY = ("patient_name", "patient_id", "birth_on")  # masked on pages until a reason is given


def _minute() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTE)


TEXT_FIELDS = ("technique", "findings", "impression")
HEAD_WIDGETS: dict[str, forms.Widget] = {
    "birth_on": _DAY,
    "examined_at": _minute(),
    "reported_at": _minute(),
    "clinical_diagnosis": forms.Textarea(attrs={"rows": 2}),
}


class HeadForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The header fields of Table A.1, validated alike wherever they are entered."""

    def clean_age(self) -> str | None:
        return read_age(self.cleaned_data["age"])[0]

    def clean(self) -> dict[str, Any]:
        return checked_times(self, super().clean() or {})


class MetadataForm(HeadForm):
    """All fields of a report except its number and its texts."""

    class Meta:
        model = Report
        fields = HEAD_FIELDS
        widgets = HEAD_WIDGETS

    reason = forms.CharField(
        label="更正理由",
        max_length=300,
        help_text="例如：RIS导出时性别代码有误，已与申请单核对。",
        error_messages={"required": "请写明更正的理由。"},
    )

    def __init__(self, *args: Any, action: str = "", hidden: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in hidden:
            del self.fields[name]
        self.helper = helper(*head_layout(self.fields), "reason", submit="保存更正", action=action)


class EntryForm(HeadForm):
    """A whole report typed in."""

    class Meta:
        model = Report
        fields = ("accession_number", *HEAD_FIELDS, *TEXT_FIELDS)
        widgets = HEAD_WIDGETS | {
            "technique": forms.Textarea(attrs={"rows": 2}),
            "findings": forms.Textarea(attrs={"rows": 8}),
            "impression": forms.Textarea(attrs={"rows": 4}),
        }

    needed = ("modality", "examined_at", "findings", "impression")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.needed:
            self.fields[name].required = True
        self.helper = helper(*head_layout(self.fields), *TEXT_FIELDS, submit="保存报告")


class PasteForm(forms.Form):
    """A report as copied from the RIS."""

    text = forms.CharField(
        label="粘贴整份报告",
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="含“影像描述：”“诊断结论：”等小标题的全文；拆分后请逐项核对再保存。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("text", submit="拆分到各栏")


def head_layout(fields: Container[str]) -> tuple[Any, ...]:
    """The header fields of Table A.1 among `fields`: four per row, long texts over the full width."""
    names = [name for name in ("accession_number", *HEAD_FIELDS) if name in fields and name not in _WIDE]
    rows = [names[i : i + 4] for i in range(0, len(names), 4)]
    wide = [name for name in _WIDE if name in fields]
    return (*(Row(*(Column(name, css_class="col-md-3") for name in row)) for row in rows), *wide)


def read_age(text: str | None) -> tuple[str | None, int | None]:
    """An age in normalised form, and in days. ValidationError for an unknown unit."""
    if not text:
        return text, None
    try:
        return kinds.age(text)
    except Unreadable as error:
        raise forms.ValidationError(error.why) from error


def checked_times(form: forms.BaseForm, data: dict[str, Any]) -> dict[str, Any]:
    """Cleaned data; errors where a time is in the future or the report is before its examination."""
    examined, reported = data.get("examined_at"), data.get("reported_at")
    for name in ("examined_at", "reported_at"):
        if data.get(name) and data[name] > timezone.now():
            form.add_error(name, "这个时间尚未到来，请核对。")
    if examined and reported and reported < examined:
        form.add_error("reported_at", "报告时间早于检查时间，请核对。")
    return data
