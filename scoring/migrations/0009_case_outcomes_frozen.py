"""The database refuses to change which outcomes the cases of a signed sheet had (docs/quality.md L1).

As 0007 does with the cases themselves: while their draw is settled and its sheet was signed. A correction that
opens the rulings again may replace a case, and freezes the outcomes of the new one. A later migration of the
table does as 0005 says.
"""

from django.db import migrations

_MESSAGE = "signed rulings do not change"
_TABLE = "audits_case_outcomes"
_SETTLED = "a.status = 'settled' AND a.sheet_signed_at IS NOT NULL"
_OF_CASES = (
    f"EXISTS (SELECT 1 FROM audits_case AS c JOIN audits_audit AS a ON a.id = c.audit_id WHERE {_SETTLED}"
)


def _of_settled(*rows: str) -> str:
    """A condition: one of the rows OLD, NEW belongs to a signed, settled audit or replaces a row that does."""
    cases, own = (", ".join(f"{row}.{column}" for row in rows) for column in ("case_id", "id"))
    replaced = f"SELECT case_id FROM {_TABLE} WHERE id IN ({own})"
    return f"{_OF_CASES} AND (c.id IN ({cases}) OR c.id IN ({replaced})))"


_SQLITE = {
    f"{_TABLE}_signed_update": ("UPDATE", _of_settled("OLD", "NEW")),
    f"{_TABLE}_signed_delete": ("DELETE", _of_settled("OLD")),
    f"{_TABLE}_signed_insert": ("INSERT", _of_settled("NEW")),
}
_REFUSE = f"RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';"
_FUNCTION = f"""
    IF TG_OP = 'TRUNCATE' THEN
        IF EXISTS (SELECT 1 FROM audits_audit WHERE sheet_signed_at IS NOT NULL) THEN {_REFUSE} END IF;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN IF {_OF_CASES} AND c.id = OLD.case_id) THEN {_REFUSE} END IF; END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF {_OF_CASES} AND c.id = NEW.case_id) THEN {_REFUSE} END IF;
    RETURN NEW;"""
_POSTGRESQL = {
    f"{_TABLE}_signed_change": f"BEFORE INSERT OR UPDATE OR DELETE ON {_TABLE} FOR EACH ROW",
    f"{_TABLE}_signed_truncate": f"BEFORE TRUNCATE ON {_TABLE} FOR EACH STATEMENT",
}


def add_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION {_TABLE}_signed() RETURNS trigger AS $$ BEGIN {_FUNCTION} END $$ LANGUAGE plpgsql"
        )
        for name, when in _POSTGRESQL.items():
            schema_editor.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {_TABLE}_signed()")
        return
    for name, (event, condition) in _SQLITE.items():
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {_TABLE} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        )


def remove_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in _POSTGRESQL:
            schema_editor.execute(f"DROP TRIGGER {name} ON {_TABLE}")
        schema_editor.execute(f"DROP FUNCTION {_TABLE}_signed()")
        return
    for name in _SQLITE:
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("scoring", "0008_conference_period"), ("audits", "0014_months_without_reports")]
    operations = [migrations.RunPython(add_triggers, remove_triggers)]
