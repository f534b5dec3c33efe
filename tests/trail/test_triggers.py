"""A migration that alters a table with triggers leaves them all in place."""

import pytest
from django.db import ConnectionHandler, IntegrityError, migrations, models
from django.db.migrations.state import ProjectState

from trail.triggers import triggers_lifted

pytestmark = pytest.mark.django_db  # a connection may be opened; the database is a small one in memory

CREATE = migrations.CreateModel(
    "Thing", [("id", models.BigAutoField(primary_key=True)), ("word", models.TextField())]
)
ALTER = migrations.AlterField("thing", "word", models.CharField(max_length=9))
TRIGGER = """CREATE TRIGGER thing_no_update BEFORE UPDATE ON x_thing
    BEGIN SELECT RAISE(ABORT, 'things do not change'); END"""


@pytest.fixture
def memory():
    found = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})[
        "default"
    ]
    yield found
    found.close()


def migrate(memory, state, *operations):
    """Apply the operations as one migration; the state after it."""
    migration = type("Migration", (migrations.Migration,), {"operations": operations})("0001", "x")
    with memory.schema_editor(atomic=True) as editor:
        return migration.apply(state, editor)


def triggers(memory):
    with memory.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        return [sql for (sql,) in cursor.fetchall()]


def created(memory):
    state = migrate(memory, ProjectState(), CREATE)
    with memory.cursor() as cursor:
        cursor.execute(TRIGGER)
        cursor.execute("INSERT INTO x_thing (word) VALUES ('one')")
    return state


def test_altering_a_table_on_sqlite_loses_its_triggers(memory):
    migrate(memory, created(memory), ALTER)
    assert triggers(memory) == []


def test_lifted_triggers_are_absent_while_a_table_is_altered_and_refuse_again_after(memory):
    seen = []
    look = migrations.RunPython(lambda apps, editor: seen.append(triggers(memory)))
    migrate(memory, created(memory), *triggers_lifted(look, ALTER))
    assert (seen, triggers(memory)) == ([[]], [TRIGGER])
    with pytest.raises(IntegrityError, match="things do not change"), memory.cursor() as cursor:
        cursor.execute("UPDATE x_thing SET word = 'two'")
