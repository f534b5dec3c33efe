"""Forms of the pages of improvement measures."""

from collections.abc import Sequence
from typing import Any

from django import forms

from audits.fields import choice_field, date_input, text_field
from audits.measures.actions import MeasureInput
from audits.measures.models import Measure
from audits.monthly.domain.figures import clause_key
from staff.access.profile import ADMINISTRATORS
from staff.accounts.models import User
from staff.conflicts.forms import VersionForm
from staff.departments.models import Department
from staff.register.models import Member
from standards.edition import Edition


class MeasureForm(forms.Form):
    """Clauses, problem, action, owner and day. Initial values come from the month's figures."""

    clauses = forms.MultipleChoiceField(
        label="所针对的条款", required=False, widget=forms.CheckboxSelectMultiple
    )
    other_clause = forms.ChoiceField(label="其他条款", required=False)
    problem = text_field("问题", required="请写明问题。")
    action = text_field("改进措施", required="请写明改进措施。")
    owner = forms.ChoiceField(label="责任人", error_messages={"required": "请选择责任人。"})
    due_on = forms.DateField(
        label="期限",
        widget=date_input(),
        help_text="须在今天之后。",
        error_messages={"required": "请填写期限。"},
    )

    def __init__(
        self, *args: Any, department: Department, edition: Edition, offered: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        titles = {clause.number: f"{clause.number} {clause.title_zh}" for clause in edition.clauses}
        offered = sorted((n for n in dict.fromkeys(offered) if n in titles), key=clause_key)
        choice_field(self, "clauses").choices = [(number, titles[number]) for number in offered]
        others = [(number, title) for number, title in titles.items() if number not in offered]
        choice_field(self, "other_clause").choices = [("", "不选"), *others]
        members = Member.objects.filter(department=department).active().select_related("user")
        self._owners: dict[str, Member | User] = {f"m{member.pk}": member for member in members}
        linked = {member.user_id for member in members}
        self._owners |= {f"u{u.pk}": u for u in _accounts(department) if u.pk not in linked}
        owners = sorted((str(owner), key) for key, owner in self._owners.items())
        choice_field(self, "owner").choices = [("", "请选择"), *((key, words) for words, key in owners)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = [*data.get("clauses", ()), data.get("other_clause") or ""]
        data["all_clauses"] = [number for number in chosen if number]
        if not data["all_clauses"] and "clauses" not in self.errors:
            self.add_error("clauses", "请选择所针对的条款。")
        return data

    @property
    def value(self) -> MeasureInput:
        data = self.cleaned_data
        owner = self._owners[data["owner"]]
        return MeasureInput(
            clauses=data["all_clauses"],
            problem=data["problem"],
            action=data["action"],
            due_on=data["due_on"],
            owner=owner if isinstance(owner, Member) else None,
            owner_user=owner if isinstance(owner, User) else None,
        )


class ChangeMeasureForm(MeasureForm, VersionForm):
    """The same, of an open measure, with the reason of the change."""

    reason = forms.CharField(
        label="修改理由", max_length=500, error_messages={"required": "请写明修改的理由。"}
    )


class ActForm(VersionForm):
    """One of several forms of a measure's page: `ids` is the prefix of the ids of its fields."""

    ids = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"auto_id": f"{self.ids}_%s"} | kwargs))


class NoteForm(ActForm):
    ids = "note"
    text = text_field("做了什么", required="请写明做了什么。")


class DoneForm(ActForm):
    ids = "done"
    done_on = forms.DateField(
        label="落实日期", widget=date_input(), error_messages={"required": "请填写落实日期。"}
    )
    is_backfilled = forms.BooleanField(
        label="补录：落实早于在本系统制定的日期（纸面已有记录）", required=False
    )
    text = text_field("落实了什么", required="请写明落实了什么。")


class EffectForm(ActForm):
    ids = "effect"
    effect = forms.ChoiceField(
        label="效果",
        choices=[choice for choice in Measure.Effect.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择效果。"},
    )
    text = text_field("核对的依据", required="请写明核对的依据。")


class CloseForm(ActForm):
    ids = "close"
    text = text_field("关闭意见", required="请写明关闭的意见。")


class ReopenForm(ActForm):
    ids = "reopen"
    due_on = forms.DateField(
        label="新的期限", widget=date_input(), error_messages={"required": "请填写新的期限。"}
    )
    reason = forms.CharField(label="理由", max_length=1000, error_messages={"required": "请写明理由。"})


class CancelForm(ActForm):
    ids = "cancel"
    reason = forms.CharField(label="理由", max_length=1000, error_messages={"required": "请写明理由。"})


def _accounts(department: Department) -> list[User]:
    """Accounts of the department that are in no register: they may own a measure too."""
    outside = ("inspector", *ADMINISTRATORS)
    grants = department.role_grants.in_force().exclude(role__in=outside)
    return list(User.objects.filter(is_active=True, role_grants__in=grants).distinct())
