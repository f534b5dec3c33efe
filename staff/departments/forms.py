"""Form of a department and its institution."""

from typing import Any

from crispy_forms.layout import Column, Row
from django import forms

from staff.access.forms import form_helper
from staff.departments.actions import DepartmentValues
from staff.departments.models import Department, Institution


class DepartmentForm(forms.Form):
    """A department and the institution it belongs to."""

    code = forms.SlugField(
        label="科室代码",
        max_length=32,
        help_text="命令行和文件中使用的短代码，例如 RAD。",
        error_messages={"required": "请填写科室代码。", "invalid": "科室代码只能用字母、数字、- 和 _。"},
    )
    name = forms.CharField(
        label="科室名称", max_length=60, initial="放射科", error_messages={"required": "请填写科室名称。"}
    )
    institution = forms.CharField(
        label="机构名称", max_length=100, error_messages={"required": "请填写机构名称。"}
    )
    level = forms.ChoiceField(
        label="机构级别",
        choices=[("", "请选择"), *Institution.Level.choices],
        help_text="决定表B.1第1.5项如何计分（D-06）。对同一机构的所有科室有效。",
        error_messages={"required": "请选择机构级别。"},
    )
    one_step_reporting = forms.BooleanField(
        label="一步式报告",
        required=False,
        help_text=Department._meta.get_field("one_step_reporting").help_text,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = form_helper(
            Row(Column("code", css_class="col-md-4"), Column("name", css_class="col-md-8")),
            Row(Column("institution", css_class="col-md-8"), Column("level", css_class="col-md-4")),
            "one_step_reporting",
            submit="保存",
        )

    def values(self) -> DepartmentValues:
        """What was filled in, for the action."""
        return DepartmentValues(**{name: self.cleaned_data[name] for name in self.base_fields})
