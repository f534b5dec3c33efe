"""Form of the comparison: department and last day of the quarters compared."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from staff.departments.models import Department


class ComparisonForm(forms.Form):
    """Which department, and up to which day."""

    department = forms.ModelChoiceField(Department.objects.none(), label="科室", empty_label=None)
    until = forms.DateField(
        label="窗口止日不晚于",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Department]", self.fields["department"]).queryset = departments
