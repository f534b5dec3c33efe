"""Include several candidates after a confirmation, and revert such an inclusion."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from audits.follow_up.actions.records import take_back_many, take_up_many
from audits.follow_up.domain.follow_up import State
from audits.follow_up.models import FollowUp
from audits.follow_up.queries import status_of
from audits.follow_up.views.follow_ups import RECORDS
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest

_MOST_AT_ONCE = 100  # rows of the longest page


@requires(RECORDS)
@require_POST
def take_many(request: SignedInRequest) -> HttpResponse:
    """Include the candidates ticked in the list, or all on the page.

    A whole page, and cases that would be overdue at once, are included only after a confirmation page.
    """
    whole_page = "whole_page" in request.POST
    given = request.POST.getlist("shown" if whole_page else "chosen")[:_MOST_AT_ONCE]
    chosen = [int(pk) for pk in given if pk.isascii() and pk.isdecimal() and len(pk) < 10]
    rows = FollowUp.objects.visible_to(request.user, RECORDS).filter(pk__in=chosen)
    if "confirmed" not in request.POST:
        found = list(rows.candidates().with_facts())
        overdue = [row for row in found if status_of(row, timezone.localdate()).state is State.INCOMPLETE]
        if found and (whole_page or overdue):
            return render(request, "audits/follow_ups_take.html", {"found": found, "overdue": overdue})
    taken = take_up_many(rows, by=request.user)
    if taken:
        messages.success(request, f"已将 {taken} 例纳入随访；尚未登记的可在本页一并撤回。")
    else:
        messages.error(request, "没有选中候选病例：请先在列表左侧勾选。")
    return _back()


@requires(RECORDS)
@require_POST
def take_back(request: SignedInRequest) -> HttpResponse:
    """Revert one operation for the cases on which nothing was recorded since."""
    act = _uuid(request.POST.get("act", ""))
    rows = FollowUp.objects.visible_to(request.user, RECORDS)
    back, left = take_back_many(rows, act=act, by=request.user) if act else (0, 0)
    note = f"；{left} 例已有登记，仍在随访中" if left else ""
    if back:
        messages.success(request, f"已将 {back} 例撤回为候选{note}。")
    else:
        messages.error(request, f"没有可以撤回的病例{note}。")
    return _back()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("audits:follow_ups") + "?stage=candidate")
