"""Own sessions: seen and ended."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from staff.access.permissions import signed_in
from staff.access.requests import SignedInRequest
from staff.sessions.actions import end_sessions
from staff.sessions.queries import own_sessions


@signed_in
@require_GET
def sessions(request: SignedInRequest) -> HttpResponse:
    """Where the account is signed in."""
    found = own_sessions(request.user, request.session.session_key)
    return render(request, "staff/sessions.html", {"sessions": found, "others": len(found) > 1})


@signed_in
@require_POST
def sessions_end(request: SignedInRequest) -> HttpResponse:
    """End one of them (`session`), or all others."""
    name = request.POST.get("session", "")
    ended = end_sessions(request.user, current=request.session.session_key, name=name)
    if ended:
        messages.success(request, f"已结束{ended}处登录，该设备的下一次操作即被拒绝。")
    else:
        messages.warning(request, "没有可结束的登录：它可能已经退出或过期。")
    return HttpResponseRedirect(reverse("sessions"))
