"""The stamps and their triggers go: exceptions are worked out at each request (ADR 12)."""

from django.db import migrations

_TABLES = (
    "staff_member",
    "staff_qualification",
    "staff_user",
    "staff_department",
    "staff_institution",
    "reports_report",
)
_NAMES = [f"stamp_{table}_{event}" for table in _TABLES for event in ("insert", "update", "delete")]


def drop_triggers(apps, schema_editor):
    """On the way back none is needed: the code of that time made them after every migrate."""
    if schema_editor.connection.vendor == "postgresql":
        for name in _NAMES:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
    else:
        for name in ("stamp_begin", *_NAMES):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("staff", "0005_change_stamps")]

    operations = [
        migrations.RunPython(drop_triggers, migrations.RunPython.noop),
        migrations.DeleteModel(name="ChangeStamp"),
    ]
