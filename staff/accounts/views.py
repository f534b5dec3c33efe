"""Accounts: list, new, one; roles, password, switching off."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exporting.listing import listing
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.open_work import in_words, open_work_of
from staff.access.permissions import policy, requires
from staff.access.requests import SignedInRequest
from staff.access.step_up import confirmed
from staff.accounts.actions.accounts import change_account, create_account, set_active, shown_account
from staff.accounts.actions.grants import AUDITS
from staff.accounts.actions.passwords import OneTimePassword, reset_password
from staff.accounts.actions.requests import needs_two_to_reset, request_password
from staff.accounts.actions.roles import ADMINISTERS, GRANTS, grant_role, revoke_role
from staff.accounts.filters import AccountFilter
from staff.accounts.forms import AccountForm, NewAccountForm, RoleForm
from staff.accounts.models import GrantRequest, RoleGrant, User
from staff.accounts.tables import AccountTable
from staff.conflicts.forms import with_version
from staff.conflicts.page import edit_conflict
from staff.conflicts.versions import ConflictError, RefusedError
from staff.departments.models import Department
from staff.departments.queries import working_department
from trail.history import history


@requires(ADMINISTERS, GRANTS)
@require_GET
def accounts(request: SignedInRequest) -> HttpResponse:
    in_force = RoleGrant.objects.in_force().select_related("department")
    rows = User.accounts.visible_to(request.user, _code(request)).prefetch_related(
        Prefetch("role_grants", in_force, to_attr="grants_in_force")
    )
    narrowed = AccountFilter(request.GET, queryset=rows)
    page = listing(request, AccountTable, narrowed.qs)
    context = {
        "filter": narrowed,
        "page": page,
        "table": page.table,
        "may_manage": request.user.may(ADMINISTERS),
    }
    return render(request, "staff/_accounts.html" if request.htmx else "staff/accounts.html", context)


@requires(ADMINISTERS)
@confirmed
@require_http_methods(["GET", "POST"])
def account_new(request: SignedInRequest) -> HttpResponse:
    """A person, the first role, and the single-use password, shown this once."""
    form = NewAccountForm(request.POST or None, **_places(request))
    if request.method == "POST" and form.is_valid():
        try:
            given = _make(form.cleaned_data, request.user)
        except RefusedError as error:
            form.add_error(None, str(error))
        else:
            if "next" not in request.POST:
                return _password_once(request, given, "账号已建立")
            return _next(request, given, form.cleaned_data)
    context = {"form": form, "roles": policy().roles.values()}
    return render(request, "staff/account_new.html", context, status=400 if form.errors else 200)


@sensitive_variables("given")
def _next(request: SignedInRequest, given: OneTimePassword, values: dict[str, Any]) -> HttpResponse:
    """The password of the account just made, shown this once, above the form for the next one."""
    places = _places(request)
    places["initial"] |= {name: values[name] for name in ("role", "department", "until", "expires_on")}
    form = NewAccountForm(**places)
    context = {"form": form, "roles": policy().roles.values(), "given": given}
    return render(request, "staff/account_new.html", context)


@transaction.atomic
def _make(values: dict[str, Any], by: User) -> OneTimePassword:
    role = {name: values[name] for name in ("role", "department", "until")}
    names = ("username", "full_name", "staff_number", "aliases", "expires_on", "email")
    person = {name: values[name] for name in names}
    given = create_account(**person, by=by, workdays=settings.QC_PASSWORD_WORKDAYS)
    grant_role(given.user, **role, by=by)
    return given


@requires(ADMINISTERS, GRANTS)
@require_http_methods(["GET", "POST"])
def account_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    user = _account(request, pk, ADMINISTERS if request.method == "POST" else _code(request))
    form = _edit_form(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        names = ("full_name", "staff_number", "aliases", "expires_on", "email")
        try:
            values = {name: form.cleaned_data[name] for name in (*names, "version")}
            change_account(user, **values, by=request.user)
        except ConflictError as conflict:
            fresh = _edit_form(conflict.current)
            return edit_conflict(request, form, fresh, title=f"账号 {user.username}", url=request.path)
        except RefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "账号资料已保存。")
            return _back(pk)
    return _page(request, pk, form=form)


@requires(ADMINISTERS)
@require_POST
def account_active(request: SignedInRequest, pk: int) -> HttpResponse:
    """Switch off (`active=0`) or on (`active=1`)."""
    user = _account(request, pk, ADMINISTERS)
    active = request.POST.get("active") == "1"
    try:
        set_active(user, active=active, by=request.user)
    except RefusedError as error:
        messages.error(request, str(error))
        return _page(request, pk, status=400)
    messages.success(request, "账号已启用。" if active else "账号已停用，该账号的下一次操作即被拒绝。")
    return _back(pk)


@requires(ADMINISTERS, GRANTS)
@confirmed
@require_POST
def role_grant(request: SignedInRequest, pk: int) -> HttpResponse:
    """Grant a role, or ask for it where another person must confirm."""
    user = _account(request, pk, _code(request))
    form = RoleForm(
        request.POST,
        action=reverse("staff:role_grant", args=[pk]),
        **_places(request),
    )
    return run_action(
        request,
        form,
        lambda data: grant_role(user, **data, by=request.user),
        done=_granted,
        url=reverse("staff:account_edit", args=[pk]),
        show=lambda: _page(request, pk, role_form=form, status=400),
    )


def _granted(made: RoleGrant | GrantRequest) -> str:
    name = policy().roles[made.role].name
    if isinstance(made, RoleGrant):
        return f"已授予“{name}”。"
    return f"已提交“{name}”的申请（{made}），经另一位安全管理员确认后生效。"


@requires(GRANTS)
@confirmed
@require_POST
def role_revoke(request: SignedInRequest, pk: int, grant: int) -> HttpResponse:
    user = _account(request, pk, GRANTS)
    found = get_object_or_404(user.role_grants.select_related("department", "user"), pk=grant)
    try:
        revoke_role(found, by=request.user)
    except RefusedError as error:
        messages.error(request, str(error))
        return _page(request, pk, status=400)
    messages.success(request, "角色已撤销，下一次操作起生效。")
    return _back(pk)


@requires(ADMINISTERS)
@confirmed
@require_POST
def account_password(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new password; of an account with sensitive roles its first half, for another person to confirm."""
    user = _account(request, pk, ADMINISTERS)
    if not needs_two_to_reset(user):
        given = reset_password(user, by=request.user, workdays=settings.QC_PASSWORD_WORKDAYS)
        return _password_once(request, given, "密码已重置")
    try:
        made = request_password(user, by=request.user)
    except RefusedError as error:
        messages.error(request, str(error))
        return _page(request, pk, status=400)
    context = {"found": made, "half": made.first_half, "place": "前半段"}
    return render(request, "staff/password_half.html", context)


@sensitive_variables("given")
def _password_once(request: SignedInRequest, given: OneTimePassword, title: str) -> HttpResponse:
    """The answer to the POST itself: a redirect would have to keep the password somewhere."""
    return render(
        request, "staff/password_once.html", {"given": given, "account": given.user, "title": title}
    )


def _code(request: SignedInRequest) -> str:
    """The permission by which the user looks at accounts."""
    return ADMINISTERS if request.user.may(ADMINISTERS) else GRANTS


def _account(request: SignedInRequest, pk: int, code: str) -> User:
    found: User = fetch(request, User.accounts.all(), code, pk=pk)
    return found


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("staff:account_edit", args=[pk]))


def _places(request: SignedInRequest) -> dict[str, Any]:
    """Where the user may give roles, or ask for them."""
    code = _code(request)
    return {
        "departments": Department.objects.visible_to(request.user, code).select_related("institution"),
        "everywhere": request.user.reach(code) is None,
        # A role in every department is chosen, not slipped into.
        "initial": {"department": working_department(request, code)},
        "submit": "授予角色" if request.user.may(GRANTS) else "申请角色",
    }


def _edit_form(user: User, data: Any = None) -> AccountForm:
    shown = shown_account(user)  # before the form writes into the instance
    return with_version(AccountForm(data, instance=user), shown)


def _page(request: SignedInRequest, pk: int, status: int = 200, **forms: Any) -> HttpResponse:
    """One account with its roles and history. Read afresh: a refused form has written into the instance."""
    user = User.objects.get(pk=pk)
    roles = policy().roles
    grants = list(user.role_grants.select_related("department__institution", "granted_by"))
    in_force = set(user.role_grants.in_force().values_list("pk", flat=True))
    context = {
        "account": user,
        "grants": [(g, roles.get(g.role), g.pk in in_force) for g in grants],
        "is_self": user.pk == request.user.pk,
        "open_work": in_words(open_work_of(user)),
        "may_manage": request.user.may(ADMINISTERS),
        "may_grant": request.user.may(GRANTS),
        "may_audit": request.user.may(AUDITS),
        "pending": user.grant_requests.pending().select_related("department__institution", "requested_by"),
        "two_reset": needs_two_to_reset(user),
        "history": history(user, limit=20, codes=policy().codes),
        "form": _edit_form(user),
        "role_form": RoleForm(action=reverse("staff:role_grant", args=[pk]), **_places(request)),
    } | forms
    refused = any(form.errors for form in forms.values())
    return render(request, "staff/account.html", context, status=400 if refused else status)
