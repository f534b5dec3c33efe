"""exporting.tables: the rows written out at once are those the library's own template would show."""

from types import SimpleNamespace

import django_tables2 as tables
import pytest
from django.template import Context, Template
from django_tables2.utils import A

from exporting.columns import NUMBER, MinuteColumn
from exporting.tables import ListTable
from reports.models import ImportBatch, Report
from tests.factories import make_report

pytestmark = pytest.mark.django_db

BY_LIBRARY = Template(
    "{% for row in table.paginated_rows %}<tr{% for name, value in row.attrs.items %}"
    '{% if name != "class" %} {{ name }}="{{ value }}"{% endif %}{% endfor %}>'
    "{% for column, cell in row.items %}<td {{ column.attrs.td.as_html }}>{{ cell }}</td>{% endfor %}</tr>\n"
    "{% endfor %}"
)


class EveryKind(ListTable):
    accession_number = tables.Column(linkify=("reports:detail", {"pk": A("pk")}))
    reported_at = MinuteColumn()
    modality = tables.Column()
    system = tables.Column()
    department = tables.Column(accessor="department__code")
    patient_name = tables.Column(attrs=NUMBER)
    revision_number = tables.Column(attrs=NUMBER)
    is_final = tables.Column()
    missing = tables.Column(default="无")
    answered = tables.Column(accessor="__str__")
    made = tables.Column(empty_values=(), linkify=lambda record: f"/x/{record.pk}/?a=1&b=2")
    unlinked = tables.Column(accessor="pk", linkify=lambda: None)
    named = tables.Column(accessor="signed_by", linkify={"viewname": "reports:detail", "args": [A("pk")]})

    class Meta:
        model = Report
        fields = ()
        row_attrs = {"data-href": lambda record: f"/r/{record.pk}/"}

    def render_made(
        self, record: Report, table: tables.Table, bound_column: tables.columns.BoundColumn
    ) -> str:
        return f"<{record.pk} {len(table.columns)} {bound_column.name}>"


def by_library(table: tables.Table) -> str:
    return BY_LIBRARY.render(Context({"table": table})).replace("<td >", "<td>")


def test_body_of_models_is_what_the_library_shows(department):
    rows = [
        make_report(department, "A1", system="nervous", patient_name="<b>赵&</b>"),
        make_report(department, "A2", reported_at=None, reported_at_precision="", modality="MRI"),
    ]
    table = EveryKind(rows)
    body = str(table.body)
    assert body == by_library(EveryKind(rows))
    assert "&lt;b&gt;赵&amp;&lt;/b&gt;" in body
    assert "神经" in body
    assert body.count('data-href="/r/') == 2


def test_body_of_a_queryset_and_of_related_rows_is_what_the_library_shows(department):
    make_report(department)
    table = EveryKind(Report.objects.select_related("department"))
    assert str(table.body) == by_library(EveryKind(Report.objects.all())) != ""


class OfMappings(ListTable):
    number = tables.Column()
    inner = tables.Column(accessor="inner__word")
    share = tables.Column(verbose_name="")


def test_body_of_mappings_and_objects_is_what_the_library_shows():
    rows = [
        {"number": 1234.5, "inner": {"word": "<i>"}, "share": None},
        {"number": "", "inner": None},
        SimpleNamespace(number=0, inner=SimpleNamespace(word="字"), share=True),
    ]
    assert str(OfMappings(rows).body) == by_library(OfMappings(rows))


def test_body_without_rows_is_empty_and_the_page_says_so():
    assert str(EveryKind([]).body) == ""


def test_body_of_a_method_that_alters_data_is_not_called(department):
    class Careless(ListTable):
        delete = tables.Column(accessor="delete", default="—")

    report = make_report(department)
    assert str(Careless([report]).body) == by_library(Careless([report])) == "<tr><td>—</td></tr>\n"
    assert Report.objects.filter(pk=report.pk).exists()
    assert not ImportBatch.objects.exists()
