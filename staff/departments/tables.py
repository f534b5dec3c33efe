"""Table of the departments."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.utils import A

from exporting.columns import NUMBER
from staff.departments.models import Department


class DepartmentTable(tables.Table):
    code = tables.Column(verbose_name="代码", linkify=("staff:department_edit", {"pk": A("pk")}))
    name = tables.Column(verbose_name="科室")
    institution = tables.Column(verbose_name="机构", accessor="institution__name")
    level = tables.Column(
        verbose_name="级别", accessor="institution__get_level_display", order_by="institution__level"
    )
    one_step_reporting = tables.BooleanColumn(verbose_name="一步式报告", yesno="是,否")
    people = tables.Column(verbose_name="账号", orderable=False, attrs=NUMBER)

    class Meta:
        model = Department
        fields = ()
        order_by = ("code",)
        empty_text = "还没有科室。"
        attrs = {"class": "list"}

    def render_one_step_reporting(self, value: bool) -> str:
        return "是" if value else "否"

    def render_people(self, value: int, record: Department) -> SafeString:
        url = f"{reverse('staff:accounts')}?department={record.pk}"
        return format_html('<a href="{}">{}</a>', url, value)
