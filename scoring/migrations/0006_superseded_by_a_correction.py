"""The database lets a signed sheet become superseded only while a version corrects it (docs/quality.md L1).

Without that, one statement takes a sheet out of force that nobody corrected, and it cannot be set back.
A later migration that alters the table does as 0005 says.
"""

from django.db import migrations

_MESSAGE = "signed sheets do not change"
_NAME, _TABLE = "scoring_sheet_superseded", "scoring_sheet"
_STEP = "OLD.status = 'signed' AND NEW.status = 'superseded'"
_CORRECTED = "EXISTS (SELECT 1 FROM scoring_sheet WHERE corrects_id = OLD.id AND status = 'submitted')"


def add_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        refuse = f"RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';"
        schema_editor.execute(
            f"CREATE FUNCTION {_NAME}() RETURNS trigger AS $$ BEGIN "
            f"IF NOT {_CORRECTED} THEN {refuse} END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {_NAME} BEFORE UPDATE ON {_TABLE} FOR EACH ROW WHEN ({_STEP}) "
            f"EXECUTE FUNCTION {_NAME}()"
        )
        return
    schema_editor.execute(
        f"CREATE TRIGGER {_NAME} BEFORE UPDATE ON {_TABLE} WHEN {_STEP} AND NOT {_CORRECTED} "
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    )


def remove_trigger(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {_NAME} ON {_TABLE}")
        schema_editor.execute(f"DROP FUNCTION {_NAME}()")
        return
    schema_editor.execute(f"DROP TRIGGER {_NAME}")


class Migration(migrations.Migration):
    dependencies = [("scoring", "0005_signed_rows_frozen")]
    operations = [migrations.RunPython(add_trigger, remove_trigger)]
