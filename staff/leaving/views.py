"""Accounts that are due to be disabled; one person's open work, given to others."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from staff.access.fetching import fetch
from staff.access.open_work import OpenItem, in_words, open_work_of
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest
from staff.accounts.actions.accounts import set_active
from staff.accounts.actions.roles import ADMINISTERS
from staff.accounts.models import User
from staff.conflicts.versions import RefusedError
from staff.leaving.actions import hand_over
from staff.leaving.queries import disabled_with_work, due_accounts

_ELSEWHERE = "属于其他科室，请由负责该科室的系统管理员移交。"


@requires(ADMINISTERS)
@require_http_methods(["GET", "POST"])
def leaving(request: SignedInRequest) -> HttpResponse:
    """Accounts unused for long, of people who left, expired; those ticked are disabled."""
    mine = User.accounts.visible_to(request.user, ADMINISTERS)
    due = due_accounts(mine)
    if request.method == "POST":
        ticked = set(request.POST.getlist("pick"))
        _disable(request, [one.user for one in due if str(one.user.pk) in ticked])
        return HttpResponseRedirect(request.path)
    context = {"due": due, "left_open": disabled_with_work(mine), "all_ticked": "all" in request.GET}
    return render(request, "staff/leaving/accounts.html", context)


def _disable(request: SignedInRequest, users: list[User]) -> None:
    disabled = 0
    for user in users:
        try:
            set_active(user, active=False, by=request.user)
        except RefusedError as refused:
            messages.error(request, str(refused))
        else:
            disabled += 1
    if disabled:
        messages.success(request, f"已停用{disabled}个账号。")
    elif not users:
        messages.warning(request, "没有勾选账号。")


@requires(ADMINISTERS)
@require_http_methods(["GET", "POST"])
def work(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything the person has still to do, with a taker each."""
    user = _account(request, pk)
    items = _items(request, user)
    if request.method == "POST":
        takers = _chosen(request, items)
        given, refused = hand_over(items, takers, leaver=user, by=request.user)
        for sentence in refused:
            messages.error(request, sentence)
        if given:
            messages.success(request, f"已移交{given}项。")
        elif not refused:
            messages.warning(request, "没有选择接手人。")
        return HttpResponseRedirect(request.path)
    is_self = user.pk == request.user.pk
    context = {"account": user, "items": items, "in_words": in_words(items), "is_self": is_self}
    return render(request, "staff/leaving/work.html", context)


def _items(request: SignedInRequest, user: User) -> list[OpenItem]:
    """The person's open work; that of departments the user does not administer is named and not given."""
    reach = request.user.reach(ADMINISTERS)
    return [
        item
        if reach is None or item.department in reach
        else replace(item, takers=(), hand_over=None, note=item.note or _ELSEWHERE)
        for item in open_work_of(user)
    ]


def _chosen(request: SignedInRequest, items: list[OpenItem]) -> dict[str, Any]:
    """The takers chosen on the page, each only from those it offered."""
    offered = {(item.key, str(taker.pk)): taker for item in items for taker in item.takers}
    asked = ((item.key, request.POST.get(f"taker-{item.key}", "")) for item in items)
    return {key: offered[key, pk] for key, pk in asked if (key, pk) in offered}


@requires(ADMINISTERS)
@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Disable the account although work is open: asked on the page that lists it."""
    user = _account(request, pk)
    try:
        set_active(user, active=False, by=request.user, despite_open_work=True)
    except RefusedError as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("staff:account_work", args=[pk]))
    messages.success(request, "账号已停用，该账号的下一次操作即被拒绝。")
    return HttpResponseRedirect(reverse("staff:account_edit", args=[pk]))


def _account(request: SignedInRequest, pk: int) -> User:
    found: User = fetch(request, User.accounts.all(), ADMINISTERS, pk=pk)
    return found
