"""The code that proves a new device."""

from django import forms


def code_field(label: str = "验证码", help_text: str = "") -> forms.CharField:
    """A field for a code of the device; digits on a telephone's keyboard, filled in by the browser."""
    attrs = {"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}
    field = forms.CharField(
        label=label, max_length=50, help_text=help_text, widget=forms.TextInput(attrs=attrs)
    )
    field.error_messages["required"] = f"请输入{label}。"
    return field


class SetUpForm(forms.Form):
    """The first code of a new device."""

    code = code_field("验证器显示的6位数字")

    code.widget.attrs["inputmode"] = "numeric"
