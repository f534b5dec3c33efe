"""From the right password to the session: at once, or by way of a code of the second factor."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from staff.accounts.models import User
from staff.second_factor.models import SecondFactor

PASSWORD, DIRECTORY, OPENID = "password", "directory", "openid"
SOURCE = "signed_in_by"
_WAITING = "waiting_for_code"
_WAIT_SECONDS = 300
_BACKEND = "django.contrib.auth.backends.ModelBackend"  # reads the user of a session, however it was opened


@dataclass(frozen=True)
class Waiting:
    """A sign-in whose first step is done: whose, by which door, and the page that was asked for."""

    user: User
    source: str
    page: str


def begin_session(request: HttpRequest, user: User, *, source: str, page: str) -> HttpResponse:
    """Open the session and go to `page`; with a second factor, ask for its code first."""
    if user.second_factor_at is None:
        return open_session(request, user, source=source, page=page)
    request.session.cycle_key()
    request.session[_WAITING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "source": source,
        "page": page,
        "at": timezone.now().timestamp(),
    }
    return HttpResponseRedirect(reverse("login_code"))


def waiting_sign_in(request: HttpRequest) -> Waiting | None:
    """The sign-in that waits for its code, for five minutes and while the account is unchanged."""
    noted = request.session.get(_WAITING)
    if noted is None or timezone.now().timestamp() - noted["at"] > _WAIT_SECONDS:
        return None
    user = User.objects.filter(pk=noted["user"], is_active=True).first()
    if user is None or user.has_ended or user.second_factor_at is None:
        return None
    if not constant_time_compare(noted["hash"], user.get_session_auth_hash()):
        return None
    return Waiting(user, noted["source"], noted["page"])


def open_session(request: HttpRequest, user: User, *, source: str, page: str) -> HttpResponse:
    """A session under a new id, whether or not the browser was signed in before."""
    request.session.pop(_WAITING, None)
    again = request.user.is_authenticated
    login(request, user, backend=_BACKEND)
    if again:
        # For the same user Django reuses the session id: anyone who knows it would stay signed in.
        request.session.cycle_key()
    request.session[SOURCE] = source
    _tell_of_reset(request, user)
    return HttpResponseRedirect(page)


def _tell_of_reset(request: HttpRequest, user: User) -> None:
    """Once: somebody else removed the person's second factor."""
    row = SecondFactor.objects.filter(user=user).exclude(reset_at=None).first()
    if row is None or row.reset_at is None:
        return
    at = timezone.localtime(row.reset_at)
    messages.warning(
        request,
        f"您的双重验证已于{at:%Y-%m-%d %H:%M}由{row.reset_by}重设，原设备和恢复码不再有效。"
        "如非您本人要求，请立即告知安全管理人员，并修改密码。",
    )
    SecondFactor.objects.filter(pk=row.pk).update(reset_at=None, reset_by="")
