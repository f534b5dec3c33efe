"""Remembers the client's address for the events a request records."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from trail.origin import origin

_Answer = Callable[[HttpRequest], HttpResponse]


def remember_origin(get_response: _Answer) -> _Answer:
    def middleware(request: HttpRequest) -> HttpResponse:
        with origin(client_ip(request)):
            return get_response(request)

    return middleware


def client_ip(request: HttpRequest) -> str:
    """The peer's address; behind the one trusted proxy, the last address that proxy wrote."""
    peer: str = request.META.get("REMOTE_ADDR", "")[:45]
    if not settings.QC_HTTPS:
        return peer
    last = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
    try:
        return str(ip_address(last))
    except ValueError:
        return peer  # nothing written, or something that the address columns would refuse
