"""Asks for the password (and the code) again, on a page that carries the fields of the form along."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from staff.access.return_page import page_asked_for
from staff.access.step_up import note_confirmation
from staff.accounts.models import User
from staff.second_factor.forms import code_field
from staff.sign_in.directory_errors import UNAVAILABLE, DirectoryUnavailableError
from staff.sign_in.lockout import is_right_code, user_with_password
from staff.sign_in.opening import OPENID, SOURCE

_PREFIX = "confirm"  # before the names of our fields, so that none of the form's own is taken
_WRONG = "密码不正确，请重新输入。连续输错5次将暂停15分钟。"
_WRONG_CODE = "验证码不正确或已用过，请等验证器显示新的数字后再输入。连续输错5次将暂停15分钟。"


class ConfirmForm(forms.Form):
    """The own password and, where one is set up, a code of the second factor; the password first.

    Who came by the hospital's sign-on has no password here, and gives the code.
    """

    password = forms.CharField(
        label="您的登录密码",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = code_field("验证码", "验证器显示的6位数字，或一个恢复码。")

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data, prefix=_PREFIX)
        assert isinstance(request.user, User)
        self.request, self.user = request, request.user
        if request.session.get(SOURCE) == OPENID:
            del self.fields["password"]
        else:
            self.fields["password"].error_messages["required"] = "请输入您的登录密码。"
        if self.user.second_factor_at is None:
            del self.fields["code"]

    @property
    def can_confirm(self) -> bool:
        """Is there anything to ask for?"""
        return bool(self.fields)

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if self.errors:
            return given
        try:
            if "password" in given and not self._is_own_password(given["password"]):
                self.add_error("password", _WRONG)
            elif "code" in given and not self._is_own_code(given["code"]):
                self.add_error("code", _WRONG_CODE)
        except DirectoryUnavailableError:
            self.add_error(None, UNAVAILABLE)
        return given

    def _is_own_password(self, typed: str) -> bool:
        user = self.user
        found = user_with_password(self.request, user.username, typed, action="staff.confirm", by=user)
        return found == user

    def _is_own_code(self, typed: str) -> bool:
        return is_right_code(self.request, self.user, typed, action="staff.confirm", by=self.user)


def ask_for_confirmation(request: HttpRequest) -> HttpResponse | None:
    """The page that asks; None when the request brought what was asked for, and goes on as it was sent."""
    page = page_asked_for(request)
    if request.method != "POST" or request.headers.get("HX-Request") or request.FILES:
        url = f"{reverse('login_confirm')}?{urlencode({'next': _page_of_link(request)}, safe='/')}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)
    given = any(name.startswith(f"{_PREFIX}-") for name in request.POST)
    form = ConfirmForm(request, request.POST if given else None)
    if given and form.can_confirm and form.is_valid():
        note_confirmation(request.session)
        request.POST = _own_fields(request.POST)  # type: ignore[assignment]  # as it came, without ours
        return None
    carried = [(name, value) for name, values in _own_fields(request.POST).lists() for value in values]
    back = request.POST.get(f"{_PREFIX}-back") or page
    return confirmation_page(request, form, carried=carried, back=back)


def confirmation_page(
    request: HttpRequest, form: ConfirmForm, *, carried: list[tuple[str, str]], back: str
) -> HttpResponse:
    """The page with the form and, hidden, the fields of the one that was sent."""
    context = {
        "form": form,
        "carried": [pair for pair in carried if pair[0] != "csrfmiddlewaretoken"],
        "back": back,
        "again": f"{reverse('login_openid')}?{urlencode({'confirm': 1, 'next': back}, safe='/')}",
        "minutes": settings.QC_CONFIRM_MINUTES,
    }
    return render(request, "staff/confirm.html", context, status=400 if form.errors else 200)


def _page_of_link(request: HttpRequest) -> str:
    """The page on which the link of a download stands."""
    referer = request.headers.get("Referer", "")
    return referer or page_asked_for(request)


def _own_fields(post: QueryDict) -> QueryDict:
    kept = post.copy()
    for name in [name for name in kept if name.startswith(f"{_PREFIX}-")]:
        del kept[name]
    kept._mutable = False
    return kept
