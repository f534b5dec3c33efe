"""专业组: who is in which group and at which rank, what is missing, and the groups themselves (row 1.5)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.conflicts.forms import with_version
from staff.conflicts.page import edit_conflict
from staff.departments.models import Department
from staff.departments.queries import working_department
from staff.register.actions.groups import add_group, change_group, remove_group, shown_group
from staff.register.actions.memberships import change_membership, shown_membership
from staff.register.domain.groups import RANKS, Placed, group_staffing
from staff.register.forms import GroupForm, MembershipForm
from staff.register.models import GroupMembership, Member, SubspecialtyGroup
from staff.register.queries.deadlines import current_members
from staff.register.views.members import EDITS, VIEWS


@requires(VIEWS)
@require_GET
def groups(request: SignedInRequest) -> HttpResponse:
    department = working_department(request, VIEWS)
    context = {
        "department": department,
        "ranks": RANKS.values(),
        "rows": _rows(department) if department else [],
        "tertiary": department is not None and department.institution.level == "tertiary",
        "may_edit": department is not None and request.user.may(EDITS, department),
    }
    return render(request, "staff/register/groups.html", context)


def _rows(department: Department) -> list[dict[str, Any]]:
    """Every group with its ranks and problems, then members without a group; three queries."""
    placed: dict[int | None, list[Placed]] = {}
    for one in current_members(department).order_by("kind", "staff_number"):
        placed.setdefault(one.group_id, []).append(
            Placed(one.pk, one.full_name, one.staff_number, one.kind, one.title)
        )
    rows = []
    groups = SubspecialtyGroup.objects.filter(department=department).present()
    for group in groups.select_related("lead"):
        lead = str(group.lead or "")
        staffing = group_staffing(placed.get(group.pk, ()), lead=lead)
        rows.append({"group": group, "lead": lead, "staffing": staffing})
    if without := placed.get(None):
        rows.append({"group": None, "lead": "", "staffing": group_staffing(without, lead="—")})
    return rows


@requires(EDITS)
@require_http_methods(["GET", "POST"])
def group_new(request: SignedInRequest) -> HttpResponse:
    department = working_department(request, EDITS)
    if department is None:
        return HttpResponseRedirect(reverse("register:groups"))
    form = GroupForm(request.POST or None, department=department)
    return run_action(
        request,
        form,
        lambda _: add_group(department, by=request.user, **form.values()),
        done=lambda group: f"已建立专业组“{group}”。",
        url=reverse("register:groups"),
        show=lambda: _form_page(request, form, None),
    )


@requires(EDITS)
@require_http_methods(["GET", "POST"])
def group_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    group = _group(request, pk)
    form = _edit_form(group, request.POST or None)
    return run_action(
        request,
        form,
        lambda data: change_group(group, by=request.user, version=data["version"], **form.values()),
        done="专业组已保存。",
        url=reverse("register:groups"),
        show=lambda: _form_page(request, form, group),
        conflict=lambda _: edit_conflict(
            request, form, _edit_form(_group(request, pk)), title=f"专业组 {group}", url=request.path
        ),
    )


@requires(EDITS)
@require_POST
def group_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    group = _group(request, pk)
    remove_group(group, by=request.user)
    messages.success(request, f"专业组“{group.name}”已撤销，其成员转为未分组。")
    return HttpResponseRedirect(reverse("register:groups"))


def _group(request: SignedInRequest, pk: int) -> SubspecialtyGroup:
    rows = SubspecialtyGroup.objects.present().select_related("department__institution", "lead")
    return fetch(request, rows, EDITS, pk=pk)


def _edit_form(group: SubspecialtyGroup, data: Any = None) -> GroupForm:
    members = Member.objects.filter(group=group).values_list("pk", flat=True)
    initial = {"name": group.name, "lead": group.lead_id, "members": list(members)}
    form = GroupForm(data, department=group.department, initial=initial)
    return with_version(form, shown_group(group))


@requires(EDITS)
@require_http_methods(["GET", "POST"])
def membership(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the days of one membership."""
    found = _membership(request, pk)
    form = _membership_form(found, request.POST or None)
    group_url = reverse("register:group_edit", args=[found.group_id])
    return run_action(
        request,
        form,
        lambda data: change_membership(found, by=request.user, **data),
        done="在组时间已更正。",
        url=reverse("register:groups") if found.group.dissolved_on else group_url,
        show=lambda: render(
            request,
            "staff/register/membership_form.html",
            {"form": form, "membership": found},
            status=400 if form.errors else 200,
        ),
        conflict=lambda _: edit_conflict(
            request, form, _membership_form(_membership(request, pk)), title=found, url=request.path
        ),
    )


def _membership(request: SignedInRequest, pk: int) -> GroupMembership:
    rows = GroupMembership.objects.select_related("group__department__institution", "member")
    return fetch(request, rows, EDITS, pk=pk)


def _membership_form(found: GroupMembership, data: Any = None) -> MembershipForm:
    form = MembershipForm(data, initial={"since_on": found.since_on, "until_on": found.until_on})
    return with_version(form, shown_membership(found))


def _form_page(request: SignedInRequest, form: GroupForm, group: SubspecialtyGroup | None) -> HttpResponse:
    history = group.memberships.for_list() if group else ()
    context = {"form": form, "group": group, "history": history}
    return render(request, "staff/register/group_form.html", context, status=400 if form.errors else 200)
