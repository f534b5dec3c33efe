"""The forms of an appeal: the appeal itself, the choice of its assessor, and the decision."""

from typing import Any

from django import forms

from audits.fields import choice_field
from audits.judging.domain.appeals import Subject
from audits.judging.domain.concordance import Judgement
from audits.judging.forms import ConclusionForm
from staff.accounts.models import User
from staff.conflicts.forms import VersionForm

_REASON = forms.Textarea(attrs={"rows": 4})


class AppealForm(forms.Form):
    """The reason of an appeal, and the faults it is lodged against."""

    faults = forms.MultipleChoiceField(
        label="申诉的问题", required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label="申诉理由",
        max_length=2000,
        widget=_REASON,
        error_messages={"required": "申诉请写明理由：哪里判得不对，依据是什么。"},
    )

    def __init__(self, *args: Any, faults: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "faults").choices = faults
        self._asked = bool(faults)

    @property
    def chosen(self) -> list[int] | None:
        """Ids of the faults; None where there are none to choose among."""
        return [int(pk) for pk in self.cleaned_data["faults"]] if self._asked else None


class AssignForm(VersionForm):
    """The assessor, chosen among those who may decide."""

    assessor = forms.ChoiceField(label="复核人", error_messages={"required": "请选择复核人。"})

    def __init__(self, *args: Any, able: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._able = {str(user.pk): user for user in able}
        choice_field(self, "assessor").choices = [(pk, str(user)) for pk, user in self._able.items()]

    @property
    def chosen(self) -> User:
        return self._able[self.cleaned_data["assessor"]]


class DecisionForm(ConclusionForm):
    """申诉成立 or 不成立 with its reason; the faults to remove, or the new judgement of the conclusion."""

    verdict = forms.ChoiceField(
        label="复核结论",
        choices=(("upheld", "申诉成立"), ("rejected", "申诉不成立")),
        widget=forms.RadioSelect,
        error_messages={"required": "请选择“申诉成立”或“申诉不成立”。"},
    )
    struck = forms.MultipleChoiceField(
        label="撤销的问题", required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label="复核理由（申诉人会看到）",
        max_length=2000,
        widget=_REASON,
        error_messages={"required": "复核请写明理由，申诉人会看到。"},
    )

    def __init__(self, *args: Any, subject: Subject, faults: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["conclusion_reason"]
        choice_field(self, "struck").choices = faults
        ruled = ("localisation", "characterisation", "error_kind", "judgement")
        if subject is not Subject.CONCLUSION:
            for name in (*ruled, "stage_differs"):
                del self.fields[name]
        else:
            # 无法判定 means that the case is replaced, which only the officer does.
            able = [word for word in Judgement if word is not Judgement.UNDECIDABLE]
            choice_field(self, "judgement").choices = [(word.value, word.zh) for word in able]
            for name in ruled:
                # Not needed for a rejected appeal; the action requires them for an upheld one.
                self.fields[name].required = False

    @property
    def upheld(self) -> bool:
        return bool(self.cleaned_data["verdict"] == "upheld")

    @property
    def chosen(self) -> list[int]:
        """Ids of the appealed faults to remove."""
        return [int(pk) for pk in self.cleaned_data["struck"]]
