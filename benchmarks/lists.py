"""List pages beside the stock way to make one, with few rows behind them and with many; in turns, one run.

    .venv/bin/python benchmarks/lists.py [LARGE [SMALL [PEOPLE]]]        default 50000 5000 300

Two departments of one database, 300 people with 8 kinds of record each and as many reports in one quarter as
said. Every page is asked for in turns through the whole stack, signed in, as the QC officer: milliseconds of
CPU time (median of fifteen after two to warm up) and queries.

    shell         a page with nothing in it: what every page has (session, roles, navigation, standing)
    list          检查报告, its first page
    page 1000     the same, far down, by its number; the small department has no such page
    exceptions    当日资质 of the quarter: who was not qualified on the day of a report (4.3, 4.4)
    stock list    the list as the libraries make one: SingleTableMixin and FilterView, the table's template,
                  an exact count, the filter a crispy form; the same columns, filters and 25 rows
    stock exc.    the exceptions' page in that way: its filters (with a choice of 300 people) and 25 rows,
                  with the exceptions given: it works out nothing

Ratios are of what a page takes beyond the shell, and of whole pages: at most 1.5 of large to small, and of
far down to the first page. The exceptions are worked out from every report of the quarter each time.
Exit 1 when the queries of a page grow with the reports.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qcportal.settings")
WARM, RUNS, FAR = 2, 15, 1000
PERIOD = "?since=2026-07-01&until=2026-09-30"
PAGES = {
    "shell": "/bench/shell/",
    "list": "/reports/",
    f"page {FAR}": f"/reports/?page={FAR}",
    "exceptions": f"/reports/qualified/{PERIOD}",
    "stock list": "/bench/reports/",
    "stock exc.": "/bench/exceptions/",
}
SHELL = '{% extends "base.html" %}'
STOCK = (
    '{% extends "base.html" %}{% load crispy_forms_tags django_tables2 %}'
    "{% block content %}{% crispy filter.form %}{% render_table table %}{% endblock %}"
)


def main(large: int = 50_000, small: int = 5_000, people: int = 300) -> int:
    with tempfile.TemporaryDirectory(prefix="qcportal-bench-") as place:
        os.environ["QC_DATA_DIR"] = place
        departments = _filled({"SMALL": small, "LARGE": large}, people)
        _mount()
        clients = {code: _client(department) for code, department in departments.items()}
        taken: dict[tuple[str, str], list[float]] = {(p, c): [] for p in PAGES for c in clients}
        queries: dict[tuple[str, str], int] = {}
        for turn in range(WARM + RUNS):
            for page, path in PAGES.items():
                for code, client in clients.items():
                    milliseconds, queries[page, code] = _asked(client, path)
                    if turn >= WARM:
                        taken[page, code].append(milliseconds)
    return _print(taken, queries, {"SMALL": small, "LARGE": large})


def _print(taken: dict, queries: dict, sizes: dict[str, int]) -> int:
    ms = {key: statistics.median(times) for key, times in taken.items()}
    print(f"{'':<14}{sizes['SMALL']:>10,}{sizes['LARGE']:>10,} reports   queries")
    for page in PAGES:
        counts = f"{queries[page, 'SMALL']}/{queries[page, 'LARGE']}"
        print(f"{page:<14}{ms[page, 'SMALL']:>8.1f}ms{ms[page, 'LARGE']:>8.1f}ms           {counts}")
    shell = statistics.median(taken["shell", "SMALL"] + taken["shell", "LARGE"])
    net = {key: value - shell for key, value in ms.items()}
    print("beyond the shell                     whole page")
    for words, one, other in (
        ("list, large / small (1.5)", ("list", "LARGE"), ("list", "SMALL")),
        ("exceptions, large / small", ("exceptions", "LARGE"), ("exceptions", "SMALL")),
        (f"list, page {FAR} / page 1 (1.5)", (f"page {FAR}", "LARGE"), ("list", "LARGE")),
        ("list / stock list", ("list", "LARGE"), ("stock list", "LARGE")),
        ("exceptions / stock exc.", ("exceptions", "LARGE"), ("stock exc.", "LARGE")),
    ):
        print(f"{words:<36}{net[one] / net[other]:6.2f}{ms[one] / ms[other]:10.2f}")
    near = [page for page in PAGES if page != f"page {FAR}"]
    return int(any(queries[page, "SMALL"] < queries[page, "LARGE"] for page in near))


def _filled(sizes: dict[str, int], people: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import qualifications

    call_command("migrate", verbosity=0)
    departments = {}
    for code, size in sizes.items():
        departments[code] = qualifications._department(code)
        qualifications._people(departments[code], people)
        qualifications._reports(departments[code], people, size)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return departments


def _client(department: Any) -> Any:
    from django.test import Client

    from staff.models import RoleGrant, User

    user = User.objects.create_user(f"officer-{department.code.lower()}", full_name="测一鸣")
    RoleGrant.objects.create(user=user, role="qc_officer", department=department)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _asked(client: Any, path: str) -> tuple[float, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    began = time.process_time()
    answer = client.get(path)
    taken = time.process_time() - began
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return taken * 1000, len(queries)


def _mount() -> None:
    """The pages to compare with, beside the product's own and behind the same permission."""
    from django.http import HttpResponse
    from django.template import engines
    from django.urls import path

    import qcportal.urls
    from staff.permissions import requires

    empty = engines["django"].from_string(SHELL)

    def shell(request: Any) -> HttpResponse:
        return HttpResponse(empty.render({}, request))

    for name, view in (
        ("shell", shell),
        ("reports", _stock_list()),
        ("exceptions", _stock_exceptions()),
    ):
        qcportal.urls.urlpatterns.append(path(f"bench/{name}/", requires("reports.view")(view)))


def _stock_list() -> Callable[..., Any]:
    import django_filters
    import django_tables2

    from reports.models import Report

    columns = ("accession_number", "reported_at", "patient_name", "sex", "age", "examination_name")
    columns += ("modality", "system", "reporting_physician", "signed_by", "outcomes", "revision_number")

    class StockTable(django_tables2.Table):
        outcomes = django_tables2.Column(accessor="is_signed")

        class Meta:
            model = Report
            fields = columns
            order_by = ("-reported_at", "-id")
            template_name = "django_tables2/bootstrap5.html"

    class StockFilter(django_filters.FilterSet):
        class Meta:
            model = Report
            fields = {
                "modality": ("exact",),
                "system": ("exact",),
                "reported_at": ("gte", "lt"),
                "is_signed": ("exact",),
                "reporting_physician": ("exact",),
                "examination_name": ("icontains",),
                "accession_number": ("exact",),
            }

    return _stock(StockTable, StockFilter)


def _stock_exceptions() -> Callable[..., Any]:
    import django_filters
    import django_tables2

    from reports.models import Report
    from reports.qualified import ROLE_WORDS
    from reports.tables_qualified import CODES, code_words
    from staff.models import Member

    class StockTable(django_tables2.Table):
        found = django_tables2.TemplateColumn(
            '<span class="tag fail">不合资质</span> 操作技师 '
            '<a href="/staff/{{ record.pk }}/">{{ record.operator }}</a> '
            "{{ record.examined_at|date:'Y-m-d' }} <span>4.3 a) 放射防护培训已过期。</span>"
        )

        class Meta:
            model = Report
            fields = ("accession_number", "reported_at", "examination_name", "found")
            order_by = ("-reported_at", "-id")
            template_name = "django_tables2/bootstrap5.html"

    def _all(rows: Any, name: str, value: Any) -> Any:
        return rows

    def _members(request: Any) -> Any:
        return Member.objects.filter(department__role_grants__user=request.user)

    class StockFilter(django_filters.FilterSet):
        role = django_filters.ChoiceFilter(choices=tuple(ROLE_WORDS.items()), method=_all)
        code = django_filters.ChoiceFilter(choices=[(code, code_words(code)) for code in CODES], method=_all)
        member = django_filters.ModelChoiceFilter(
            queryset=lambda request: Member.objects.filter(department__role_grants__user=request.user),
            method=_all,
        )

        class Meta:
            model = Report
            fields = {"reported_at": ("gte", "lt")}

    return _stock(StockTable, StockFilter)


def _stock(table: type, filters: type) -> Callable[..., Any]:
    from crispy_forms.helper import FormHelper
    from crispy_forms.layout import Submit
    from django.http import HttpResponse
    from django.template import engines
    from django_filters.views import FilterView
    from django_tables2 import SingleTableMixin

    from reports.models import Report
    from staff.access import working_department

    template = engines["django"].from_string(STOCK)

    class StockView(SingleTableMixin, FilterView):
        model, table_class, filterset_class, paginate_by = Report, table, filters, 25

        def get_queryset(self) -> Any:
            return Report.objects.filter(department=working_department(self.request))

        def get_filterset(self, kind: type) -> Any:
            found = super().get_filterset(kind)
            found.form.helper = FormHelper()
            found.form.helper.form_method = "get"
            found.form.helper.add_input(Submit("go", "筛选"))
            return found

        def render_to_response(self, context: dict, **_: Any) -> HttpResponse:
            return HttpResponse(template.render(context, self.request))

    return StockView.as_view()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
