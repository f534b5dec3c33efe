"""Store what was typed into a filter, and find it again by its token."""

import secrets
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from staff.accounts.models import User
from staff.searching.models import StoredSearch
from staff.searching.query import TOKEN
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


def person_searches(
    user: User, query: Mapping[str, str], field: str, names: Sequence[str]
) -> dict[str, dict[str, str]]:
    """By name the change of a filter's query that asks for this person in `field`: a token, no name.

    What is stored for `query` holds on. For links of a list of people; two queries for all of them.
    """
    stored = dict(getattr(query, "stored", {}))
    contents = {name: dict(sorted((stored | {field: name}).items())) for name in names}
    hashes = {name: record_hash(content) for name, content in contents.items()}
    now = timezone.now()
    made = [
        StoredSearch(
            user=user,
            token=secrets.token_urlsafe(12),
            content=contents[name],
            content_hash=hashes[name],
            used_at=now,
        )
        for name in names
    ]
    StoredSearch.objects.bulk_create(made, ignore_conflicts=True)  # those that are there stay
    rows = StoredSearch.objects.filter(user=user, content_hash__in=hashes.values())
    known = dict(rows.values_list("content_hash", "token"))
    return {name: {field: "", TOKEN: known[hashes[name]]} for name in names}


def stored_search(user: User, token: str) -> dict[str, str] | None:
    """The texts under a token of this person; None for another's, an old or an invented one."""
    found: dict[str, str] | None = (
        StoredSearch.objects.filter(user=user, token=token[:32]).values_list("content", flat=True).first()
    )
    return found
