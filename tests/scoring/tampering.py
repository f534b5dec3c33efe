"""What someone with the database's own password can do: take the triggers off and change what was signed."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.db import connection

from scoring.sheets.models import Sheet
from trail.chain import event_hash
from trail.models import Event

_FROZEN = import_module("scoring.migrations.0005_signed_rows_frozen")
_RULINGS = import_module("scoring.migrations.0007_signed_rulings_frozen")
_OUTCOMES = import_module("scoring.migrations.0009_case_outcomes_frozen")
_SUPERSEDED = import_module("scoring.migrations.0006_superseded_by_a_correction")


@contextmanager
def without_triggers() -> Iterator[None]:
    """Signed rows may be changed inside; afterwards the triggers are back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        _OUTCOMES.remove_triggers(None, editor)
        _RULINGS.remove_triggers(None, editor)
        _SUPERSEDED.remove_trigger(None, editor)
        _FROZEN.remove_triggers(None, editor)
        yield
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _FROZEN.add_triggers(None, editor)
        _SUPERSEDED.add_trigger(None, editor)
        _RULINGS.add_triggers(None, editor)
        _OUTCOMES.add_triggers(None, editor)


def tamper(sheet: Sheet, **columns: Any) -> Sheet:
    """The sheet, read anew after its row was changed behind the application's back."""
    with without_triggers():
        Sheet.objects.filter(pk=sheet.pk).update(**columns)
    return Sheet.objects.get(pk=sheet.pk)


_NO_UPDATE_OFF = {
    "sqlite": "DROP TRIGGER IF EXISTS trail_event_no_update",
    "postgresql": "ALTER TABLE trail_event DISABLE TRIGGER trail_event_no_change",
}


def rewrite_event(event: Event) -> None:
    """Store the event's changed detail with its hash: the chain behind it breaks, the event itself holds."""
    with connection.cursor() as cursor:
        cursor.execute(_NO_UPDATE_OFF[connection.vendor])
        Event.objects.filter(pk=event.pk).update(detail=event.detail, hash=event_hash(event))
