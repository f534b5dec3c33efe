"""Slips for accounts that were never used: passwords made, printed and forgotten in one request."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from exporting.download import download_response
from staff.access.permissions import policy, requires
from staff.access.requests import SignedInRequest
from staff.access.step_up import confirmed
from staff.accounts.actions.passwords import OneTimePassword, reset_password
from staff.accounts.actions.requests import administers_apart
from staff.accounts.actions.roles import ADMINISTERS
from staff.accounts.models import RoleGrant, User
from staff.departments.models import Institution
from staff.enrolment.documents import Slip, slips_pdf

_MOST = 100  # slips in one file: Argon2 takes up to a fifth of a second for each password
_MOST_WORKDAYS = 10


@dataclass(frozen=True)
class _Row:
    """An account on the page; `ticked`: it has no password that could still be used."""

    user: User
    roles: str
    state: str
    ticked: bool


@requires(ADMINISTERS)
@confirmed
@require_http_methods(["GET", "POST"])
def slips(request: SignedInRequest) -> HttpResponse:
    """Accounts that were never used, to be ticked; the answer to the form is the PDF itself."""
    waiting = _waiting(request.user)
    problem, workdays = "", settings.QC_SLIP_WORKDAYS
    if request.method == "POST":
        workdays = _asked_workdays(request)
        ticked = set(request.POST.getlist("pick"))
        chosen = [user for user in waiting if str(user.pk) in ticked][:_MOST]
        if chosen and workdays:
            return _printed(request, chosen, workdays)
        problem = (
            "没有勾选账号：请勾选要打印的账号。" if workdays else f"有效期应为1至{_MOST_WORKDAYS}个工作日。"
        )
        workdays = workdays or settings.QC_SLIP_WORKDAYS
    every = request.GET.get("all") == "1"
    context = {
        "rows": [_row(user, every) for user in waiting[:_MOST]],
        "more": max(0, len(waiting) - _MOST),
        "workdays": workdays,
        "all_ticked": every,
        "problem": problem,
    }
    return render(request, "staff/enrolment/slips.html", context, status=400 if problem else 200)


def _asked_workdays(request: HttpRequest) -> int:
    typed = request.POST.get("workdays", "")
    days = int(typed) if typed.isdecimal() and len(typed) < 3 else 0
    return days if days <= _MOST_WORKDAYS else 0


def _waiting(user: User) -> list[User]:
    """Active accounts the user manages that nobody has signed in with; two queries.

    Those without a password that can be used come first; the last batch first, in its own order. Without the
    three administrators, who confirm what others ask for: their password is reset in two halves.
    """
    in_force = RoleGrant.objects.in_force().select_related("department__institution")
    unused = {"is_active": True, "last_login": None, "must_change_password": True}
    rows = User.accounts.visible_to(user, ADMINISTERS).filter(**unused)
    rows = rows.exclude(pk__in=administers_apart().values("user"))
    found = rows.exclude(pk=user.pk).prefetch_related(Prefetch("role_grants", in_force, to_attr="grants"))
    return sorted(found, key=lambda one: (_is_usable(one), -one.date_joined.timestamp() // 60, one.pk))


def _is_usable(user: User) -> bool:
    return user.has_usable_password() and not user.single_use_password_expired


def _row(user: User, every: bool) -> _Row:
    roles = policy().roles
    names = dict.fromkeys(roles[g.role].name for g in user.grants if g.role in roles)  # type: ignore[attr-defined]
    usable = _is_usable(user)
    state = "尚未打印"
    if user.has_usable_password() and user.password_expires_at:
        end = timezone.localtime(user.password_expires_at)
        state = f"有效至{end:%Y-%m-%d %H:%M}" if usable else f"{end:%Y-%m-%d %H:%M}已过期"
    return _Row(user, "、".join(names) or "没有有效角色", state, every or not usable)


@sensitive_variables("given", "printed", "content")
def _printed(request: SignedInRequest, users: list[User], workdays: int) -> HttpResponse:
    """The PDF. Each password is stored by itself: one transaction for all would stop every other writer."""
    address = request.build_absolute_uri("/")
    first = Institution.objects.order_by("pk").values_list("name", flat=True).first() or ""
    printed = []
    for user in users:
        given = reset_password(user, by=request.user, workdays=workdays)
        printed.append(_slip(user, given, first, address))
    now = timezone.localtime()
    content = slips_pdf(printed, made_at=now)
    return download_response(
        request,
        filename=f"一次性密码条_{now:%Y%m%d_%H%M}.pdf",
        content=content,
        content_type="application/pdf",
        action="staff.print_slips",
        detail={"accounts": [user.username for user in users]},
    )


def _slip(user: User, given: OneTimePassword, hospital: str, address: str) -> Slip:
    departments = [grant.department for grant in user.grants if grant.department]  # type: ignore[attr-defined]
    return Slip(
        hospital=departments[0].institution.name if departments else hospital,
        full_name=user.full_name,
        staff_number=user.staff_number,
        username=user.username,
        password=given.password,
        until=f"{timezone.localtime(given.expires_at):%Y-%m-%d %H:%M}",
        address=address,
    )
