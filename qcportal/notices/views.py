"""提醒与日历: the own digest and calendar address, and the calendar itself."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qcportal.notices.calendar import deadlines_of
from qcportal.notices.digest import address_of
from qcportal.notices.forms import NoticesForm
from staff.access.acting import run_action
from staff.access.permissions import public, signed_in
from staff.access.requests import SignedInRequest
from staff.notices.actions import (
    calendar_owner,
    choose_notices,
    count_calendar_read,
    make_calendar_address,
    revoke_calendar_address,
)
from staff.notices.models import CalendarAddress, NoticeSetting
from staff.register.domain.calendar import calendar

_WARN_DAYS = 7


@signed_in
@require_http_methods(["GET", "POST"])
def notices(request: SignedInRequest) -> HttpResponse:
    setting = NoticeSetting.objects.filter(user=request.user).first()
    initial = {"email": request.user.email, "digest": setting is None or setting.digest}
    form = NoticesForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST":
        return _page(request, form)
    return run_action(
        request,
        form,
        lambda given: choose_notices(request.user, **given, by=request.user),
        done="提醒设置已保存。",
        url=reverse("notices"),
        show=lambda: _page(request, form, status=400),
    )


def _page(request: SignedInRequest, form: NoticesForm, *, token: str = "", status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "address": CalendarAddress.objects.filter(user=request.user).first(),
        "new_address": address_of("calendar_feed", token) if token else "",
        "by_mail": not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"),
        "by_webhook": bool(settings.QC_WEBHOOK_URL),
    }
    return render(request, "qcportal/notices.html", context, status=status)


@signed_in
@require_POST
def calendar_make(request: SignedInRequest) -> HttpResponse:
    """A new address, shown this once; an earlier one ends."""
    token = make_calendar_address(by=request.user)
    setting = NoticeSetting.objects.filter(user=request.user).first()
    initial = {"email": request.user.email, "digest": setting is None or setting.digest}
    return _page(request, NoticesForm(initial=initial), token=token)


@signed_in
@require_POST
def calendar_revoke(request: SignedInRequest) -> HttpResponse:
    if revoke_calendar_address(by=request.user):
        messages.success(request, "日历订阅地址已停用。")
    return HttpResponseRedirect(reverse("notices"))


@public
@require_GET
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The deadlines of the person whose address it is, as they may see them now."""
    owner = calendar_owner(token)
    if owner is None:
        return HttpResponse("订阅地址不存在或已停用。", status=404, content_type="text/plain; charset=utf-8")
    if not count_calendar_read(owner):
        return HttpResponse(
            "读取过于频繁，请稍后再试。",
            status=429,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": "3600"},
        )
    found = deadlines_of(owner, timezone.localdate())
    content = calendar(found, name="质控平台期限", made_at=timezone.now(), warn_days=_WARN_DAYS)
    headers = {"Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
