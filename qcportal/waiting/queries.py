"""How much waits for a person, in one query; and what it is."""

from collections import Counter
from typing import Any

from django.core.cache import cache
from django.db.models import IntegerField, Subquery

from qcportal.waiting.kinds import KINDS, Kind, Line
from staff.access.requests import SignedInRequest
from staff.accounts.models import User
from trail.models import Event

_Counts = dict[str, int]
_SECONDS = 60  # for what time alone brings: a request runs out, a day begins


class _RowCount(Subquery):
    """The number of rows of a queryset, as a column."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) waiting_rows)"
    output_field = IntegerField()
    empty_result_set_value = 0  # of rows that can be none, as `none()`: not asked for, and no NULL


def kinds_of(user: User) -> list[Kind]:
    """The kinds that can wait for a person by the roles held."""
    return [kind for kind in KINDS if user.may(kind.needs)]


def waiting_counts(user: User) -> _Counts:
    """How many things of each kind wait, by its code: one query, whatever the number of kinds and rows."""
    columns: dict[str, Any] = {
        f"waiting_{kind.code}": _RowCount(kind.rows(user).order_by().values("pk")) for kind in kinds_of(user)
    }
    if not columns:
        return {}
    row = User.objects.filter(pk=user.pk).annotate(**columns).values(*columns).get()
    return {name.removeprefix("waiting_"): count or 0 for name, count in row.items()}


def counts_of(request: SignedInRequest) -> _Counts:
    """The counts of the signed-in person, asked once a request.

    They are asked anew after the next event of the trail: whatever makes something wait leaves one. Building
    the query takes longer than the rest of a plain page.
    """
    whose, found = getattr(request, "waiting_counts", (None, {}))
    if whose != request.user.pk:
        newest = Event.objects.values_list("hash", flat=True).first()
        key = f"waiting:{request.user.pk}:{newest}"
        found = cache.get(key)
        if found is None:
            found = waiting_counts(request.user)
            cache.set(key, found, _SECONDS)
        request.waiting_counts = request.user.pk, found  # type: ignore[attr-defined]
    return found


def by_entry(counts: _Counts) -> dict[str, int]:
    """The counts added up by the entry of the navigation that shows them."""
    found: Counter[str] = Counter()
    for kind in KINDS:
        found[kind.at] += counts.get(kind.code, 0)
    return dict(found)


def lines_of(user: User, kind: Kind) -> list[Line]:
    """The things of a kind that wait for a person, oldest first."""
    return [kind.line(row) for row in kind.rows(user).order_by("pk")]
