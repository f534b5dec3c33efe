"""Forms of unmasked packets: to ask for one, to let it out until a day, to refuse or take it back."""

from datetime import timedelta
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.conf import settings
from django.utils import timezone

from scoring.unmasking.models import LONGEST_REASON, LONGEST_RECEIVER
from staff.accounts.models import User

_NO_NAMES = "不写受检者的姓名或编号；最多{}字。"


def _helper(form: forms.Form, *, action: str, submit: str, style: str = "btn-primary") -> FormHelper:
    made = FormHelper()
    made.form_action = action
    made.layout = Layout(*form.fields)
    made.add_input(Submit("submit", submit, css_class=style))
    return made


def _reason(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=help_text + _NO_NAMES.format(LONGEST_REASON),
        error_messages={
            "required": f"请填写{label}。",
            "max_length": f"{label}最多{LONGEST_REASON}字，请精简。",
        },
    )


class AskForm(forms.Form):
    """For one receiver: an inspector's account, or an institution that has none."""

    inspector = forms.ModelChoiceField(
        User.objects.none(),
        label="接收的检查专家",
        required=False,
        empty_label="不是本系统的账号",
        error_messages={"invalid_choice": "只能选择本科室在用的检查专家账号。"},
    )
    institution = forms.CharField(
        label="接收机构",
        required=False,
        max_length=LONGEST_RECEIVER,
        help_text="接收人没有本系统账号时填写机构全称；由申请人下载后移交。",
        error_messages={"max_length": f"接收机构最多{LONGEST_RECEIVER}字。"},
    )
    reason = _reason("用途与理由", "印在文件的每一页上，写清用途和依据，如检查通知的文号。")

    def __init__(self, *args: Any, inspectors: list[User], action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[User]", self.fields["inspector"])
        field.queryset = User.objects.filter(pk__in=[user.pk for user in inspectors])
        self.helper = _helper(self, action=action, submit="提交申请")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(given["inspector"]) == bool(given["institution"]):
            raise forms.ValidationError("请选择一位检查专家，或填写一个接收机构，二者取一。")
        return given


class ApproveForm(forms.Form):
    """Expiry date and the approver's comment."""

    until = forms.DateField(
        label="有效期至（含当日）",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写有效期。", "invalid": "有效期应写作 2026-03-31 的样子。"},
    )
    reason = _reason("批准意见")

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "approve_%s"})
        days = settings.QC_UNMASKED_DAYS
        self.fields["until"].initial = timezone.localdate() + timedelta(days=days)
        self.fields["until"].help_text = f"最长{days}天；到期后服务器上的文件自动删除。"
        self.helper = _helper(self, action=action, submit="批准")


class RefuseForm(forms.Form):
    """Reason for refusing a request."""

    reason = _reason("拒绝理由")

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "refuse_%s"})
        self.helper = _helper(self, action=action, submit="拒绝", style="btn-danger")


class WithdrawForm(forms.Form):
    """Reason for withdrawing before the expiry date."""

    reason = _reason("收回理由")

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "withdraw_%s"})
        self.helper = _helper(self, action=action, submit="收回", style="btn-danger")
