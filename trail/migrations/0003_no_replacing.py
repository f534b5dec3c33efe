"""The database refuses to replace or truncate trail events (docs/quality.md L1).

SQLite's INSERT OR REPLACE deletes the rows in its way without firing their DELETE triggers, so it is refused
beforehand. PostgreSQL's TRUNCATE fires no row trigger and gets a trigger of its own.
"""

from django.db import migrations

_MESSAGE = "trail events are append-only"
_SQLITE = f"""CREATE TRIGGER trail_event_no_replace BEFORE INSERT ON trail_event
    WHEN EXISTS (SELECT 1 FROM trail_event WHERE id = NEW.id OR seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"""
_POSTGRESQL = """CREATE TRIGGER trail_event_no_truncate BEFORE TRUNCATE ON trail_event
    FOR EACH STATEMENT EXECUTE FUNCTION trail_event_refuse()"""


def add_trigger(apps, schema_editor):
    schema_editor.execute(_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _SQLITE)


def remove_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER trail_event_no_truncate ON trail_event")
        return
    schema_editor.execute("DROP TRIGGER trail_event_no_replace")


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_append_only")]
    operations = [migrations.RunPython(add_trigger, remove_trigger)]
