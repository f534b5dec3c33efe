"""Institutions and departments."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from exporting.listing import listing
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.conflicts.forms import with_version
from staff.conflicts.page import edit_conflict
from staff.departments.actions import add_department, change_department, values_of
from staff.departments.forms import DepartmentForm
from staff.departments.models import Department, Institution
from staff.departments.tables import DepartmentTable

_MAY = "staff.manage_departments"


@requires(_MAY)
@require_GET
def departments(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    in_force = Q(role_grants__until__isnull=True) | Q(role_grants__until__gte=today)
    rows = Department.objects.visible_to(request.user, _MAY).select_related("institution")
    term = request.GET.get("q", "").strip()[:100]
    if term:
        rows = rows.filter(
            Q(code__icontains=term) | Q(name__contains=term) | Q(institution__name__contains=term)
        )
    if request.GET.get("level") in Institution.Level.values:
        rows = rows.filter(institution__level=request.GET["level"])
    counted = rows.annotate(people=Count("role_grants__user", filter=in_force, distinct=True))
    page = listing(request, DepartmentTable, counted)
    everywhere = request.user.reach(_MAY) is None
    context = {"page": page, "table": page.table, "levels": Institution.Level.choices, "may_add": everywhere}
    return render(request, "staff/_departments.html" if request.htmx else "staff/departments.html", context)


@requires(_MAY)
@require_http_methods(["GET", "POST"])
def department_new(request: SignedInRequest) -> HttpResponse:
    form = DepartmentForm(request.POST or None)
    return run_action(
        request,
        form,
        lambda _: add_department(form.values(), by=request.user),
        done=_receipt_text,
        url=reverse("staff:departments"),
        show=lambda: _form_page(request, form, None),
    )


def _receipt_text(added: tuple[Department, bool]) -> str:
    department, created = added
    state = "已建立" if created else "早已建立，内容相同"
    return f"{department} {state}。接下来在“账号”页为科室成员建立账号。"


@requires(_MAY)
@require_http_methods(["GET", "POST"])
def department_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    department = fetch(request, Department.objects.select_related("institution"), _MAY, pk=pk)
    form = _edit_form(department, request.POST or None)
    return run_action(
        request,
        form,
        lambda data: change_department(department, form.values(), by=request.user, version=data["version"]),
        done="科室资料已保存。已签发的评分表保持签发时的内容。",
        url=reverse("staff:departments"),
        show=lambda: _form_page(request, form, department),
        conflict=lambda error: edit_conflict(
            request, form, _edit_form(error.current), title=department, url=request.path
        ),
    )


def _edit_form(department: Department, data: Any = None) -> DepartmentForm:
    shown = vars(values_of(department))
    return with_version(DepartmentForm(data, initial=shown), shown)


def _form_page(request: SignedInRequest, form: DepartmentForm, department: Department | None) -> HttpResponse:
    context = {
        "form": form,
        "department": department,
        "institutions": Institution.objects.values_list("name", flat=True),
    }
    return render(request, "staff/department.html", context, status=400 if form.errors else 200)
