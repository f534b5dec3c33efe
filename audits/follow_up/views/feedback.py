"""发给我的反馈: what a physician is told of the outcome of their own reports, and their confirmation."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audits.conflicts import RefusedError
from audits.follow_up.actions.records import confirm_feedback
from audits.follow_up.forms import ReplyForm
from audits.follow_up.models import Feedback
from audits.follow_up.page import feedback_line, page_of
from audits.follow_up.tables import FeedbackTable
from exporting.listing import listing
from staff.access import fetch
from staff.permissions import requires

OWN = "audits.view_own_feedback"
_STATES = (("unread", "待签收"), ("read", "已签收"))


@requires(OWN)
@require_GET
def my_feedback(request: HttpRequest) -> HttpResponse:
    rows = Feedback.objects.visible_to(request.user).select_related("follow_up__report")
    state = request.GET.get("state", "")
    shown = rows
    if state in dict(_STATES):
        shown = rows.unread() if state == "unread" else rows.exclude(read_at=None)
    page = listing(request, FeedbackTable, shown)
    context = {
        "page": page,
        "table": page.table,
        "states": _STATES,
        "state": state,
        "unread": rows.unread().count(),
    }
    name = "audits/_my_feedback.html" if request.htmx else "audits/my_feedback.html"
    return render(request, name, context)


@requires(OWN)
@require_GET
def my_feedback_one(request: HttpRequest, pk: int) -> HttpResponse:
    one = _fetch(request, pk)
    return render(request, "audits/my_feedback_one.html", _page(request, one))


@requires(OWN)
@require_POST
def my_feedback_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    one = _fetch(request, pk)
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            confirm_feedback(one, reply=form.cleaned_data["reply"], by=request.user)
        except RefusedError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "已签收，签收人和时间已记录。")
        return HttpResponseRedirect(reverse("audits:my_feedback_one", args=[pk]))
    return render(request, "audits/my_feedback_one.html", _page(request, one, form=form), status=400)


def _fetch(request: HttpRequest, pk: int) -> Feedback:
    rows = Feedback.objects.select_related(
        "follow_up__report__source", "follow_up__report__department", "follow_up__department", "sent_by"
    )
    return fetch(request, rows, OWN, pk=pk)


def _page(request: HttpRequest, one: Feedback, **forms: Any) -> dict[str, Any]:
    page = page_of(one.follow_up, timezone.localdate(), reader=request.user)
    return {
        "one": one,
        "line": feedback_line(one, one.follow_up),
        "page": page,
        "report": page.report,
        "form": ReplyForm(),
    } | forms
