"""Forms of the follow-up pages: include a report, record one step, confirm feedback."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from audits.fields import choice_field
from audits.follow_up.actions.records import MOST_WORDS, FeedbackInput, JudgementInput, OutcomeInput
from audits.judging.domain.concordance import ErrorKind, Judgement
from reports.archive.models import Report
from reports.outcomes.models import Outcome
from staff.accounts.models import User
from staff.departments.models import Department

PAPER = "paper"
OFFERED = "这例检查已有结局，请对照结局阅读您的报告。"


class MarkForm(forms.Form):
    """A report by its number, as which kind of case, and why."""

    accession_number = forms.CharField(
        label="检查号", max_length=64, strip=True, error_messages={"required": "请填写检查号。"}
    )
    is_operated = forms.BooleanField(label="手术病例", required=False)
    is_difficult = forms.BooleanField(label="疑难病例", required=False)
    reason = forms.CharField(
        label="理由",
        max_length=300,
        help_text="例如“拟行胸腔镜手术”“定性困难，已提交科内讨论”。",
        error_messages={"required": "请写明理由。"},
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department

    def clean_accession_number(self) -> str:
        number: str = self.cleaned_data["accession_number"]
        report = Report.objects.filter(department=self.department, accession_number=number).first()
        if report is None:
            raise forms.ValidationError(f"{self.department}没有检查号为“{number}”的报告，请核对。")
        self.report = report
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("is_operated") or data.get("is_difficult")):
            self.add_error("is_operated", "请至少选择手术病例、疑难病例中的一种。")
        return data


class RecordForm(forms.Form):
    """Outcome, judgement and feedback; each part may be left empty as a whole."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="结局来源", required=False, choices=(("", "不登记新的结局"), *Outcome.Kind.choices)
    )
    observed_on = forms.DateField(
        label="结局日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    text = forms.CharField(
        label="结局内容",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如病理诊断原文。",
    )
    judgement = forms.ChoiceField(
        label="符合性评价",
        required=False,
        choices=(("", "暂不评价"), *((j.value, j.zh) for j in Judgement)),
    )
    error_kind = forms.ChoiceField(
        label="差错类型", required=False, choices=[(k.value, k.zh) for k in ErrorKind], initial="none"
    )
    note = forms.CharField(
        label="对照说明",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="随访中的评价供改进之用，不是季度评审的评定，不计分。",
    )
    recipient = forms.ChoiceField(label="反馈给", required=False)
    message = forms.CharField(
        label="反馈内容", required=False, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        *args: Any,
        physicians: list[tuple[User, str]],
        writer: str,
        is_judged: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_judged = is_judged
        self._users = {str(user.pk): user for user, _ in physicians}
        named = [(str(user.pk), f"{user}（{part}）") for user, part in physicians]
        paper = f"{writer or '报告医师'}没有账号：纸质或口头反馈，签收另行登记"
        choice_field(self, "recipient").choices = [("", "暂不反馈"), *named, (PAPER, paper)]

    def clean_observed_on(self) -> date | None:
        day: date | None = self.cleaned_data["observed_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(f"结局日期{day}尚未到来，请核对。")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = (data.get("text") or "").strip()
        if data.get("kind") and not (typed and data.get("observed_on")):
            self.add_error("text", "登记结局请同时填写结局日期和结局内容。")
        if typed and not data.get("kind"):
            self.add_error("kind", "填写了结局内容，请选择结局来源。")
        if data.get("recipient") and not (data.get("message") or "").strip():
            self.add_error("message", "请填写反馈内容。")
        return data

    @property
    def outcome(self) -> OutcomeInput | None:
        """The outcome, when it was filled in."""
        data = self.cleaned_data
        if not data.get("kind"):
            return None
        return OutcomeInput(data["kind"], data["observed_on"], data["text"])

    @property
    def judged(self) -> JudgementInput | None:
        """The judgement, when one was chosen."""
        data = self.cleaned_data
        if not data.get("judgement"):
            return None
        return JudgementInput(data["judgement"], data.get("error_kind") or "none", data.get("note") or "")

    @property
    def feedback(self) -> FeedbackInput | None:
        """The message and its recipient; the default message is not sent before there is a judgement."""
        data = self.cleaned_data
        if not data.get("recipient"):
            return None
        if not (self.is_judged or data.get("judgement")) and data["message"].strip() == OFFERED:
            return None
        return FeedbackInput(data["message"], self._users.get(data["recipient"]))


class NoteForm(forms.Form):
    """The proof of a paper receipt."""

    note = forms.CharField(
        label="签收凭据",
        max_length=200,
        help_text="例如“纸质反馈单，本人签字，存2026年随访夹”。",
        error_messages={"required": "请写明签收凭据。"},
    )


class ReplyForm(forms.Form):
    """What the physician answers; may be left empty."""

    reply = forms.CharField(
        label="我的意见（可不填）",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PeriodForm(forms.Form):
    """The first and last day of a register to print."""

    since = forms.DateField()
    until = forms.DateField()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("since"), data.get("until")
        if first and last and (first > last or (last - first).days > 366):
            raise forms.ValidationError("打印的期间首日不晚于末日，最长一年。")
        return data
