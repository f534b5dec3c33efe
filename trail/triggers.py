"""Migrations of tables that have triggers: SQLite alters a table by making it anew, without its triggers."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation


def triggers_lifted(*operations: Operation) -> Sequence[Operation]:
    """The operations of a migration; on SQLite all triggers are dropped before and put back after.

        operations = [*triggers_lifted(migrations.AddField(...))]

    Triggers of other tables go too, because SQLite refuses to rename a table that a trigger names. They are
    put back unchanged in the migration's own transaction. PostgreSQL keeps its triggers and needs nothing.
    """
    stored: list[str] = []

    def drop(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor != "sqlite":
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
            found = cursor.fetchall()
        stored[:] = [sql for _, sql in found]
        for name, _ in found:
            schema_editor.execute(f"DROP TRIGGER {schema_editor.quote_name(name)}")

    def put_back(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for sql in stored:
            schema_editor.execute(sql)
        stored.clear()

    return [RunPython(drop, put_back), *operations, RunPython(put_back, drop)]
