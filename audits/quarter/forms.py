"""Forms of the quarter pages. The judging page has its own in audits.judging.forms."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from audits.fields import choice_field, date_input, model_field
from audits.sampling.domain.window import Window, audit_window, extended_window, quarter_of, quarter_window
from staff.accounts.models import User
from staff.conflicts.forms import VersionForm
from staff.departments.models import Department

CUSTOM = "until"
PRESETS = 6


def past_quarters(today: date, count: int = PRESETS) -> list[Window]:
    """The quarter that ended last and the ones before it, newest first."""
    year, quarter = quarter_of(today)
    found = []
    for _ in range(count):
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
        found.append(quarter_window(year, quarter))
    return found


class NewAuditForm(forms.Form):
    """The window, the cut-off day of outcomes and the number of readers; a longer window with a reason."""

    department = forms.ModelChoiceField(label="科室", queryset=Department.objects.none(), empty_label=None)
    period = forms.ChoiceField(
        label="抽样窗口", help_text="窗口为三个月，首末日均含；以报告时间为准（D-19）。"
    )
    until = forms.DateField(
        label="自定的窗口末日",
        required=False,
        widget=date_input(),
        help_text="仅在窗口选“自定末日”时填写：窗口为该日之前的三个月。",
    )
    cut_off = forms.DateField(
        label="结局截止日",
        required=False,
        widget=date_input(),
        help_text="晚于此日的手术或随访结局不计；留空为今天。",
    )
    readers = forms.TypedChoiceField(
        label="每例评审人数", coerce=int, choices=((1, "1 位"), (2, "2 位，意见不一时仲裁")), initial=1
    )
    start = forms.DateField(
        label="延长后的首日",
        required=False,
        widget=date_input(),
        help_text="仅当三个月内合格报告不足10份时使用，结果会标明“延长抽样窗口”（D-07）。",
    )
    extension_reason = forms.CharField(label="延长的理由", required=False, max_length=500)
    repeat_reason = forms.CharField(
        label="再次抽样的理由",
        required=False,
        max_length=1000,
        help_text="窗口与此前的抽样重叠时填写，已有评定的须由科主任填写；理由显示给签发人，并印在迎检包中。",
    )

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_field(self, "department").queryset = departments
        self.presets = past_quarters(timezone.localdate())
        choices = [(w.end.isoformat(), f"{w.label}（{w.dates}）") for w in self.presets]
        choice_field(self, "period").choices = [*choices, (CUSTOM, "自定末日，向前三个月")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            data["window"] = self._window(data)
        except ValueError as unfit:
            self.add_error(None, str(unfit))
        return data

    def _window(self, data: dict[str, Any]) -> Window | None:
        period = data.get("period")
        if period == CUSTOM:
            if not data.get("until"):
                raise ValueError("选了“自定末日”，请填写窗口末日。")
            window: Window | None = audit_window(data["until"])
        else:
            window = next((w for w in self.presets if w.end.isoformat() == period), None)
        if window is not None and window.start > timezone.localdate():
            raise ValueError(f"窗口首日 {window.start} 在今天之后，还没有报告可抽；请改为已开始的窗口。")
        if window is not None and data.get("start"):
            return extended_window(window, data["start"], data.get("extension_reason") or "")
        return window


class ReasonForm(VersionForm):
    """A reason, and the version that the page showed."""

    reason = forms.CharField(
        label="理由", max_length=1000, strip=True, error_messages={"required": "请写明理由。"}
    )


class DrawForm(VersionForm):
    """The version that the page showed, and why days drawn before are drawn again."""

    repeat_reason = forms.CharField(required=False, max_length=1000)


class ExtendForm(ReasonForm):
    """The new first day of a planned audit's window."""

    start = forms.DateField(
        label="延长后的首日", widget=date_input(), error_messages={"required": "请填写延长后的首日。"}
    )


class AssessorsForm(VersionForm):
    """The assessors among whom the open cases are distributed."""

    # Not a model field: it would query the database for any number sent, of any size.
    assessors = forms.MultipleChoiceField(
        label="评审医师",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一位评审医师。"},
    )

    def __init__(self, *args: Any, judges: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._judges = judges
        choice_field(self, "assessors").choices = [(user.pk, str(user)) for user in judges]

    def clean_assessors(self) -> list[User]:
        chosen = set(self.cleaned_data["assessors"])
        return [user for user in self._judges if str(user.pk) in chosen]


class CaseReadersForm(VersionForm):
    """The one or two readers of a case."""

    first = forms.ModelChoiceField(label="第一评审", queryset=User.objects.none(), required=False)
    second = forms.ModelChoiceField(label="第二评审", queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, judges: list[User], readers: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = User.objects.filter(pk__in=[user.pk for user in judges])
        model_field(self, "first").queryset = model_field(self, "second").queryset = able
        if readers == 1:
            del self.fields["second"]

    @property
    def chosen(self) -> list[User]:
        """The people chosen, first reader first."""
        users = (self.cleaned_data.get("first"), self.cleaned_data.get("second"))
        return [user for user in users if user is not None]
