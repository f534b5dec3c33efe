"""The layout that forms of reports share."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit


def helper(*fields: Any, submit: str = "", action: str = "") -> FormHelper:
    """A crispy-forms helper with one layout and, when `submit` is given, a submit button."""
    made = FormHelper()
    made.form_action = action
    made.layout = Layout(*fields)
    if submit:
        made.add_input(Submit("submit", submit, css_class="btn-primary"))
    return made
