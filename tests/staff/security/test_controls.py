"""The page of security controls: states are computed, not stated."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from staff.accounts.models import RoleGrant, User
from staff.security.domain.control import State
from staff.security.page import controls_of
from staff.security.queries import data, identity, records
from staff.security.queries.controls import CHAPTERS
from tests import people
from tests.test_citations import MARKS
from trail.chain import record

pytestmark = pytest.mark.django_db
CONTROLS = [control for chapter in CHAPTERS for control in chapter.controls]


@pytest.fixture(autouse=True)
def _own_anchors(settings, tmp_path):
    settings.QC_DATA_DIR = tmp_path


def test_page_shows_every_control_with_a_state_and_its_evidence(sign_in, auditor):
    text = sign_in(auditor).get(reverse("staff:security")).text
    assert [control.title for control in CONTROLS if control.title not in text] == []
    lines = [line for part in controls_of(auditor).parts for line in part.lines]
    assert [line.title for line in lines if not line.found.evidence] == []
    assert "计划" not in text


def test_chapters_are_in_the_order_of_the_standard():
    numbers = [int(chapter.number.rpartition(".")[2]) for chapter in CHAPTERS]
    assert numbers == list(range(1, 12))


def test_control_cites_a_statement_of_quality():
    assert {control.statement for control in CONTROLS if control.statement} <= set(MARKS)


def test_links_lead_only_to_pages_the_reader_may_open(sign_in, admin, security_admin, auditor):
    for user in (admin, security_admin, auditor):
        client = sign_in(user)
        urls = {line.url for part in controls_of(user).parts for line in part.lines if line.url}
        assert {client.get(url).status_code for url in urls} == {200}


def test_page_with_one_and_three_rows_asks_equally_often(sign_in, auditor, department, count_queries):
    client = sign_in(auditor)
    url = reverse("staff:security")
    client.get(url)
    people.person("a1", "甲", "security_admin", None)
    one = count_queries(lambda: client.get(url))
    for name in ("a2", "a3"):
        people.person(name, "甲", "security_admin", None)
    assert count_queries(lambda: client.get(url)) == one


def test_three_administrators_hold_when_all_are_there_and_nobody_is_two(admin, security_admin):
    assert "缺审计员" in identity.three_administrators().evidence
    auditor = people.auditor()
    assert identity.three_administrators().state == State.HOLDS
    RoleGrant.objects.create(user=auditor, role="admin")
    assert identity.three_administrators().state == State.FAILS


def test_dual_control_is_not_applicable_where_the_profile_does_not_ask_for_it(settings):
    assert identity.dual_control().state == State.HOLDS
    settings.QC_SECURITY_PROFILE = "nist"
    assert identity.dual_control().state == State.NOT_APPLICABLE


def test_account_without_use_fails_until_it_is_disabled(admin):
    assert identity.unused_accounts().state == State.HOLDS
    User.objects.update(date_joined=timezone.now() - timedelta(days=91))
    assert identity.unused_accounts().state == State.FAILS
    User.objects.update(is_active=False)
    assert identity.unused_accounts().state == State.HOLDS


@pytest.mark.parametrize(
    ("find", "changes"),
    [
        (identity.first_passwords, {"QC_ONE_TIME_PASSWORD_HOURS": 72}),
        (identity.lock_out, {"AXES_FAILURE_LIMIT": 50}),
        (identity.passwords, {"AUTH_PASSWORD_VALIDATORS": []}),
        (identity.sessions, {"QC_IDLE_MINUTES": 300}),
        (data.residual, {"MIDDLEWARE": []}),
        (records.retention, {"QC_TRAIL_DAYS": 90}),
        (data.no_identity_in_logs, {"LOGGING": {"root": {"level": "DEBUG"}}}),
    ],
)
def test_setting_that_weakens_a_control_is_seen(settings, find, changes):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    record("audits.draw", by=None)
    assert find().state == State.HOLDS
    for name, value in changes.items():
        setattr(settings, name, value)
    assert find().state == State.FAILS


@pytest.mark.parametrize(
    "find", [data.text_is_data, data.cells_are_text, data.masking, identity.denied_by_default]
)
def test_self_test_holds(find):
    assert find().state == State.HOLDS


def test_transport_without_tls_does_not_hold(settings):
    settings.QC_HTTPS = settings.SESSION_COOKIE_SECURE = False
    assert identity.secure_transport().state == State.FAILS
    settings.QC_HTTPS = settings.SESSION_COOKIE_SECURE = True
    assert identity.secure_transport().state == State.HOLDS


def test_records_not_yet_compared_do_not_hold_and_the_last_result_counts():
    assert records.records_verified().state == State.FAILS
    record("scoring.verify_records", by=None)
    assert records.records_verified().state == State.HOLDS
    record("scoring.verify_records", by=None, result="refused")
    assert records.records_verified().state == State.FAILS
