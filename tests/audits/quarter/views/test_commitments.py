"""The hash of the seed on the pages from the start, the seed once drawn; a chosen one is marked."""

import pytest
from django.urls import reverse

from audits.monthly.actions.months import draw_month, open_month
from audits.quarter.actions.quarters import draw_audit, open_audit
from audits.sampling.domain.window import audit_window
from scoring.sheets.actions.sheets import create_sheet
from tests.audits.factories import UNTIL, drawn_audit
from tests.audits.monthly.factories import MONTH, drawn_month, reports_of
from tests.factories import pool_of

MARK = "种子由人指定"


def shown(client, name, *args) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_quarter_page_shows_the_hash_first_and_the_seed_once_drawn(sign_in, officer, department):
    pool_of(department, 12)
    client = sign_in(officer)
    audit = open_audit(department=department, window=audit_window(UNTIL), by=officer)
    secret = audit.secret_seed
    text = shown(client, "audits:detail", audit.pk)
    assert (audit.commitment in text, secret in text) == (True, False)
    assert "由服务器保密，抽取时公开" in text
    audit = draw_audit(audit, version=audit.version, by=officer)
    text = shown(client, "audits:detail", audit.pk)
    assert (audit.commitment in text, secret in text, MARK in text) == (True, True, False)
    assert "抽取前已公布哈希" in text
    assert "服务器生成" in shown(client, "audits:list")


def test_month_page_shows_the_hash_first_and_the_seed_once_drawn(sign_in, officer, department):
    reports_of(department)
    client = sign_in(officer)
    audit = open_month(department=department, month=MONTH, by=officer, size=3)
    secret = audit.secret_seed
    text = shown(client, "audits:month", audit.pk)
    assert (audit.commitment in text, secret in text) == (True, False)
    audit = draw_month(audit, version=audit.version, by=officer)
    text = shown(client, "audits:month", audit.pk)
    assert (audit.commitment in text, secret in text, MARK in text) == (True, True, False)


def test_chosen_seed_is_marked_on_page_list_and_sheet(sign_in, officer, department):
    audit = drawn_audit(department, by=officer)
    sheet = create_sheet(audit=audit, by=officer)
    client = sign_in(officer)
    assert MARK in shown(client, "audits:detail", audit.pk)
    assert "人为指定" in shown(client, "audits:list")
    assert f"随机{MARK}（test-seed），并非服务器随机产生" in shown(client, "scoring:detail", sheet.pk)


def test_chosen_seed_of_a_month_is_marked_on_page_and_calendar(sign_in, officer, department):
    audit = drawn_month(department, officer)
    client = sign_in(officer)
    for text in (shown(client, "audits:month", audit.pk), shown(client, "audits:monthly")):
        assert MARK in text


@pytest.mark.parametrize("name", ["audits:detail", "audits:ledger"])
def test_pages_of_a_plan_never_contain_the_secret(sign_in, officer, department, name):
    pool_of(department, 12)
    audit = open_audit(department=department, window=audit_window(UNTIL), by=officer)
    assert audit.secret_seed not in shown(sign_in(officer), name, audit.pk)
