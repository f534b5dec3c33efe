"""Fields of a form by name, with the type that offers choices or rows: `form.fields` holds plain fields."""

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
