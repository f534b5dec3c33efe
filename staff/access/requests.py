"""The request that a view behind `requires` is given, for type checkers."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from staff.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request whose user has signed in; `htmx` is set by django-htmx's middleware."""

    user: User
    htmx: HtmxDetails
