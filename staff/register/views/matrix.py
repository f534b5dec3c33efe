"""资质矩阵 and what ends soon, on the page, on paper and in a calendar."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from exporting.download import download_response
from exporting.register import lines_response, wants_workbook
from staff.access.permissions import requires
from staff.access.purposes import with_purpose
from staff.access.requests import SignedInRequest
from staff.departments.models import Department
from staff.departments.queries import working_department
from staff.register.domain.calendar import calendar
from staff.register.page import Matrix, matrix_of
from staff.register.qualification_rules import qualification_rules
from staff.register.queries.deadlines import SPANS, current_members, deadlines, endings, narrowed
from staff.register.queries.people import people_of
from staff.register.views.members import VIEWS, filters_of


@requires(VIEWS)
@require_GET
def matrix(request: SignedInRequest) -> HttpResponse:
    """People × kinds of qualification on a day that may be asked for."""
    department, today = working_department(request, VIEWS), timezone.localdate()
    rows = narrowed(current_members(department), request.GET.dict())
    only = request.GET.get("only") == "problems"
    found = matrix_of(rows.order_by("kind", "group__name", "staff_number"), today, only_problems=only)
    if wants_workbook(request) and department is not None:
        return _export(request, _matrix_lines(found), "资质矩阵", department)
    context = filters_of(department) | {
        "department": department,
        "matrix": found,
        "today": today,
        "only": only,
        "narrowed": any(request.GET.get(name) for name in ("q", "kind", "group", "only")),
        "rules": qualification_rules(),
    }
    name = "staff/register/_matrix.html" if request.htmx else "staff/register/matrix.html"
    return render(request, name, context)


def _export(
    request: SignedInRequest, lines: list[list[str]], name: str, department: Department
) -> HttpResponse:
    """The lines as a workbook, once a purpose is given: they name people."""
    action = "staff.export_register"
    send = partial(lines_response, request, lines, name=name, action=action, department=department)
    return with_purpose(request, name, lambda purpose: send(purpose=purpose))


def _matrix_lines(found: Matrix) -> list[list[str]]:
    head = ["工号", "姓名", "类别", "职称", "专业组", *(kind.name_zh for kind in found.kinds)]
    lines = [head]
    for row in found.rows:
        who = row.member
        group = who.group.name if who.group else ""
        cells = [f"{cell.word} {cell.until}".strip() for cell in row.cells]
        lines.append([who.staff_number, who.full_name, who.get_kind_display(), who.title, group, *cells])
    return lines


@requires(VIEWS)
@require_GET
def expiring(request: SignedInRequest) -> HttpResponse:
    """What ends within 60, 30 or 7 days, and what has ended and was not renewed."""
    department, today = working_department(request, VIEWS), timezone.localdate()
    people = people_of(narrowed(current_members(department), request.GET.dict()))
    every = endings(people, today)
    asked = request.GET.get("within", "")
    if asked == "expired":
        shown = [ending for ending in every if ending.left < 0]
    else:
        within = int(asked) if asked in {str(span) for span in SPANS} else SPANS[0]
        shown = [ending for ending in every if ending.left <= within]
    if wants_workbook(request) and department is not None:
        lines = [["人员", "资质", "有效期至", "剩余天数"]]
        lines += [[e.person, e.kind_zh, str(e.ends_on), str(e.left)] for e in shown]
        return _export(request, lines, "将到期的资质", department)
    counts = [(span, sum(1 for e in every if 0 <= e.left <= span)) for span in SPANS]
    context = filters_of(department) | {
        "department": department,
        "endings": shown,
        "counts": counts,
        "expired": sum(1 for ending in every if ending.left < 0),
        "within": asked if asked in ("expired", "30", "7") else "60",
        "today": today,
    }
    name = "staff/register/_expiring.html" if request.htmx else "staff/register/expiring.html"
    return render(request, name, context)


@requires(VIEWS)
@require_GET
def calendar_file(request: SignedInRequest) -> HttpResponse:
    """Every coming end of the department's qualifications, as a calendar file."""
    department, now = working_department(request, VIEWS), timezone.now()
    people: Any = people_of(current_members(department)) if department else ()
    today = timezone.localdate()
    found = deadlines(department, people, today) if department else []
    content = calendar(found, name=f"资质到期 {department or ''}", made_at=now, warn_days=SPANS[1])
    return download_response(
        request,
        filename=f"资质到期_{department.code if department else ''}_{today}.ics",
        content=content,
        content_type="text/calendar; charset=utf-8",
        action="staff.download_calendar",
        target=department,
        department=department,
        detail={"rows": len(found)},
    )
