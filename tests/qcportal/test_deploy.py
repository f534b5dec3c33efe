"""What `check --deploy` and the settings say with production values (docs/quality.md T6)."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


def manage(tmp_path, *words, **env):
    places = {"QC_DATA_DIR": str(tmp_path), "DATABASE_URL": "", "QC_DEBUG": "0"}
    line = [sys.executable, "manage.py", *words]
    environment = {name: text for name, text in (os.environ | places | env).items() if text}
    return subprocess.run(line, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)


def check_deploy(tmp_path, **env):
    production = {"QC_HTTPS": "1", "QC_HOSTS": "qc.example.org", "QC_SECOND_FACTOR": ""}
    return manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **production | env)


def test_check_deploy_with_production_settings_is_clean(tmp_path):
    done = check_deploy(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_check_deploy_without_a_second_factor_says_so(tmp_path):
    done = check_deploy(tmp_path, QC_SECOND_FACTOR="off")
    assert done.returncode == 1
    assert "staff.W001" in done.stderr


def test_second_factor_setting_that_is_unknown_stops_the_start(tmp_path):
    done = manage(tmp_path, "check", QC_SECOND_FACTOR="sometimes")
    assert done.returncode != 0
    assert "应为 privileged、all 或 off" in done.stderr


def test_security_profile_that_is_unknown_stops_the_start(tmp_path):
    done = manage(tmp_path, "check", QC_SECURITY_PROFILE="strong")
    assert done.returncode != 0
    assert "应为 classified3（等保三级）、classified2（等保二级）或 nist" in done.stderr


@pytest.mark.parametrize(
    ("given", "profile", "days", "classes"),
    [
        ({}, "classified3", "90", True),
        ({"QC_SECURITY_PROFILE": "classified2"}, "classified2", "90", True),
        ({"QC_SECURITY_PROFILE": "nist", "QC_PASSWORD_PROFILE": "classified"}, "nist", "None", False),
        ({"QC_PASSWORD_PROFILE": "classified"}, "classified3", "90", True),
    ],
)
def test_security_profile_turns_classes_and_expiry_on_and_off(tmp_path, given, profile, days, classes):
    code = (
        "from django.conf import settings as s\n"
        "print(s.QC_SECURITY_PROFILE, s.QC_PASSWORD_DAYS, s.AUTH_PASSWORD_VALIDATORS)"
    )
    done = manage(tmp_path, "shell", "-v0", "-c", code, **given)
    answer = done.stdout.strip()
    assert answer.split()[:2] == [profile, days]
    assert ("CharacterClassesValidator" in answer) is classes
    assert "LastFiveValidator" in answer
    assert "ChineseCommonValidator" in answer


def test_secrets_are_made_once_and_readable_by_their_owner_only(tmp_path):
    for _ in range(2):
        manage(tmp_path, "check")
        kept = {name: (tmp_path / name).read_text() for name in ("secret_key", "patient_secret")}
    assert kept == {name: (tmp_path / name).read_text() for name in kept}
    assert kept["secret_key"] != kept["patient_secret"]
    assert [oct((tmp_path / name).stat().st_mode & 0o777) for name in kept] == ["0o600", "0o600"]


def test_sqlite_waits_for_the_disk_checks_foreign_keys_and_takes_its_lock_at_once(tmp_path):
    code = (
        "from django.db import connection as c\n"
        "cursor = c.cursor()\n"
        "pragmas = ('synchronous', 'foreign_keys')\n"
        "print(*[cursor.execute(f'PRAGMA {name}').fetchone()[0] for name in pragmas])\n"
        "print(c.transaction_mode)"
    )
    done = manage(tmp_path, "shell", "-v0", "-c", code)
    full, checked = 2, 1
    assert done.stdout.split() == [str(full), str(checked), "IMMEDIATE"]
