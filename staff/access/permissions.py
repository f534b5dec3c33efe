"""Roles and permissions: read from roles.yaml, denied by default, asked at every view.

`requires(code)` marks a view with the one permission it needs; `public` marks the few that need none.
`signed_in` marks what anyone with an account may do. A test walks the URL resolver and fails a bare view.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from staff.access.return_page import page_asked_for

_View = Callable[..., HttpResponseBase]

SIGNED_IN = "signed_in"  # no permission of roles.yaml: every account has it


@dataclass(frozen=True)
class Role:
    """One role of roles.yaml; `code` is stored in the database, `name` and `duty` are shown."""

    code: str
    name: str
    duty: str
    permissions: frozenset[str]


@dataclass(frozen=True)
class Policy:
    """roles.yaml as a value: permission codes with their labels, and roles by code."""

    permissions: Mapping[str, str]
    roles: Mapping[str, Role]
    two_persons: frozenset[str] = frozenset()

    def needs_two_persons(self, role_code: str) -> bool:
        """Does the role see patients or outcomes, or grant roles that do (docs/quality.md T7)?"""
        return bool(self.two_persons & self.granted(role_code))

    @property
    def codes(self) -> dict[str, dict[str, str]]:
        """Labels of role and permission codes in the trail, as `trail.labels.detail_labels` expects them."""
        return {
            "role": {role.code: role.name for role in self.roles.values()},
            "needs": dict(self.permissions),
        }

    def granted(self, role_code: str) -> frozenset[str]:
        """The permissions of a role; a role that is no longer in the file grants nothing."""
        role = self.roles.get(role_code)
        return role.permissions if role else frozenset()


def parse_policy(raw: Any, *, source: str = "roles.yaml") -> Policy:
    """Turn the parsed file into a Policy; ValueError on anything it does not know."""
    if not isinstance(raw, dict) or set(raw) != {"permissions", "roles", "two_persons"}:
        raise ValueError(
            f"{source}: the top level must have exactly the keys permissions, roles, two_persons"
        )
    permissions: dict[str, str] = raw["permissions"]
    roles = {code: _parse_role(code, body, permissions, source) for code, body in raw["roles"].items()}
    unused = set(permissions) - set().union(*(role.permissions for role in roles.values()))
    if unused:
        raise ValueError(f"{source}: permissions granted to no role: {sorted(unused)}")
    two_persons = frozenset(raw["two_persons"])
    if unknown := two_persons - set(permissions):
        raise ValueError(f"{source}: two_persons: unknown permissions {sorted(unknown)}")
    return Policy(permissions, roles, two_persons)


def _parse_role(code: str, body: Any, permissions: Mapping[str, str], source: str) -> Role:
    unknown = set(body) - {"name", "duty", "permissions"}
    if unknown:
        raise ValueError(f"{source}: role {code}: unknown keys {sorted(unknown)}")
    undeclared = set(body["permissions"]) - set(permissions)
    if undeclared:
        raise ValueError(f"{source}: role {code}: unknown permissions {sorted(undeclared)}")
    if len(set(body["permissions"])) != len(body["permissions"]):
        raise ValueError(f"{source}: role {code}: a permission is listed twice")
    return Role(code, body["name"], body["duty"], frozenset(body["permissions"]))


class _Loader(yaml.SafeLoader):
    """YAML keeps the last of two equal keys without a word: a role written twice would lose the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"line {node.start_mark.line + 1}: written twice: {', '.join(twice)}")
        return super().construct_mapping(node, deep)


def read_policy(path: Path) -> Policy:
    """The policy in a file; ValueError on anything it does not know, OSError when it cannot be read."""
    raw = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  # a SafeLoader
    return parse_policy(raw, source=path.name)


@lru_cache(maxsize=1)
def policy() -> Policy:
    """The policy of this installation (settings.QC_ROLES_FILE)."""
    return read_policy(Path(settings.QC_ROLES_FILE))


def requires(*codes: str) -> Callable[[_View], _View]:
    """Let a signed-in user with any of `codes` in some department pass; else sign-in page or 403.

    Which rows the user may touch is a second question, answered by `visible_to` on the queryset.
    """

    def decorate(view: _View) -> _View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            if not any(request.user.may(code) for code in codes):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.qc_permissions = codes  # type: ignore[attr-defined]  # read by the URL walk
        return guarded

    return decorate


def signed_in(view: _View) -> _View:
    """Let anyone with an account pass, even without a role: for the own password, nothing else."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.user.is_authenticated else _to_login(request)

    guarded.qc_permissions = (SIGNED_IN,)  # type: ignore[attr-defined]  # read by the URL walk
    return guarded


def public(view: _View) -> _View:
    """Mark a view that anyone may open: sign-in, sign-out, health."""
    view.qc_permissions = ()  # type: ignore[attr-defined]  # read by the URL walk
    return view


def _to_login(request: HttpRequest) -> HttpResponse:
    page = page_asked_for(request)
    url = reverse("login") + (f"?{urlencode({'next': page}, safe='/')}" if page else "")
    if getattr(request, "htmx", False):
        # A fragment must not be filled with the sign-in page: the header makes htmx load the whole page.
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
