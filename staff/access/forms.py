"""What the forms of this app share: the layout with its button, and typed access to fields of choice."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms


def form_helper(*fields: Any, submit: str, action: str = "", style: str = "btn-primary") -> FormHelper:
    """Layout of `fields` with one submit button, sent to `action` ("": the page itself)."""
    made = FormHelper()
    made.form_action = action
    made.layout = Layout(*fields)
    made.add_input(Submit("submit", submit, css_class=style))
    return made


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The field `name` of the form, which is one of choice."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField), name
    return field


def row_field(form: forms.BaseForm, name: str) -> "forms.ModelChoiceField[Any]":
    """The field `name` of the form, which chooses among rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField), name
    return field
