"""Forms of the text checks: a ruling, a rule's switch, its restoration."""

from django import forms

VERDICTS = (("confirm", "确认"), ("dismiss", "驳回"), ("reopen", "重新核对"))


def _reason(missing: str = "") -> forms.CharField:
    """The field of the reason; `missing`: the error without one, when it is required."""
    errors = {"max_length": "理由有%(show_value)s个字，上限为300个。"}
    if missing:
        errors["required"] = missing
    return forms.CharField(label="理由", max_length=300, required=bool(missing), error_messages=errors)


class RulingForm(forms.Form):
    """A ruling on the version of the finding that the page showed."""

    version = forms.IntegerField(min_value=0, max_value=2_000_000_000)
    verdict = forms.ChoiceField(choices=VERDICTS)
    reason = _reason()


class SwitchForm(forms.Form):
    """Switch a rule in the department or in one of its import sources."""

    enabled = forms.ChoiceField(choices=(("1", "启用"), ("0", "停用")))
    source = forms.CharField(required=False, max_length=18)
    version = forms.CharField(max_length=64, error_messages={"required": "页面已过期，请刷新后重试。"})
    reason = _reason()


class RestoreForm(forms.Form):
    """Restore the severity of a demoted rule."""

    reason = _reason("恢复规则请写明理由，不超过300个字。")


def errors_text(form: forms.BaseForm) -> str:
    """All errors of a form in one text, for a page that shows them outside the form."""
    return "".join(str(error) for errors in form.errors.values() for error in errors)
