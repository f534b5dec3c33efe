"""The forms of the judging page: the description with its faults, and the conclusion."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict

from audits.fields import choice_field
from audits.judging.actions.rulings import FaultInput
from audits.judging.domain.concordance import Characterisation, ErrorKind, Judgement, Localisation
from audits.judging.domain.places import FIELD_ZH
from audits.judging.models import Review
from audits.judging.queries.readings import is_deductible
from audits.labels import LabelledEnum
from staff.accounts.models import User
from standards.edition import Clause, Edition

PREFIX = "fault"
MOST_FAULTS = 50
BLANK_ROWS = 1


def clause_groups(edition: Edition) -> tuple[tuple[str, list[Clause]], ...]:
    """Clauses a fault may cite: those that cost the point of row 2.1, then those that only advise."""
    about_reports = [c for c in edition.clauses if c.chapter.startswith("6.")]
    counting = [c for c in about_reports if is_deductible(edition, c.number)]
    advising = [c for c in about_reports if c not in counting and not c.number.startswith("6.5.7")]
    return (("应/不应：确认后本份扣1分", counting), ("宜及其他：仅作提示，不扣分", advising))


def _clause_choices(edition: Edition) -> list[tuple[str, Any]]:
    groups = [
        (title, [(c.number, f"{c.number} {c.title_zh}") for c in found])
        for title, found in clause_groups(edition)
    ]
    return [("", "选择条款…"), *groups]


class AllowReaderForm(forms.Form):
    """One of those who may see outcomes, and the head's reason for letting them read."""

    reader = forms.ChoiceField(label="评审医师", error_messages={"required": "请选择评审医师。"})
    reason = forms.CharField(label="理由", max_length=500, error_messages={"required": "请写明允许的理由。"})

    def __init__(self, *args: Any, readers: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_key = {str(user.pk): user for user in readers}
        field = choice_field(self, "reader")
        field.choices = [(key, str(user)) for key, user in by_key.items()]
        field.error_messages["invalid_choice"] = "这位医师无须允许或已获允许，请刷新页面。"
        self._by_key = by_key

    def clean_reader(self) -> User:
        return self._by_key[self.cleaned_data["reader"]]


class FaultForm(forms.Form):
    """One fault: clause, place, reason. An empty row is ignored."""

    clause = forms.ChoiceField(
        label="条款",
        error_messages={"required": "请选择条款。", "invalid_choice": "没有这个条款，请从列表中选择。"},
    )
    field = forms.ChoiceField(label="所在部分", required=False, choices=[("", "不标位置"), *FIELD_ZH.items()])
    start = forms.IntegerField(required=False, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, widget=forms.HiddenInput)
    excerpt = forms.CharField(label="原文", required=False, max_length=2000, strip=False)
    reason = forms.CharField(label="理由", max_length=1000, error_messages={"required": "请写明理由。"})

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "clause").choices = _clause_choices(edition)
        for name, words in (("excerpt", "原文（可在报告中选取）"), ("reason", "理由")):
            self.fields[name].widget.attrs["placeholder"] = words

    def has_changed(self) -> bool:
        # A place without clause and reason is a leftover of selecting text, not a fault.
        return bool({"clause", "reason", "excerpt"} & set(self.changed_data)) and super().has_changed()

    @property
    def value_as_input(self) -> FaultInput:
        data = self.cleaned_data
        return FaultInput(
            clause=data["clause"],
            reason=data["reason"],
            field=data["field"],
            start=data["start"],
            end=data["end"],
            excerpt=data["excerpt"],
        )


FaultFormSet = formset_factory(
    FaultForm, extra=BLANK_ROWS, max_num=MOST_FAULTS, absolute_max=MOST_FAULTS, validate_max=True
)


class DescriptionForm(forms.Form):
    """规范 or 不规范, with the reader's reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label="本份影像描述",
        choices=[c for c in Review.Description.choices if c[0]],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择影像描述“规范”或“不规范”。"},
    )
    description_reason = forms.CharField(
        label="扣分理由（可补充说明）",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reopened_reason = forms.CharField(label="结局揭示后改判的理由", required=False, max_length=1000)


class ConclusionForm(forms.Form):
    """定位, 定性, 错误类型 and 判定 of DOMAIN 3.2."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    localisation = forms.ChoiceField(label="定位")
    characterisation = forms.ChoiceField(label="定性")
    error_kind = forms.ChoiceField(label="错误类型")
    judgement = forms.ChoiceField(label="判定", widget=forms.RadioSelect)
    stage_differs = forms.BooleanField(label="分期与结局不同（仅备注）", required=False)
    conclusion_reason = forms.CharField(
        label="理由", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: tuple[tuple[str, type[LabelledEnum]], ...] = (
            ("localisation", Localisation),
            ("characterisation", Characterisation),
            ("error_kind", ErrorKind),
            ("judgement", Judgement),
        )
        for name, words in kinds:
            field = choice_field(self, name)
            blank = [] if name == "judgement" else [("", "请选择")]
            field.choices = [*blank, *((word.value, word.zh) for word in words)]
            field.error_messages["required"] = f"请选择{field.label}。"
            field.error_messages["invalid_choice"] = f"{field.label}须从所列各项中选择。"


def fault_forms(review: Review, edition: Edition, data: QueryDict | None = None) -> "BaseFormSet[FaultForm]":
    """The fault rows: as posted, else as drafted, else as ruled, with a blank row at the end."""
    options: dict[str, Any] = {"prefix": PREFIX, "form_kwargs": {"edition": edition}}
    if data is not None:
        return FaultFormSet(data, **options)
    drafted = review.draft.get("description")
    initial = drafted_faults(drafted) if drafted else ruled_faults(review)
    return FaultFormSet(initial=initial, **options)


def one_row_more(data: QueryDict) -> QueryDict:
    """The posted rows and a blank one: adding a fault without JavaScript."""
    more = data.copy()
    more[f"{PREFIX}-TOTAL_FORMS"] = str(min(_count(data) + 1, MOST_FAULTS))
    return more


def drafted_faults(drafted: Mapping[str, str]) -> list[dict[str, str]]:
    """The fault rows of a draft, without the empty ones."""
    names = FaultForm.base_fields
    rows = [{name: drafted.get(f"{PREFIX}-{n}-{name}", "") for name in names} for n in range(_count(drafted))]
    return [row for row in rows if row["clause"] or row["reason"] or row["excerpt"]]


def ruled_faults(review: Review) -> list[dict[str, Any]]:
    """The stored faults as the form's initial values."""
    return [{name: getattr(fault, name) for name in FaultForm.base_fields} for fault in review.faults.all()]


def _count(data: Mapping[str, str]) -> int:
    text = data.get(f"{PREFIX}-TOTAL_FORMS", "0")
    return min(int(text), MOST_FAULTS) if text.isdecimal() and len(text) < 4 else 0


def description_initial(review: Review) -> dict[str, Any]:
    """As drafted, else as ruled."""
    drafted = review.draft.get("description") or {}
    return {
        "version": review.version,
        "verdict": drafted.get("verdict", review.description),
        "description_reason": drafted.get("description_reason", review.description_reason),
        "reopened_reason": drafted.get("reopened_reason", ""),
    }


def conclusion_initial(review: Review) -> dict[str, Any]:
    """As drafted, else as ruled."""
    drafted = review.draft.get("conclusion")
    ruled = {name: getattr(review, name) for name in ConclusionForm.base_fields if name != "version"}
    if drafted is not None:
        ruled = {name: drafted.get(name, "") for name in ruled}
    return ruled | {"version": review.version}
