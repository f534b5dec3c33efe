"""Events before a checkpoint may be deleted, nothing else (docs/quality.md L1, L3)."""

from django.db import migrations, models

_EVENTS = "trail events are append-only"
_POINTS = "checkpoints of the trail are append-only"
_BEFORE = "COALESCE((SELECT MAX(through_seq) FROM trail_checkpoint), 0)"
_SQLITE = [
    "DROP TRIGGER trail_event_no_delete",
    f"""CREATE TRIGGER trail_event_no_delete BEFORE DELETE ON trail_event WHEN OLD.seq > {_BEFORE}
        BEGIN SELECT RAISE(ABORT, '{_EVENTS}'); END""",
    f"""CREATE TRIGGER trail_checkpoint_no_update BEFORE UPDATE ON trail_checkpoint
        BEGIN SELECT RAISE(ABORT, '{_POINTS}'); END""",
    f"""CREATE TRIGGER trail_checkpoint_no_delete BEFORE DELETE ON trail_checkpoint
        BEGIN SELECT RAISE(ABORT, '{_POINTS}'); END""",
    f"""CREATE TRIGGER trail_checkpoint_no_replace BEFORE INSERT ON trail_checkpoint
        WHEN EXISTS (SELECT 1 FROM trail_checkpoint WHERE id = NEW.id OR through_seq >= NEW.through_seq)
        BEGIN SELECT RAISE(ABORT, '{_POINTS}'); END""",
]
_SQLITE_BACK = [
    "DROP TRIGGER trail_event_no_delete",
    f"""CREATE TRIGGER trail_event_no_delete BEFORE DELETE ON trail_event
        BEGIN SELECT RAISE(ABORT, '{_EVENTS}'); END""",
    "DROP TRIGGER trail_checkpoint_no_update",
    "DROP TRIGGER trail_checkpoint_no_delete",
    "DROP TRIGGER trail_checkpoint_no_replace",
]
_POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION trail_event_refuse() RETURNS trigger AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF OLD.seq <= {_BEFORE} THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '{_EVENTS}';
        END $$ LANGUAGE plpgsql""",
    f"""CREATE FUNCTION trail_checkpoint_refuse() RETURNS trigger AS $$
        BEGIN RAISE EXCEPTION '{_POINTS}'; END $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER trail_checkpoint_no_change BEFORE UPDATE OR DELETE ON trail_checkpoint
        FOR EACH ROW EXECUTE FUNCTION trail_checkpoint_refuse()""",
]
_POSTGRESQL_BACK = [
    f"""CREATE OR REPLACE FUNCTION trail_event_refuse() RETURNS trigger AS $$
        BEGIN RAISE EXCEPTION '{_EVENTS}'; END $$ LANGUAGE plpgsql""",
    "DROP TRIGGER trail_checkpoint_no_change ON trail_checkpoint",
    "DROP FUNCTION trail_checkpoint_refuse()",
]


def _run(postgresql, sqlite):
    def run(apps, schema_editor):
        for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("trail", "0003_no_replacing")]
    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("through_seq", models.PositiveBigIntegerField(unique=True)),
                ("hash", models.CharField(max_length=64)),
                ("cut", models.PositiveBigIntegerField()),
                ("kept", models.PositiveBigIntegerField()),
                ("kept_hash", models.CharField(max_length=64)),
                ("asked_by", models.CharField(max_length=150)),
                ("confirmed_by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
            ],
            options={"ordering": ("-through_seq",)},
        ),
        migrations.AddIndex("event", models.Index(fields=["at"], name="trail_at")),
        migrations.RunPython(_run(_POSTGRESQL, _SQLITE), _run(_POSTGRESQL_BACK, _SQLITE_BACK)),
    ]
