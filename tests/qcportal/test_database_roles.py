"""PostgreSQL: the app's role works with rows and can neither empty the trail nor switch its triggers off."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from qcportal.server.database_roles import separate_roles
from staff.security.domain.control import State
from staff.security.queries import records
from tests import people
from trail.chain import record, verify
from trail.models import Event

pytestmark = pytest.mark.django_db
APP = "qcportal_try_out"
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="roles of PostgreSQL")


@pytest.fixture
def as_app():
    """Statements are run with the rights of the app's role."""
    record("audits.draw", by=None)
    separate_roles(APP, password="Try-out-1")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APP}")
        yield
        cursor.execute("RESET ROLE")


REFUSED = (
    "TRUNCATE trail_event",
    "UPDATE trail_event SET actor_name = 'x'",
    "DELETE FROM trail_event",
    "ALTER TABLE trail_event DISABLE TRIGGER ALL",
    "DROP TRIGGER trail_event_no_change ON trail_event",
    "DROP FUNCTION trail_event_refuse() CASCADE",
    "CREATE OR REPLACE FUNCTION trail_event_refuse() RETURNS trigger "
    "AS 'BEGIN RETURN NEW; END' LANGUAGE plpgsql",
    "SET session_replication_role = replica",
    "TRUNCATE scoring_sheet CASCADE",
    "ALTER TABLE scoring_sheet DISABLE TRIGGER ALL",
    "DROP TABLE trail_event",
    "CREATE TABLE mine (id int)",
    "DELETE FROM django_migrations",
    "CREATE ROLE another SUPERUSER",
)


@postgresql_only
@pytest.mark.parametrize("statement", REFUSED)
def test_app_role_may_not_touch_what_is_signed_or_recorded(as_app, statement):
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be (owner|superuser)"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@postgresql_only
def test_app_role_works_with_rows_and_adds_to_the_trail(as_app):
    user = people.officer(people.radiology())
    record("staff.sign_in", by=user, target=user)
    user.full_name = "测二鸣"
    user.save()
    user.role_grants.all().delete()
    assert Event.objects.count() == 2
    assert verify() == []


@postgresql_only
def test_control_says_whether_the_app_signs_in_as_the_owner(as_app):
    assert records.database_owner().state == State.HOLDS
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        assert records.database_owner().state == State.FAILS
        cursor.execute(f"SET LOCAL ROLE {APP}")


@postgresql_only
def test_command_prints_a_new_password_once_and_again_changes_rights_only():
    def run(*words):
        out = StringIO()
        call_command("database_roles", APP, *words, stdout=out)
        return json.loads(out.getvalue())

    with pytest.raises(CommandError, match="尚不存在"):
        run()
    assert len(run("--new-password")["password"]) >= 24
    again = run()
    assert set(again) == {"role", "tables"}
    assert again["tables"]["SELECT, INSERT"] == 1


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="the refusal elsewhere")
def test_command_on_sqlite_says_that_it_is_for_postgresql():
    with pytest.raises(CommandError, match="只有 PostgreSQL") as caught:
        call_command("database_roles", APP)
    assert caught.value.returncode == 2
    assert records.database_owner().state == State.NOT_APPLICABLE
