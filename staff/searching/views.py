"""Where the filter of a list is sent to: typed texts are stored, the rest leads back as an address."""

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from staff.access.permissions import signed_in
from staff.access.requests import SignedInRequest
from staff.access.return_page import nearest_page
from staff.searching.actions import store_search, stored_search
from staff.searching.query import TOKEN, TYPED

_NOT_ASKED = {"csrfmiddlewaretoken", "list", "page", TOKEN}
_LONGEST = 200  # characters of one field; every filter takes fewer


@signed_in
@require_POST
def search(request: SignedInRequest) -> HttpResponse:
    """Redirect to the list that was asked, `list`, with a token in place of what was typed.

    A form that sends a token along, such as that of an export's purpose, adds to what is stored there.
    """
    before = stored_search(request.user, request.POST.get(TOKEN, "")) or {}
    sent = {name: str(text).strip() for name, text in request.POST.items() if name not in _NOT_ASKED}
    given = before | sent
    typed = {name: given.pop(name)[:_LONGEST] for name in TYPED & given.keys()}
    typed = {name: text for name, text in sorted(typed.items()) if text}
    query = {name: text for name, text in given.items() if text}
    if typed:
        query[TOKEN] = store_search(request.user, typed)
    page = nearest_page(request, request.POST.get("list", "")).partition("?")[0]
    return HttpResponseRedirect(f"{page}?{urlencode(query)}" if query else page)
