"""Remembers the client's address for the events a request records."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from trail.origin import origin


def remember_origin(get_response: Callable[[HttpRequest], HttpResponse]):
    def middleware(request: HttpRequest) -> HttpResponse:
        with origin(client_ip(request)):
            return get_response(request)

    return middleware


def client_ip(request: HttpRequest) -> str:
    """The peer's address; behind the one trusted proxy, the last address that proxy wrote."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.QC_HTTPS and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()[:45]
    return request.META.get("REMOTE_ADDR", "")[:45]
