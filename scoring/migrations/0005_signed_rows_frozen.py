"""The database refuses to change or delete signed sheets and what was set on them (docs/quality.md L1).

Of a signed row one column may change, and in one direction: `status`, from signed to superseded, when its
correction is signed. Row settings and evidence notes are frozen with their sheet. Packet files, grants and
unmasked packets are bookkeeping beside the sheet and stay as they were.

SQLite makes a table anew to alter it, and its triggers go with the old one: a later migration of one of these
tables wraps its operations in `trail.triggers.triggers_lifted` (docs/how-to/alter-a-table-with-triggers.md).
"""

from django.db import migrations

_FROZEN = "('signed', 'superseded')"
_MESSAGE = "signed sheets do not change"
_CHILDREN = ("scoring_rowsetting", "scoring_evidencenote")
_FIXED = (
    *("id", "audit_id", "number", "edition", "hospital_level", "corrects_id", "correction_reason"),
    *("submitted_by_id", "submitted_at", "returned_by_id", "returned_at", "returned_reason"),
    *("signed_by_id", "signed_at", "total", "verdict", "content", "content_hash"),
    *("created_by_id", "created_at", "version"),
)


def _changed(differs: str) -> str:
    """A condition on OLD and NEW of a sheet: frozen, and more changed than from signed to superseded."""
    columns = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in _FIXED)
    steps = "OLD.status = NEW.status OR (OLD.status = 'signed' AND NEW.status = 'superseded')"
    return f"(OLD.status IN {_FROZEN} AND ({columns} OR NOT ({steps})))"


# OR REPLACE deletes the rows in its way without a word to their DELETE triggers, so it is refused beforehand.
_IN_THE_WAY = f"""EXISTS (
    SELECT 1 FROM scoring_sheet AS s WHERE s.status IN {_FROZEN} AND (
        s.id = NEW.id OR (s.audit_id = NEW.audit_id AND s.number = NEW.number)
        OR s.corrects_id = NEW.corrects_id
        OR (s.audit_id = NEW.audit_id AND s.status = 'signed' AND NEW.status = 'signed')))"""


def _of_frozen(table: str, *rows: str) -> str:
    """A condition: one of the rows OLD, NEW belongs to a frozen sheet, or takes the place of one that does."""
    sheets, own = (", ".join(f"{row}.{column}" for row in rows) for column in ("sheet_id", "id"))
    return f"""EXISTS (SELECT 1 FROM scoring_sheet AS s WHERE s.status IN {_FROZEN} AND (
        s.id IN ({sheets}) OR s.id IN (SELECT sheet_id FROM {table} WHERE id IN ({own}))))"""


def _sqlite() -> list[tuple[str, str, str, str]]:
    """(name, event, table, condition)."""
    others = _IN_THE_WAY.replace("WHERE", "WHERE s.id <> OLD.id AND")
    found = [
        ("scoring_sheet_no_update", "UPDATE", "scoring_sheet", f"{_changed('IS NOT')} OR {others}"),
        ("scoring_sheet_no_delete", "DELETE", "scoring_sheet", f"OLD.status IN {_FROZEN}"),
        ("scoring_sheet_no_replace", "INSERT", "scoring_sheet", _IN_THE_WAY),
    ]
    for table in _CHILDREN:
        found += [
            (f"{table}_no_update", "UPDATE", table, _of_frozen(table, "OLD", "NEW")),
            (f"{table}_no_delete", "DELETE", table, _of_frozen(table, "OLD")),
            (f"{table}_no_insert", "INSERT", table, _of_frozen(table, "NEW")),
        ]
    return found


_REFUSE = f"RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';"
_ANY_FROZEN = f"EXISTS (SELECT 1 FROM scoring_sheet WHERE status IN {_FROZEN}"
_FUNCTIONS = {
    "scoring_sheet_refuse": _REFUSE,
    "scoring_signed_refuse": f"""
        IF TG_OP = 'TRUNCATE' THEN
            IF {_ANY_FROZEN}) THEN {_REFUSE} END IF;
            RETURN NULL;
        END IF;
        IF TG_OP <> 'INSERT' AND {_ANY_FROZEN} AND id = OLD.sheet_id) THEN {_REFUSE} END IF;
        IF TG_OP <> 'DELETE' AND {_ANY_FROZEN} AND id = NEW.sheet_id) THEN {_REFUSE} END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;""",
}
_ON_SHEETS = "BEFORE {} ON scoring_sheet FOR EACH ROW WHEN ({}) EXECUTE FUNCTION scoring_sheet_refuse()"
_TRUNCATE = "BEFORE TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION scoring_signed_refuse()"


def _postgresql() -> list[tuple[str, str, str]]:
    """(name, table, the rest of CREATE TRIGGER)."""
    table, deleted = "scoring_sheet", f"OLD.status IN {_FROZEN}"
    found = [
        (f"{table}_no_update", table, _ON_SHEETS.format("UPDATE", _changed("IS DISTINCT FROM"))),
        (f"{table}_no_delete", table, _ON_SHEETS.format("DELETE", deleted)),
        (f"{table}_no_truncate", table, _TRUNCATE.format(table)),
    ]
    change = "BEFORE INSERT OR UPDATE OR DELETE ON {} FOR EACH ROW EXECUTE FUNCTION scoring_signed_refuse()"
    for table in _CHILDREN:
        found += [
            (f"{table}_no_change", table, change.format(table)),
            (f"{table}_no_truncate", table, _TRUNCATE.format(table)),
        ]
    return found


def add_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, body in _FUNCTIONS.items():
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {body} END $$ LANGUAGE plpgsql"
            )
        for name, _, rest in _postgresql():
            schema_editor.execute(f"CREATE TRIGGER {name} {rest}")
        return
    for name, event, table, condition in _sqlite():
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        )


def remove_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, table, _ in _postgresql():
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
        for name in _FUNCTIONS:
            schema_editor.execute(f"DROP FUNCTION {name}()")
        return
    for name, *_ in _sqlite():
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("scoring", "0004_unmasked_packets")]
    operations = [migrations.RunPython(add_triggers, remove_triggers)]
