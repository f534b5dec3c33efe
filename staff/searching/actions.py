"""Store what was typed into a filter, and find it again by its token."""

import secrets
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from staff.accounts.models import User
from staff.searching.models import StoredSearch
from trail.hashing import record_hash


def store_search(user: User, content: Mapping[str, str]) -> str:
    """The token of these texts. No trail event: reading a list is none either."""
    rows = StoredSearch.objects.filter(user=user, content_hash=record_hash(content))
    now = timezone.now()
    if rows.update(used_at=now):
        return rows.values_list("token", flat=True).get()
    values = {"content": dict(content), "content_hash": record_hash(content), "used_at": now}
    try:
        with transaction.atomic():
            return StoredSearch.objects.create(user=user, token=secrets.token_urlsafe(12), **values).token
    except IntegrityError:  # the same search, sent twice at once
        return rows.values_list("token", flat=True).get()


def stored_search(user: User, token: str) -> dict[str, str] | None:
    """The texts under a token of this person; None for another's, an old or an invented one."""
    found: dict[str, str] | None = (
        StoredSearch.objects.filter(user=user, token=token[:32]).values_list("content", flat=True).first()
    )
    return found
