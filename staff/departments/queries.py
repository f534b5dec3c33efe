"""The department a user works in, and those a user can reach."""

from typing import Any

from django.http import HttpRequest

from staff.departments.models import Department


def working_department(request: HttpRequest, code: str | None = None) -> Department | None:
    """The department the user works in now: the one last chosen, else the first reachable by `code`."""
    rows = departments_of(request.user, code)
    chosen = request.session.get("department")
    return next((d for d in rows if d.pk == chosen), rows[0] if rows else None)


def departments_of(user: Any, code: str | None = None) -> list[Department]:
    """Departments the user has some role in (for `code`, when given), in code order."""
    if code is not None:
        return list(Department.objects.visible_to(user, code).select_related("institution"))
    if any(grant.department_id is None for grant in user.active_grants):
        return list(Department.objects.select_related("institution"))
    found = {grant.department_id: grant.department for grant in user.active_grants}
    return sorted(found.values(), key=lambda department: department.code)
