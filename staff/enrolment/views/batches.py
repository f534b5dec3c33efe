"""Accounts in a batch: choose people, look at the plan, make them.

Between the plan and its confirmation nothing is stored: the page carries the lines, signed for this person.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from spreadsheets import FileRefused
from staff.access.permissions import policy, requires
from staff.access.requests import SignedInRequest
from staff.access.step_up import confirmed
from staff.accounts.actions.roles import ADMINISTERS
from staff.accounts.models import GrantRequest
from staff.conflicts.versions import RefusedError
from staff.departments.models import Department
from staff.departments.queries import working_department
from staff.enrolment.actions import enrol
from staff.enrolment.domain.lines import Line, Refusal, unpacked
from staff.enrolment.forms import ListForm, ticked_lines
from staff.enrolment.list_file import read_list
from staff.enrolment.queries import MOST, plan, proposed_role, with_usernames, without_account

_SALT = "staff.enrolment"
_SECONDS = 3600
_SHOWN = 200


@requires(ADMINISTERS)
@require_http_methods(["GET", "POST"])
def from_register(request: SignedInRequest) -> HttpResponse:
    """People of the department without an account, to be ticked; then the plan."""
    department = working_department(request, ADMINISTERS)
    members = without_account(department, request.user)[:MOST] if department else []
    problem = ""
    if request.method == "POST" and department:
        if lines := ticked_lines(request.POST, members):
            return _preview(request, lines, department, source="人员登记")
        problem = "没有勾选人员：请勾选要建立账号的人员。"
    pinyin = request.GET.get("names") == "pinyin"
    blank = [Line(0, m.full_name, m.staff_number, role=proposed_role(m.kind)) for m in members]
    context = {
        "department": department,
        "rows": list(zip(members, with_usernames(blank, pinyin=pinyin), strict=True)),
        "roles": policy().roles.values(),
        "pinyin": pinyin,
        "all_ticked": "all" in request.GET,
        "problem": problem,
    }
    return render(request, "staff/enrolment/register.html", context, status=400 if problem else 200)


@requires(ADMINISTERS)
@require_http_methods(["GET", "POST"])
def from_list(request: SignedInRequest) -> HttpResponse:
    """A list in a file; then the plan."""
    department = working_department(request, ADMINISTERS)
    sent = request.method == "POST" and department is not None
    form = ListForm(request.POST, request.FILES) if sent else ListForm()
    if sent and department is not None and form.is_valid():
        upload, role = form.cleaned_data["file"], form.cleaned_data["role"]
        name = PurePath(upload.name).name[:100]
        try:
            lines, refused = read_list(upload.read(), name)
        except FileRefused as why:
            form.add_error("file", str(why))
        else:
            given = [line if line.role else replace(line, role=role) for line in lines]
            return _preview(request, with_usernames(given), department, source=name, unread=refused)
    context = {"form": form, "department": department}
    return render(request, "staff/enrolment/list.html", context, status=400 if form.errors else 200)


@requires(ADMINISTERS)
@confirmed
@require_POST
def commit(request: SignedInRequest) -> HttpResponse:
    """Make the accounts that were shown: all of them, or none with the plan as it is now."""
    try:
        sent = signing.loads(request.POST.get("plan", ""), salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        sent = None
    departments = Department.objects.visible_to(request.user, ADMINISTERS)
    department = departments.filter(pk=sent["department"]).first() if sent else None
    if sent is None or department is None or sent["by"] != request.user.pk:
        messages.warning(request, "没有等待建立的账号，或核对后已超过一小时，请重新选择人员。")
        return HttpResponseRedirect(reverse("staff:enrol_register"))
    lines = [unpacked(values) for values in sent["lines"]]
    planned = plan(lines, department=department, by=request.user)
    if planned.refused:
        problem = "核对之后情况有变，没有建立任何账号。请重新核对。"
        return _preview(request, lines, department, source=sent["source"], problem=problem)
    try:
        made = enrol(planned, source=sent["source"], by=request.user)
    except RefusedError as refused:
        return _preview(request, lines, department, source=sent["source"], problem=str(refused))
    asked = GrantRequest.objects.pending().filter(user__in=made).count()
    waits = f"其中{asked}个账号的角色待安全管理员在“授权申请”中确认。" if asked else ""
    messages.success(request, f"已建立{len(made)}个账号。打印一次性密码条后，账号才能登录。{waits}")
    return HttpResponseRedirect(reverse("staff:slips"))


def _preview(
    request: SignedInRequest,
    lines: Sequence[Line],
    department: Department,
    *,
    source: str,
    unread: Sequence[Refusal] = (),
    problem: str = "",
) -> HttpResponse:
    """The plan of these lines; what can be made is carried by the page, signed."""
    planned = plan(lines[:MOST], department=department, by=request.user)
    refused = sorted((*unread, *planned.refused), key=lambda one: (one.sheet, one.row))
    if len(lines) > MOST:
        problem = f"一次最多建立{MOST}个账号，其余{len(lines) - MOST}人请在下一批建立。"
    carried: dict[str, Any] = {
        "by": request.user.pk,
        "department": department.pk,
        "source": source,
        "lines": [one.line.packed() for one in planned.accounts],
    }
    context = {
        "plan": planned,
        "refused": refused[:_SHOWN],
        "refused_count": len(refused),
        "source": source,
        "department": department,
        "problem": problem,
        "carried": signing.dumps(carried, salt=_SALT, compress=True) if planned.accounts else "",
    }
    return render(request, "staff/enrolment/plan.html", context, status=400 if problem else 200)
