"""The register of people: list, one member, new, change, 不适用."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exporting.download import download_response
from exporting.listing import listing
from exporting.register import XLSX, wants_workbook
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import policy, requires
from staff.access.purposes import with_purpose
from staff.access.requests import SignedInRequest
from staff.conflicts.forms import with_version
from staff.conflicts.page import edit_conflict
from staff.conflicts.versions import ConflictError
from staff.departments.models import Department
from staff.departments.queries import working_department
from staff.register.actions.members import (
    add_member,
    change_member,
    exempt_member,
    shown_exemption,
    shown_member,
    values_of,
)
from staff.register.documents import register_workbook
from staff.register.domain.groups import RANKS
from staff.register.domain.rules import QualificationType
from staff.register.domain.summary import PROBLEMS, Summary
from staff.register.forms import MemberForm, ReasonForm
from staff.register.models import Member, Qualification, SubspecialtyGroup
from staff.register.page import Cell, Matrix, MatrixRow, matrix_of
from staff.register.qualification_rules import qualification_rules
from staff.register.queries.deadlines import narrowed, summaries
from staff.register.tables import MemberTable
from trail.history import history

VIEWS, EDITS = "staff.view_register", "staff.edit_register"
STATES = (
    ("problem", "有问题"),
    ("expired", "已过期"),
    ("faulty", "不符合"),
    ("missing", "未登记"),
    ("expiring", "将到期"),
    ("ok", "齐备"),
    ("left", "已离职"),
)
_TITLES = (*RANKS.values(), "主任技师", "副主任技师", "主管技师", "技士")


@requires(VIEWS)
@require_GET
def members(request: SignedInRequest) -> HttpResponse:
    """The list; `export=xlsx` is the register in the layout in which it is imported."""
    department = working_department(request, VIEWS)
    if wants_workbook(request) and department is not None:
        return with_purpose(request, "人员登记表", lambda purpose: _export(request, department, purpose))
    members = Member.objects.visible_to(request.user).filter(department=department)
    rows = narrowed(members.select_related("user", "group"), request.GET.dict())
    state = request.GET.get("state", "")
    rows = rows.filter(is_active=state != "left")
    by_member = summaries(rows, timezone.localdate())
    if state in dict(STATES) and state != "left":
        rows = rows.filter(pk__in=[pk for pk, found in by_member.items() if _is_in(found, state)])
    page = listing(request, MemberTable, rows, exports=True, asks_purpose=True, summaries=by_member)
    context = filters_of(department) | {
        "department": department,
        "page": page,
        "table": page.table,
        "states": STATES,
        "may_edit": department is not None and request.user.may(EDITS, department),
    }
    name = "staff/register/_members.html" if request.htmx else "staff/register/members.html"
    return render(request, name, context)


def _is_in(found: Summary, state: str) -> bool:
    if state == "problem":
        return found.has_problem
    if state == "ok":
        return not found.has_problem and not found.counts.get("expiring")
    return bool(found.counts.get(state))  # type: ignore[call-overload]  # checked against STATES


def filters_of(department: Department | None) -> dict[str, Any]:
    """What the filters of members offer."""
    groups = SubspecialtyGroup.objects.filter(department=department).present() if department else ()
    return {"kinds": Member.Kind.choices, "groups": groups}


def _export(request: SignedInRequest, department: Department, purpose: str) -> HttpResponse:
    return download_response(
        request,
        filename=f"人员登记表_{department.code}_{timezone.localdate()}.xlsx",
        content=register_workbook(department, made_at=timezone.localtime()),
        content_type=XLSX,
        action="staff.export_register",
        target=department,
        department=department,
        detail={"rows": department.members.count(), "purpose": purpose},
    )


@requires(VIEWS)
@require_GET
def member(request: SignedInRequest, pk: int) -> HttpResponse:
    return render(request, "staff/register/member.html", _page(request, _member(request, pk, VIEWS)))


@requires(EDITS)
@require_http_methods(["GET", "POST"])
def member_new(request: SignedInRequest) -> HttpResponse:
    department = working_department(request, EDITS)
    if department is None:
        return HttpResponseRedirect(reverse("register:members"))
    form = MemberForm(request.POST or None, department=department)
    return run_action(
        request,
        form,
        lambda data: add_member(department, form.values(), by=request.user, since=data["since"]),
        done=lambda found: f"已登记{found}。接下来登记其资质。",
        url=lambda found: reverse("register:member", args=[found.pk]),
        show=lambda: _form_page(request, form, None),
    )


@requires(EDITS)
@require_http_methods(["GET", "POST"])
def member_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _member(request, pk, EDITS)
    form = _edit_form(found, request.POST or None)
    return run_action(
        request,
        form,
        lambda data: change_member(
            found, form.values(), by=request.user, version=data["version"], since=data["since"]
        ),
        done="登记已保存。",
        url=reverse("register:member", args=[pk]),
        show=lambda: _form_page(request, form, found),
        conflict=lambda _: edit_conflict(
            request, form, _edit_form(_member(request, pk, EDITS)), title=found, url=request.path
        ),
    )


@requires(EDITS)
@require_POST
def member_exempt(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark 放射防护培训 不适用 with a reason (D-20); `lift=1` takes the mark away."""
    found = _member(request, pk, EDITS)
    form = _exempt_form(found, request.POST)
    lifted = request.POST.get("lift") == "1"
    form.fields["reason"].required = not lifted
    url = reverse("register:member", args=[pk])

    def exempt(data: dict[str, Any]) -> Member:
        reason = "" if lifted else data["reason"]
        return exempt_member(found, reason=reason, by=request.user, version=data["version"])

    def show() -> HttpResponse:
        context = _page(request, found, exempt_form=form)
        return render(request, "staff/register/member.html", context, status=400)

    def conflict(error: ConflictError) -> HttpResponse:
        fresh = _exempt_form(error.current, initial={"reason": error.current.exempt_reason})
        return edit_conflict(request, form, fresh, title=found, url=url)

    done = "已取消“不适用”。" if lifted else "已标为“不适用”，理由与标记人一并留痕。"
    return run_action(request, form, exempt, done=done, url=url, show=show, conflict=conflict)


def _edit_form(found: Member, data: Any = None) -> MemberForm:
    form = MemberForm(data, department=found.department, initial=vars(values_of(found)))
    return with_version(form, shown_member(found))


def _exempt_form(found: Member, data: Any = None, **more: Any) -> ReasonForm:
    action = reverse("register:member_exempt", args=[found.pk])
    words = "条文未区分设备（D-20）；写明为何不要求，例如“仅操作MRI，不接触电离辐射，科室2026-01-05认定”。"
    form = ReasonForm(data, submit="标为不适用", action=action, help_text=words, **more)
    return with_version(form, shown_exemption(found))


def _member(request: SignedInRequest, pk: int, code: str) -> Member:
    rows = Member.objects.select_related("department__institution", "group", "user", "exempt_by")
    return fetch(request, rows, code, pk=pk)


def _form_page(request: SignedInRequest, form: MemberForm, found: Member | None) -> HttpResponse:
    context = {"form": form, "member": found, "titles": _TITLES}
    return render(request, "staff/register/member_form.html", context, status=400 if form.errors else 200)


def _page(request: SignedInRequest, found: Member, **forms: Any) -> dict[str, Any]:
    """Context of one member's page: status of each kind, every record, and the actions allowed."""
    today = timezone.localdate()
    matrix = matrix_of(Member.objects.filter(pk=found.pk).select_related("user"), today)
    row = matrix.rows[0]
    may_edit = request.user.may(EDITS, found.department)
    only_mri = set(found.modalities) == {"MRI"}
    return {
        "member": found,
        "requirements": asked_of(row, matrix),
        "summary": row.summary,
        "records": records_of(found),
        "today": today,
        "may_edit": may_edit,
        "may_exempt": may_edit and only_mri and not found.exempt_reason,
        "exempt_form": _exempt_form(found),
        "problems": PROBLEMS,
        "history": history(found, limit=20, codes=policy().codes),
    } | forms


def asked_of(row: MatrixRow, matrix: Matrix) -> list[tuple[QualificationType, Cell]]:
    """The kinds of qualification that the person needs or has, each with its status."""
    pairs = zip(matrix.kinds, row.cells, strict=True)
    return [(kind, cell) for kind, cell in pairs if cell.state != "not_needed"]


def records_of(found: Member) -> list[tuple[str, Qualification]]:
    """(name of the kind, record) in the data's order, the newest first."""
    order = {kind.code: place for place, kind in enumerate(qualification_rules().types)}
    names = {kind.code: kind.name_zh for kind in qualification_rules().types}
    rows = found.qualifications.select_related("decided_by", "submitted_by", "batch")
    ordered = sorted(rows, key=lambda record: order.get(record.type, len(order)))
    return [(names.get(record.type, record.type), record) for record in ordered]
