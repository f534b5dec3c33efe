"""A sent form as a value, and its receipt, written in the transaction of the change.

The token is Django's own CSRF value: random, in every form, and another one on every page. A page that the
browser fetches again on the way back gets the first one back in `form_token` (static/js/sent.js).
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.utils import timezone

from staff.form_tokens.models import SentForm

TOKEN = "form_token"  # noqa: S105  # the name of a field
_OF_THE_FORM = (TOKEN, "csrfmiddlewaretoken")
STORED_FOR = timedelta(days=7)


class AlreadySentError(Exception):
    """The form was carried out by another request; the transaction that notices it is rolled back."""


@dataclass
class Sending:
    """One POST of a form with a token."""

    key: str
    form: str
    has_version: bool
    request: str = field(default_factory=lambda: secrets.token_hex(16))

    @classmethod
    def of(cls, request: HttpRequest) -> Self | None:
        """The form in a request; None for one without a token, and for a part of a page (htmx).

        Parts of a page carry the version of what they change, and stay on the page to be sent again.
        """
        token = request.POST.get(TOKEN) or request.POST.get("csrfmiddlewaretoken", "")
        if request.method != "POST" or not token or request.headers.get("HX-Request"):
            return None
        if len(token) == CSRF_SECRET_LENGTH:  # the cookie itself, sent by a program: no page made this form
            return None
        form = _hash([request.user.pk, token, request.get_full_path()])
        return cls(_hash([form, _content(request)]), form, "version" in request.POST)

    def earlier(self) -> SentForm | None:
        """The receipt of the same form with the same content, written for another request."""
        return SentForm.objects.filter(key=self.key).exclude(request=self.request).first()

    def with_other_content(self) -> SentForm | None:
        """The receipt of the same form with other content.

        None for a form with a version: changing a thing again is what such a form is for.
        """
        if self.has_version:
            return None
        return SentForm.objects.filter(form=self.form).exclude(key=self.key).first()

    def claim(self) -> None:
        """Write the receipt in the caller's transaction; AlreadySentError when another request has."""
        found = SentForm.objects.filter(key=self.key).values_list("request", flat=True).first()
        if found is None:
            try:
                with transaction.atomic():
                    SentForm.objects.create(key=self.key, form=self.form, request=self.request)
            except IntegrityError as error:
                raise AlreadySentError from error
        elif found != self.request:
            raise AlreadySentError

    @property
    def own(self) -> QuerySet[SentForm]:
        """The receipt of this request, as a queryset."""
        return SentForm.objects.filter(key=self.key, request=self.request)


def delete_old_receipts() -> int:
    """Delete the receipts that no page still open refers to; how many."""
    return SentForm.objects.filter(sent_at__lt=timezone.now() - STORED_FOR).delete()[0]


def _content(request: HttpRequest) -> list[object]:
    files = [(name, _size(file)) for name in sorted(request.FILES) for file in request.FILES.getlist(name)]
    return [sorted((name, sent) for name, sent in request.POST.lists() if name not in _OF_THE_FORM), files]


def _size(file: Any) -> tuple[str, int]:
    return file.name or "", file.size or 0


def _hash(parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
