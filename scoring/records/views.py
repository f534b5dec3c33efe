"""签发记录核对: the last comparison of all records with the trail, and a button for the next one."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from scoring.records.actions import queue_verification
from scoring.records.queries import KINDS_ZH, TOLD, differences_for, last_verification
from staff.access.permissions import requires
from staff.access.requests import SignedInRequest


@requires(*TOLD)
@require_http_methods(["GET", "POST"])
def records(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        queue_verification(by=request.user)
        messages.success(request, "已开始核对，完成后结果显示在本页，并记入留痕。")
        return HttpResponseRedirect(reverse("scoring:records"))
    event = last_verification()
    counts = [(zh, event.detail.get(kind, {})) for kind, zh in KINDS_ZH.items()] if event else []
    context = {"event": event, "counts": counts, "differences": differences_for(request.user, event)}
    return render(request, "scoring/records.html", context)
