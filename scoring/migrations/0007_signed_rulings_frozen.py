"""The database refuses to change what a signed sheet was scored from (docs/quality.md L1).

From the first signature on, a draw keeps its list, seed and window; while it is settled its document, cases,
rulings and faults are frozen too. It is settled until a draft of its sheet, returned or correcting, opens the
rulings again. Appeals, drafts of rulings before that, and outcomes stay as they were.

The statements name tables of audits: they stand here because they ask for the sheet. A later migration of one
of these tables does as 0005 says.
"""

from django.db import migrations

_MESSAGE = "signed rulings do not change"
_AUDIT = "audits_audit"
_SETTLED = "a.status = 'settled' AND a.sheet_signed_at IS NOT NULL"
_FIXED = (
    *("id", "department_id", "kind", "label", "window_start", "window_end", "cut_off_on", "extended_reason"),
    *("repeat_reason", "repeat_by_id", "edition", "readers", "seed", "pool_list", "pool_hash", "pool_size"),
    *("commitment", "seed_chosen", "secret_seed"),
    *("ledger", "drawn_at", "drawn_by_id", "cancelled_reason", "sheet_signed_at", "created_by_id", "created_at"),
)
# The audit of a row of each table, by the row's name.
_OWNERS = {
    "audits_case": "{0}.audit_id",
    "audits_review": "(SELECT c.audit_id FROM audits_case AS c WHERE c.id = {0}.case_id)",
    "audits_fault": "(SELECT c.audit_id FROM audits_review AS r JOIN audits_case AS c ON c.id = r.case_id"
    " WHERE r.id = {0}.review_id)",
}


def _changed(differs: str) -> str:
    """A condition on OLD and NEW of an audit: signed, and more changed than a legal step of its status."""
    columns = " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in _FIXED)
    draft = "EXISTS (SELECT 1 FROM scoring_sheet WHERE audit_id = OLD.id AND status = 'draft')"
    steps = (
        "OLD.status = NEW.status OR (OLD.status = 'drawn' AND NEW.status = 'settled')"
        f" OR (OLD.status = 'settled' AND NEW.status = 'drawn' AND {draft})"
    )
    document = f"(OLD.status = 'settled' AND OLD.draw {differs} NEW.draw)"
    return f"(OLD.sheet_signed_at IS NOT NULL AND ({columns} OR {document} OR NOT ({steps})))"


# OR REPLACE deletes the rows in its way without firing their DELETE triggers, so it is refused beforehand.
_IN_THE_WAY = f"""EXISTS (
    SELECT 1 FROM {_AUDIT} AS a WHERE a.sheet_signed_at IS NOT NULL AND (
        a.id = NEW.id OR (NEW.status <> 'cancelled' AND a.department_id = NEW.department_id
        AND a.kind = NEW.kind AND a.window_start = NEW.window_start AND a.window_end = NEW.window_end)))"""


def _of_settled(table: str, *rows: str) -> str:
    """A condition: one of the rows OLD, NEW belongs to a signed, settled audit or replaces a row that does."""
    owner = _OWNERS[table]
    owners = ", ".join(owner.format(row) for row in rows)
    replaced = f"t.id IN ({', '.join(f'{row}.id' for row in rows)})"
    if table == "audits_case" and "NEW" in rows:
        replaced += " OR t.replaces_id = NEW.replaces_id"
    return f"""EXISTS (SELECT 1 FROM {_AUDIT} AS a WHERE {_SETTLED} AND (
        a.id IN ({owners}) OR a.id IN (SELECT {owner.format("t")} FROM {table} AS t WHERE {replaced})))"""


def _sqlite() -> list[tuple[str, str, str, str]]:
    """(name, event, table, condition)."""
    others = _IN_THE_WAY.replace("WHERE", "WHERE a.id <> OLD.id AND")
    found = [
        (f"{_AUDIT}_signed_update", "UPDATE", _AUDIT, f"{_changed('IS NOT')} OR {others}"),
        (f"{_AUDIT}_signed_delete", "DELETE", _AUDIT, "OLD.sheet_signed_at IS NOT NULL"),
        (f"{_AUDIT}_signed_replace", "INSERT", _AUDIT, _IN_THE_WAY),
    ]
    for table in _OWNERS:
        found += [
            (f"{table}_signed_update", "UPDATE", table, _of_settled(table, "OLD", "NEW")),
            (f"{table}_signed_delete", "DELETE", table, _of_settled(table, "OLD")),
            (f"{table}_signed_insert", "INSERT", table, _of_settled(table, "NEW")),
        ]
    return found


_REFUSE = f"RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';"
_OF_SIGNED = f"""
    IF TG_OP = 'TRUNCATE' THEN
        IF EXISTS (SELECT 1 FROM {_AUDIT} WHERE sheet_signed_at IS NOT NULL) THEN {_REFUSE} END IF;
        RETURN NULL;
    END IF;"""


def _functions() -> dict[str, str]:
    """Function of each table → its body."""
    found = {
        f"{_AUDIT}_signed": f"""{_OF_SIGNED}
            IF TG_OP = 'DELETE' THEN
                IF OLD.sheet_signed_at IS NOT NULL THEN {_REFUSE} END IF;
                RETURN OLD;
            END IF;
            IF {_changed("IS DISTINCT FROM")} THEN {_REFUSE} END IF;
            RETURN NEW;"""
    }
    for table, owner in _OWNERS.items():
        frozen = f"EXISTS (SELECT 1 FROM {_AUDIT} AS a WHERE {_SETTLED} AND a.id = {owner})"
        found[f"{table}_signed"] = f"""{_OF_SIGNED}
            IF TG_OP <> 'INSERT' THEN IF {frozen.format("OLD")} THEN {_REFUSE} END IF; END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            IF {frozen.format("NEW")} THEN {_REFUSE} END IF;
            RETURN NEW;"""
    return found


def _postgresql() -> list[tuple[str, str, str]]:
    """(name, table, the rest of CREATE TRIGGER)."""
    found = []
    for table in (_AUDIT, *_OWNERS):
        events = "UPDATE OR DELETE" if table == _AUDIT else "INSERT OR UPDATE OR DELETE"
        execute = f"EXECUTE FUNCTION {table}_signed()"
        found += [
            (f"{table}_signed_change", table, f"BEFORE {events} ON {table} FOR EACH ROW {execute}"),
            (f"{table}_signed_truncate", table, f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {execute}"),
        ]
    return found


def add_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, body in _functions().items():
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
        for name in _functions():
            schema_editor.execute(f"DROP FUNCTION {name}()")
        return
    for name, *_ in _sqlite():
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0006_superseded_by_a_correction"),
        ("audits", "0013_reader_permissions"),
    ]
    operations = [migrations.RunPython(add_triggers, remove_triggers)]
