"""Who may judge in a department: never a report of their own, and outcomes unseen (docs/quality.md A2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from audits.judging.models import ReaderPermission
from audits.sampling.domain.judges import CasePeople, barred_from
from audits.sampling.models import Audit, FrozenCase
from staff.access.permissions import policy
from staff.accounts.models import RoleGrant, User
from staff.departments.models import Department

SEES_OUTCOMES = "reports.view_outcomes"
_PEOPLE = {
    "reporting": "reporting_physician",
    "reviewing": "reviewing_physician",
    "signing": "signed_by",
    "last_modifying": "last_modified_by",
    "operating": "operator",
}


@dataclass(frozen=True)
class Judge:
    """An account that judges in the department. `refusal`: why it is not offered for the draw; "": it is."""

    user: User
    refusal: str
    permission: ReaderPermission | None


def judges_of(department: Department, code: str = "audits.judge") -> list[User]:
    """Active accounts that may judge in the department, by name."""
    roles = [role for role in policy().roles if code in policy().granted(role)]
    grants = RoleGrant.objects.in_force().filter(
        Q(department=department) | Q(department=None), role__in=roles
    )
    return list(
        User.objects.filter(is_active=True, role_grants__in=grants).distinct().order_by("full_name", "pk")
    )


def barred(case: FrozenCase, user: User) -> str | None:
    """Why `user` may not judge the case, as a sentence; None: they may. Current and frozen names count."""
    names = names_of(user)
    for source in (case.revision.content.get, lambda role: getattr(case.report, role)):
        people = CasePeople(**{role: source(field) for role, field in _PEOPLE.items()})
        sentence = barred_from(people, names)
        if sentence:
            return sentence
    return None


def names_of(user: User) -> list[str]:
    """The names and the staff number by which a report may name the account."""
    return [name for name in (*user.report_names, user.staff_number) if name]


def seeing_outcomes(department: Department) -> dict[int, str]:
    """Accounts whose roles let them see outcomes, and the names of these roles."""
    roles = {code: role.name for code, role in policy().roles.items() if SEES_OUTCOMES in role.permissions}
    grants = RoleGrant.objects.in_force().filter(
        Q(department=department) | Q(department=None), role__in=roles
    )
    found: dict[int, list[str]] = {}
    for user, role in grants.order_by("role").values_list("user", "role"):
        found.setdefault(user, []).append(roles[role])
    return {user: "、".join(dict.fromkeys(names)) for user, names in found.items()}


def draw_judges(audit: Audit) -> list[Judge]:
    """Everyone who judges in the department, offered for the draw or not; three queries."""
    permissions = {row.reader_id: row for row in audit.reader_permissions.select_related("allowed_by")}
    return judges_with(audit.department, permissions)


def judges_with(department: Department, permissions: Mapping[int, ReaderPermission]) -> list[Judge]:
    """The judges of a department, given the permissions of a draw by reader; two queries."""
    seeing = seeing_outcomes(department)
    found = []
    for user in judges_of(department):
        allowed = permissions.get(user.pk)
        refusal = "" if allowed else _refusal(user, seeing.get(user.pk, ""))
        found.append(Judge(user, refusal, allowed))
    return found


def offered(judges: Iterable[Judge]) -> list[User]:
    """Those whom cases may be given."""
    return [judge.user for judge in judges if not judge.refusal]


def reading_refusal(audit: Audit, user: User) -> str:
    """Why `user` may not read in the draw although they judge in the department; "": they may."""
    return reading_refusals([audit], user)[audit.pk]


def reading_refusals(audits: Sequence[Audit], user: User) -> dict[int, str]:
    """The same for several draws, by id; one query and the user's own roles."""
    rows = ReaderPermission.objects.filter(audit__in=[audit.pk for audit in audits], reader=user)
    allowed = set(rows.values_list("audit", flat=True))
    return {
        audit.pk: "" if audit.pk in allowed else _refusal(user, _roles_that_see(user, audit.department_id))
        for audit in audits
    }


def _roles_that_see(user: User, department: int) -> str:
    roles = policy().roles
    held = (grant.role for grant in user.active_grants if grant.department_id in (None, department))
    seeing = (role for role in held if SEES_OUTCOMES in policy().granted(role))
    return "、".join(dict.fromkeys(roles[role].name for role in seeing))


def _refusal(user: User, roles: str) -> str:
    if not roles:
        return ""
    return f"{user.full_name}以{roles}的角色能查看结局，须经科主任写明理由允许，才能评审。"
