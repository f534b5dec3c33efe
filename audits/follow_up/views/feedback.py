"""发给我的反馈: a physician's feedback on the outcome of own reports, and its confirmation."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from audits.follow_up.actions.records import confirm_feedback
from audits.follow_up.forms import ReplyForm
from audits.follow_up.models import Feedback
from audits.follow_up.page import feedback_line, page_of
from audits.follow_up.tables import FeedbackTable
from exporting.listing import listing
from staff.access.acting import run_action
from staff.access.fetching import fetch
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest

OWN = "audits.view_own_feedback"
_STATES = (("unread", "待签收"), ("read", "已签收"))


@requires(OWN)
@require_GET
def my_feedback(request: SignedInRequest) -> HttpResponse:
    rows = Feedback.objects.visible_to(request.user).select_related("follow_up__report")
    state = request.GET.get("state", "")
    chosen = rows
    if state in dict(_STATES):
        chosen = rows.unread() if state == "unread" else rows.exclude(read_at=None)
    page = listing(request, FeedbackTable, chosen)
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
def my_feedback_one(request: SignedInRequest, pk: int) -> HttpResponse:
    one = fetch(request, Feedback.objects.for_page(), OWN, pk=pk)
    return _page(request, one, ReplyForm())


@requires(OWN)
@require_POST
def my_feedback_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    one = fetch(request, Feedback.objects.for_page(), OWN, pk=pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, one, form, status=400)
    return run_action(
        request,
        form,
        lambda given: confirm_feedback(one, reply=given["reply"], by=request.user),
        done="已签收，签收人和时间已记录。",
        url=reverse("audits:my_feedback_one", args=[pk]),
    )


def _page(request: SignedInRequest, one: Feedback, form: ReplyForm, *, status: int = 200) -> HttpResponse:
    page = page_of(one.follow_up, timezone.localdate(), reader=request.user)
    context = {
        "one": one,
        "line": feedback_line(one, one.follow_up),
        "page": page,
        "report": page.report,
        "form": form,
    }
    return render(request, "audits/my_feedback_one.html", context, status=status)
