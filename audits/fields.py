"""Fields that several forms share, and fields by name with their type, which `form.fields` does not have."""

from typing import Any

from django import forms


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The choice field of this name."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


def model_field(form: forms.BaseForm, name: str) -> "forms.ModelChoiceField[Any]":
    """The field of this name that offers rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field


def date_input() -> forms.DateInput:
    """The browser's own date field."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def text_field(label: str, *, rows: int = 2, required: str = "", max_length: int = 2000) -> forms.CharField:
    """A text area; `required`: the error message when it is left empty, "" for an optional field."""
    return forms.CharField(
        label=label,
        widget=forms.Textarea(attrs={"rows": rows}),
        required=bool(required),
        max_length=max_length,
        error_messages={"required": required} if required else {},
    )
