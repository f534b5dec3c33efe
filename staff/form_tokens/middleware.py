"""Answers a form that was sent twice with the result of the first, and a sentence."""

import time
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from staff.access.return_page import page_asked_for
from staff.form_tokens.models import SentForm
from staff.form_tokens.receipts import AlreadySentError, Sending
from trail.origin import before_events

_WAIT_SECONDS = 2.0  # for the answer of a first request that is still at work


class OneTimeForms:
    """Forms with a token are carried out once: the receipt is written with the first event of the change."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sending = Sending.of(request) if request.method == "POST" and request.user.is_authenticated else None
        if sending is None:
            return self.get_response(request)
        if earlier := sending.earlier():
            return _repeated(request, earlier)
        if earlier := sending.with_other_content():
            return _sent_otherwise(request, earlier)
        with before_events(sending.claim):
            response = self.get_response(request)
        if _settle(sending, response):
            return response
        # Refused by a check (a version, a name taken) that the first request, still at work, has made true.
        earlier = sending.earlier()
        return _repeated(request, earlier) if earlier else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The second of two requests at the same time, whose change was rolled back."""
        return HttpResponse(status=409) if isinstance(exception, AlreadySentError) else None


def _settle(sending: Sending, response: HttpResponse) -> bool:
    """Complete the receipt of a carried out form; False when this request wrote none.

    A form shown again with errors, and a file, which is no change, may be sent again.
    """
    if 400 <= response.status_code < 500 or response.has_header("Content-Disposition"):
        return sending.own.delete()[0] > 0
    return sending.own.update(answered=True, answer=response.get("Location", "")[:500]) > 0


def _repeated(request: HttpRequest, earlier: SentForm) -> HttpResponse:
    deadline = time.monotonic() + _WAIT_SECONDS
    while earlier.may_be_at_work and time.monotonic() < deadline:
        time.sleep(0.1)
        earlier.refresh_from_db()
    moment = timezone.localtime(earlier.sent_at).strftime("%Y-%m-%d %H:%M")
    where = "以下是当时的结果。" if earlier.answer else "当时的结果页只显示一次。"
    messages.info(request, f"这份表单已提交过（{moment}），未重复处理。{where}")
    return HttpResponseRedirect(earlier.answer or page_asked_for(request))


def _sent_otherwise(request: HttpRequest, earlier: SentForm) -> HttpResponse:
    """409: the first result, and a button that sends what was typed now as a form of its own."""
    typed = [
        (name, value)
        for name, sent in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "form_token")
        for value in sent
    ]
    context = {
        "sent_at": earlier.sent_at,
        "answer": earlier.answer or page_asked_for(request),
        "typed": typed,
        "texts": [value for _, value in typed if len(value) > 20 or not value.isascii()],
        "has_files": bool(request.FILES),
    }
    return render(request, "staff/sent_before.html", context, status=409)
