"""Grant a role, or ask another person to confirm the grant (docs/quality.md T7)."""

from datetime import date
from typing import Any

from staff.access.permissions import policy
from staff.access.profile import security_profile
from staff.accounts.actions.grants import (
    ADMINISTERS,
    END_NEEDED,
    ENDING_ROLES,
    GRANTS,
    RoleValues,
    give_role,
    keep_one_administrator,
    may_grant_in,
    revoke_role,
)
from staff.accounts.actions.requests import request_role
from staff.accounts.models import GrantRequest, RoleGrant, User
from staff.departments.models import Department

__all__ = [
    "ADMINISTERS",
    "ENDING_ROLES",
    "END_NEEDED",
    "GRANTS",
    "grant_role",
    "keep_one_administrator",
    "needs_confirmation",
    "revoke_role",
]


def grant_role(
    user: User, *, role: str, department: Department | None, until: date | None, by: Any
) -> RoleGrant | GrantRequest:
    """Give a role in a department (None: in all) to the last day `until`, or ask for it.

    Given again, the last day is changed. Returns a GrantRequest, for another person to confirm, when `by`
    may not grant roles, or when the role sees patients or outcomes and the profile asks for two persons.
    `by` None is a command on the server, which grants. ValueError with a sentence as in `check_role`.
    """
    values = RoleValues(role, department, until)
    if by is None or not needs_confirmation(role, department, by):
        return give_role(user, values, by=by)
    return request_role(user, values, by=by)


def needs_confirmation(role: str, department: Department | None, by: Any) -> bool:
    """Must another person confirm when `by` gives this role there?"""
    dual = security_profile().dual_control and policy().needs_two_persons(role)
    return dual or not may_grant_in(department, by)
