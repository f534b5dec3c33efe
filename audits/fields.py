"""Fields of a form by name, typed as fields of choices or of rows: `form.fields` is typed as plain fields."""

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
