"""留痕: the page reads in words, narrows, says whether the chain holds, and stays quick."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from staff.accounts.models import RoleGrant, User
from tests import people
from tests.markup import unwrapped
from trail.anchors import keep_anchor
from trail.chain import record
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_anchors(settings, tmp_path):
    settings.QC_DATA_DIR = tmp_path


@pytest.fixture
def client(auditor):
    """The auditor's browser, past the first request, which writes the session."""
    browser = Client()
    browser.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    browser.get(reverse("healthz"))
    return browser


def shown(client, **query):
    response = client.get(reverse("staff:trail"), query)
    assert response.status_code == 200
    return [row.record.seq for row in response.context["table"].rows]


def body(client, **query):
    return unwrapped(client.get(reverse("staff:trail"), query).content.decode())


def test_trail_reads_in_words(client, officer, department):
    record("reports.import", by=officer, department=department, detail={"created": 12, "refused": 3})
    text = body(client)
    for words in ("导入检查报告", "测一鸣", "质控员", "新增", "拒收"):
        assert words in text


def test_trail_narrows_by_who_what_object_result_and_day(client, officer, department, monkeypatch):
    start = Event.objects.count()
    record("reports.import", by=officer, department=department)
    record("audits.draw", by=None, target=department)
    record("access.refused", by=officer, target=department, result="refused")
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    record("audits.draw", by=officer)
    first, second, third, fourth = range(start + 1, start + 5)
    monkeypatch.undo()
    day = timezone.localdate(later)
    assert shown(client, who="一鸣") == [fourth, third, first]
    assert shown(client, action="audits.draw") == [fourth, second]
    assert shown(client, target_type="staff.department", target_id=department.pk) == [third, second]
    assert shown(client, result="refused") == [third]
    assert shown(client, since=day) == [fourth]
    assert fourth not in shown(client, until=day - timedelta(1))
    assert shown(client, who="没有这个人") == []
    assert shown(client, sort="seq")[0] == 1


def test_trail_of_a_local_administrator_shows_their_department_only(sign_in, department, other_department):
    record("audits.draw", by=None, department=department)
    record("audits.draw", by=None, department=other_department)
    client = sign_in(people.person("local", "科审计", "auditor", department))
    assert [Event.objects.get(seq=seq).department_id for seq in shown(client)] == [department.pk]


def test_trail_says_the_chain_holds_and_where_the_last_anchor_is(client):
    text = body(client)
    assert "校验相符" in text
    assert "数据库外还没有锚点" in text
    keep_anchor()
    assert "数据库外的最近锚点：第 1 条" in body(client)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="takes SQLite's trigger off")
def test_trail_says_when_a_row_was_edited_or_the_tail_was_cut(client):
    record("audits.draw", by=None)
    keep_anchor()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER trail_event_no_update")
        cursor.execute("DROP TRIGGER trail_event_no_delete")
        cursor.execute("UPDATE trail_event SET actor_name = '别人' WHERE seq = 1")
        assert "第1条的内容与其校验值不符" in body(client)
        cursor.execute("DELETE FROM trail_event WHERE seq = 2")
    assert "锚点记有第2条，现有记录中没有与之相符的一条" in body(client)


def test_trail_text_of_an_event_is_escaped(client):
    record("audits.cancel", by=None, detail={"reason": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in body(client)


def test_trail_with_one_and_three_rows_asks_equally_often(client, count_queries):
    one = count_queries(lambda: shown(client))
    record("audits.draw", by=None)
    record("audits.draw", by=None)
    assert count_queries(lambda: shown(client)) == one


def test_trail_of_a_foreign_object_leaves_an_event(sign_in, department, other_department):
    client = sign_in(people.person("local", "科管理", "admin", department))
    client.get(reverse("staff:department_edit", args=[other_department.pk]))
    event = Event.objects.first()
    assert (event.action, event.result, event.target_id) == (
        "access.refused",
        "refused",
        str(other_department.pk),
    )


def test_object_is_a_link_for_who_may_open_its_page_only(sign_in, auditor):
    record("staff.password_reset", by=None, target=auditor)
    address = reverse("staff:account_edit", args=[auditor.pk])
    pages = [sign_in(auditor).get(reverse("staff:trail")).content.decode()]
    RoleGrant.objects.create(user=auditor, role="security_admin")
    pages.append(sign_in(User.objects.get(pk=auditor.pk)).get(reverse("staff:trail")).content.decode())
    assert [f"账号 {auditor.pk}" in page for page in pages] == [True, True]
    assert [address in page for page in pages] == [False, True]
