"""The reason for which a request is turned down."""

from crispy_forms.helper import FormHelper
from django import forms

from staff.access.forms import form_helper


class RefuseForm(forms.Form):
    """A reason; the requester reads it."""

    helper: FormHelper

    reason = forms.CharField(
        label="拒绝的理由", max_length=200, error_messages={"required": "请填写拒绝的理由。"}
    )

    def __init__(self, *args: object, action: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on
        self.helper = form_helper("reason", submit="拒绝", action=action, style="btn")
