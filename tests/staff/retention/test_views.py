"""The page of retention: periods with their basis, a preview before the request, two people's buttons."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.readings.models import Reading
from staff.retention import kinds as retention_kinds
from staff.retention.models import Purge, RetentionPeriod
from tests import people
from tests.web.forms_read import forms_on, version_on

pytestmark = pytest.mark.django_db
PAGE = reverse("staff:retention")
TRAIL = reverse("staff:retention_period", args=["trail"])
ASK = reverse("staff:purge_new", args=["readings"])


@pytest.fixture
def old_readings(department, officer):
    """Three readings of five years ago."""
    at = timezone.now() - timedelta(days=1827)
    values = {"user": officer, "department": department, "hour": at, "at": at, "through": "reports.report"}
    rows = [Reading(report_id=n, accession_number=f"A{n}", **values) for n in (1, 2, 3)]
    Reading.objects.bulk_create(rows)


def buttons(client):
    return {form.action for form in forms_on(client.get(PAGE).content.decode()) if "purges" in form.action}


def test_page_shows_each_kind_with_period_basis_and_way(sign_in, admin):
    html = sign_in(admin).get(PAGE).content.decode()
    assert (f'href="{TRAIL}"' in html, f'href="{ASK}"' in html) == (True, True)
    assert reverse("staff:retention_period", args=["records"]) not in html
    assert reverse("staff:purge_new", args=["sessions"]) not in html
    for word in (
        "操作留痕",
        "3年（1096天）",
        "《网络安全法》第二十一条",
        "申请后由另一人确认",
        "每天自动清理",
        "长期",
    ):
        assert word in html


def test_purge_that_needs_the_owner_of_the_database_says_so_before_it_is_asked_for(
    sign_in, admin, monkeypatch
):
    client, url = sign_in(admin), reverse("staff:purge_new", args=["trail"])
    assert retention_kinds.OWNER_NEEDED not in client.get(url).content.decode()
    monkeypatch.setattr(retention_kinds, "may_cut", lambda: False)
    assert retention_kinds.OWNER_NEEDED in client.get(url).content.decode()


def test_period_is_set_with_its_basis_and_refused_below_the_shortest(sign_in, admin):
    client = sign_in(admin)
    values = {"basis": "医院档案管理规定", "version": version_on(client, TRAIL)}
    refused = client.post(TRAIL, values | {"days": 100})
    assert (refused.status_code, "至少保存184天" in refused.content.decode()) == (400, True)
    assert client.post(TRAIL, values | {"days": 2000})["Location"] == PAGE
    assert RetentionPeriod.objects.values_list("kind", "days", "basis").get() == (
        "trail",
        2000,
        "医院档案管理规定",
    )
    assert client.post(TRAIL, values | {"days": 3000}).status_code == 409


def test_preview_counts_and_the_second_person_confirms(sign_in, admin, old_readings):
    client = sign_in(admin)
    assert ">3<" in client.get(ASK).content.decode().replace(" ", "").replace("\n", "")
    assert client.post(ASK, {"reason": "超过保存期限"})["Location"] == PAGE
    purge = Purge.objects.get()
    confirm, refuse = (reverse(f"staff:purge_{word}", args=[purge.pk]) for word in ("confirm", "refuse"))
    assert buttons(client) == {refuse}
    client.post(confirm)
    assert Reading.objects.count() == 3
    second = sign_in(people.person("admin2", "管理乙", "admin", None))
    assert buttons(second) == {confirm, refuse}
    assert "1 项到期内容的清除申请待另一人确认" in second.get(reverse("home")).content.decode()
    second.post(confirm)
    purge.refresh_from_db()
    assert purge.status == "running"


def test_administrator_of_one_department_may_look_and_change_nothing(sign_in, department, old_readings):
    client = sign_in(people.person("local", "科管理", "admin", department))
    assert "设置</a>" not in client.get(PAGE).content.decode()
    assert [client.get(address).status_code for address in (TRAIL, ASK)] == [403, 403]


def test_page_asks_as_many_queries_for_three_purges_as_for_one(sign_in, admin, count_queries):
    client = sign_in(admin)
    client.get(PAGE)
    values = {
        "before": timezone.now(),
        "counted": 1,
        "reason": "超过",
        "asked_by": admin,
        "status": "refused",
    }
    Purge.objects.create(kind="trail", **values)
    one = count_queries(lambda: client.get(PAGE))
    for _ in range(3):
        Purge.objects.create(kind="readings", **values)
    assert count_queries(lambda: client.get(PAGE)) == one
