"""The version field of forms that change a stored row: the version the page showed."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django import forms

from staff.conflicts.versions import fingerprint

_STALE = {"required": "页面已过期，请刷新后重试。", "invalid": "页面已过期，请刷新后重试。"}
_Form = TypeVar("_Form", bound=forms.BaseForm)


class VersionForm(forms.Form):
    """A form or button on a row that counts its versions."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=_STALE)


def with_version(form: _Form, shown: Mapping[str, Any]) -> _Form:
    """The form, its version the fingerprint of what it shows: for a row that does not count its versions."""
    form.fields["version"] = forms.CharField(
        widget=forms.HiddenInput, initial=fingerprint(shown), max_length=64, error_messages=_STALE
    )
    if helper := getattr(form, "helper", None):
        helper.render_hidden_fields = True
    return form
