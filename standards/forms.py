"""The filter above the list of clauses."""

from typing import Any

from django import forms

from standards.clause_search import ClauseQuery
from standards.edition import Edition
from standards.wording import FORCES, VERIFICATIONS


class ClauseFilterForm(forms.Form):
    """GET form: chapter, force, verification, text; an unknown value gives an error, it is not ignored."""

    chapter = forms.ChoiceField(label="章", required=False)
    force = forms.ChoiceField(
        label="要求强度", required=False, choices=[("", "全部"), *((w.code, w.label) for w in FORCES)]
    )
    verification = forms.ChoiceField(
        label="核查方式", required=False, choices=[("", "全部"), *((w.code, w.label) for w in VERIFICATIONS)]
    )
    text = forms.CharField(
        label="文字",
        required=False,
        max_length=60,
        error_messages={"max_length": "查找文字最多60个字，请缩短后重试。"},
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "编号、标题或条文"}),
    )

    def __init__(self, data: Any, *, edition: Edition) -> None:
        super().__init__(data)
        self.fields["chapter"].choices = [  # type: ignore[attr-defined]  # the stubs-free field is a ChoiceField
            ("", "全部"),
            *((chapter.number, f"{chapter.name_zh} {chapter.title_zh}") for chapter in edition.chapters),
        ]
        for name in ("chapter", "force", "verification"):
            self.fields[name].error_messages["invalid_choice"] = "没有这个选项，请从列表中选择。"
            self.fields[name].widget.attrs["class"] = "form-select form-select-sm"
        self.fields["text"].widget.attrs["class"] = "form-control form-control-sm"

    def query(self) -> ClauseQuery:
        """The query of the form; an empty one (everything) when the form is not valid."""
        return ClauseQuery(**self.cleaned_data) if self.is_valid() else ClauseQuery()
