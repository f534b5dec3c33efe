"""Puts the stored texts of a search into `request.GET`, so that lists read them like any other filter."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from staff.accounts.models import User
from staff.searching.actions import stored_search
from staff.searching.query import TOKEN, SearchedQuery

LOST = "检索条件已失效，或属于他人：请重新输入检索文字。"
_Answer = Callable[[HttpRequest], HttpResponse]


def stored_searches(get_response: _Answer) -> _Answer:
    """A token that is not this person's leads to the list without it, and says so."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user, token = request.user, request.GET.get(TOKEN, "")
        if not token or not isinstance(user, User) or request.method not in ("GET", "HEAD"):
            return get_response(request)
        stored = stored_search(user, token)
        if stored is None:
            messages.warning(request, LOST)
            query = request.GET.copy()
            del query[TOKEN]
            return HttpResponseRedirect(f"{request.path}?{query.urlencode()}" if query else request.path)
        request.GET = SearchedQuery.of(request.GET, stored)  # type: ignore[assignment]
        return get_response(request)

    return middleware
