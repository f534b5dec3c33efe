"""The database refuses to change or delete trail events (docs/quality.md L1)."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER trail_event_no_update BEFORE UPDATE ON trail_event
       BEGIN SELECT RAISE(ABORT, 'trail events are append-only'); END""",
    """CREATE TRIGGER trail_event_no_delete BEFORE DELETE ON trail_event
       BEGIN SELECT RAISE(ABORT, 'trail events are append-only'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION trail_event_refuse() RETURNS trigger AS $$
       BEGIN RAISE EXCEPTION 'trail events are append-only'; END $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER trail_event_no_change BEFORE UPDATE OR DELETE ON trail_event
       FOR EACH ROW EXECUTE FUNCTION trail_event_refuse()""",
    # TRUNCATE is refused by 0003.
]


def add_triggers(apps, schema_editor):
    statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, migrations.RunPython.noop)]
