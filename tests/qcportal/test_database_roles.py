"""PostgreSQL: the app's role works with rows and can neither empty the trail nor switch its triggers off."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from qcportal.server.database_roles import separate_roles
from staff.retention.actions import ask_purge, confirm_purge, run_purge
from staff.retention.kinds import OWNER_NEEDED
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
    "INSERT INTO trail_checkpoint (through_seq, hash, cut, kept, kept_hash, asked_by, confirmed_by, at) "
    "VALUES (9, '', 9, 0, '', 'x', 'y', now())",
    "DELETE FROM trail_checkpoint",
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


@pytest.fixture
def confirmed_purge(monkeypatch, request):
    """A purge of three old events, asked for by one person and confirmed by another."""
    now = timezone.now()
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: now - timedelta(days=1461))
        for _ in range(3):
            record("staff.sign_in", by=None)
    purge = ask_purge("trail", reason="超过保存期限", by=people.admin())
    confirm_purge(purge, by=people.security_admin())
    # The fixture of the role comes last: who asks and confirms is made by the owner.
    request.getfixturevalue("as_app")
    return purge


def state_of(purge):
    purge.refresh_from_db()
    return purge.status, purge.removed, purge.problem


@postgresql_only
def test_purge_of_the_trail_waits_for_the_owner_and_is_carried_out_by_the_command(confirmed_purge):
    before = Event.objects.count()
    run_purge(confirmed_purge.pk)
    assert state_of(confirmed_purge) == ("running", None, OWNER_NEEDED)
    assert Event.objects.count() == before
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    out = StringIO()
    call_command("run_purges", stdout=out)
    assert json.loads(out.getvalue())["purges"][0]["removed"] == 3
    assert state_of(confirmed_purge) == ("done", 3, "")
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
