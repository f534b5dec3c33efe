"""The page of security controls: states are computed, not stated."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from staff.access import openings, retention, step_up
from staff.access.querysets import DepartmentScoped
from staff.access.retention import kinds
from staff.accounts.actions.requests import confirm_request
from staff.accounts.actions.roles import grant_role
from staff.accounts.models import RoleGrant, User
from staff.retention.actions import set_period
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
        (identity.second_factor, {"QC_SECOND_FACTOR": "off"}),
        (identity.second_factor, {"MIDDLEWARE": []}),
        (identity.step_up, {"QC_CONFIRM_MINUTES": 600}),
        (data.no_identity_in_logs, {"LOGGING": {"root": {"level": "DEBUG"}}}),
        (data.no_identity_in_logs, {"MIDDLEWARE": []}),
        (data.locked_packages, {"BASE_DIR": Path("/nowhere")}),
    ],
)
def test_setting_that_weakens_a_control_is_seen(settings, find, changes):
    settings.QC_SECOND_FACTOR = "privileged"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    record("audits.draw", by=None)
    assert find().state == State.HOLDS
    for name, value in changes.items():
        setattr(settings, name, value)
    assert find().state == State.FAILS


@pytest.mark.parametrize(
    "find",
    [
        data.text_is_data,
        data.cells_are_text,
        data.masking,
        data.unmasking,
        identity.denied_by_default,
        identity.foreign_refused,
        records.readings_recorded,
        records.retention,
    ],
)
def test_self_test_holds(find):
    assert find().state == State.HOLDS


def test_sensitive_role_that_one_person_gave_alone_is_counted(member, admin, security_admin, department):
    values = {"role": "qc_officer", "department": department, "until": None}
    confirm_request(grant_role(member, **values, by=admin), by=security_admin)
    assert identity.dual_control().state == State.HOLDS
    RoleGrant.objects.create(user=member, role="head", department=department, granted_by=security_admin)
    found = identity.dual_control()
    assert (found.state, "未经第二人确认的1项" in found.evidence) == (State.FAILS, True)


def test_rows_shown_to_nobody_in_particular_are_seen(monkeypatch, department):
    monkeypatch.setattr(DepartmentScoped, "visible_to", lambda rows, user, code: rows)
    assert identity.foreign_refused().state == State.FAILS


def test_confirmation_that_nothing_asks_for_is_seen(monkeypatch):
    monkeypatch.setattr(step_up, "_registered", [])
    assert identity.step_up().state == State.FAILS


def test_identity_shown_without_a_reason_is_counted():
    record("reports.unmask", by=None, detail={"reason": "复核"})
    assert data.unmasking().state == State.HOLDS
    record("reports.unmask", by=None, detail={"reason": ""})
    assert "没有理由的1次" in data.unmasking().evidence
    assert data.unmasking().state == State.FAILS


def test_readings_that_nobody_records_are_seen(monkeypatch):
    monkeypatch.setattr(openings, "_listeners", [])
    assert records.readings_recorded().state == State.FAILS


def test_period_in_force_is_shown_and_one_below_184_days_is_seen(admin, monkeypatch):
    set_period("trail", days=1461, basis="医院档案管理规定", by=admin)
    assert "操作留痕保存1461日" in records.retention().evidence
    set_period("readings", days=184, basis="医院档案管理规定", by=admin)
    assert records.retention().state == State.HOLDS
    short = replace(kinds()["readings"], least=1)
    monkeypatch.setitem(retention._kinds, "readings", short)
    set_period("readings", days=90, basis="医院档案管理规定", by=admin)
    assert records.retention().state == State.FAILS


def test_package_in_another_version_than_the_locked_one_is_named(settings, tmp_path):
    assert data.locked_packages().state == State.HOLDS
    (tmp_path / "requirements.lock").write_text("django==1.0 \\\n    --hash=sha256:0\n", encoding="utf-8")
    settings.BASE_DIR = tmp_path
    found = data.locked_packages()
    assert (found.state, "django" in found.evidence) == (State.FAILS, True)


def test_seal_is_not_applicable_before_the_first_packet():
    assert records.sealed_packets().state == State.NOT_APPLICABLE


def test_every_administrator_who_has_set_up_a_second_factor_is_counted(admin, auditor, officer, settings):
    settings.QC_SECOND_FACTOR = "privileged"
    User.objects.filter(pk__in=(admin.pk, officer.pk)).update(second_factor_at=timezone.now())
    assert "2个账号中1个已绑定" in identity.second_factor().evidence


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
