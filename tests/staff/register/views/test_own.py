"""我的资质: one's own entry, a renewed certificate handed in, looked at by somebody else, approved or not."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from staff.register.models import Qualification
from tests import people
from tests.scans import PDF
from tests.staff.factories import make_member, qualified_physician
from trail.models import Event

pytestmark = pytest.mark.django_db


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(**more):
    return {
        "type": "practice_licence",
        "number": "Z9",
        "practice_scope": "医学影像和放射治疗专业",
        "result": "passed",
        "scan": SimpleUploadedFile("执业证.pdf", PDF),
    } | more


@pytest.fixture
def mine(department, member):
    found = qualified_physician(department, "D10", "书写甲")
    found.user = member
    found.save()
    return found


@pytest.fixture
def submitted(mine, member):
    browser(member).post(reverse("register:own_record_new", args=[mine.pk]), sent())
    return Qualification.objects.get(state="submitted")


def test_own_page_shows_own_entry_and_not_anothers(mine, member, department):
    make_member(department, "D11", "别人甲", "physician")
    page = browser(member).get(reverse("register:mine"))
    assert [entry["member"] for entry in page.context["entries"]] == [mine]
    assert "别人甲" not in page.content.decode()


def test_own_page_of_an_account_without_entry_says_what_to_do(member):
    assert "还没有关联到人员登记表" in browser(member).get(reverse("register:mine")).content.decode()


def test_certificate_handed_in_waits_and_does_not_count_yet(submitted, mine, member, officer):
    assert (submitted.submitted_by, submitted.scan_name) == (member, "执业证.pdf")
    assert Qualification.objects.approved().filter(member=mine, number="Z9").count() == 0
    rows = browser(officer).get(reverse("register:submitted")).context["table"].rows
    assert [row.record for row in rows] == [submitted]


def test_certificate_needs_its_scan(mine, member):
    url = reverse("register:own_record_new", args=[mine.pk])
    without = {name: value for name, value in sent().items() if name != "scan"}
    answer = browser(member).post(url, without)
    assert (answer.status_code, "请上传证书的扫描件" in answer.content.decode()) == (400, True)
    assert Qualification.objects.filter(state="submitted").count() == 0


def test_certificate_for_another_is_not_found(mine, department, assessor):
    other = make_member(department, "D11", "别人甲", "physician", user=assessor)
    own = browser(mine.user)
    assert own.get(reverse("register:own_record_new", args=[other.pk])).status_code == 404
    assert own.post(reverse("register:own_record_new", args=[other.pk]), sent()).status_code == 404


def test_certificate_approved_counts_from_then_on_and_once(submitted, officer, head):
    url = reverse("register:record_decide", args=[submitted.pk])
    assert browser(officer).post(url, {"decision": "approve"}).status_code == 302
    submitted.refresh_from_db()
    assert (submitted.state, submitted.decided_by) == ("approved", officer)
    again = browser(head).post(url, {"decision": "reject", "reason": "看错了"})
    assert (again.status_code, "已经审核过" in again.content.decode()) == (400, True)
    assert Event.objects.filter(action="staff.record_approve").count() == 1


def test_certificate_refused_needs_a_reason_which_its_owner_reads(submitted, head, member):
    url = reverse("register:record_decide", args=[submitted.pk])
    assert browser(head).post(url, {"decision": "reject"}).status_code == 400
    assert browser(head).post(url, {"decision": "reject", "reason": "扫描件不清晰"}).status_code == 302
    page = browser(member).get(reverse("register:record", args=[submitted.pk])).content.decode()
    assert "扫描件不清晰" in page
    assert Event.objects.get(action="staff.record_reject").detail["reason"] == "扫描件不清晰"


def test_nobody_approves_their_own_certificate(department, officer):
    own = make_member(department, "D07", "测一鸣", "physician", user=officer)
    client = browser(officer)
    client.post(reverse("register:own_record_new", args=[own.pk]), sent())
    record = Qualification.objects.get()
    answer = client.post(reverse("register:record_decide", args=[record.pk]), {"decision": "approve"})
    assert (answer.status_code, "不能审核本人提交的证书" in answer.content.decode()) == (400, True)
    assert Qualification.objects.get().state == "submitted"


def test_scan_is_open_to_its_owner_and_the_departments_officer_and_nobody_else(
    submitted, member, officer, assessor, other_department
):
    foreign = people.person("foreign", "邻县甲", "qc_officer", other_department)
    url = reverse("register:record_scan", args=[submitted.pk])
    assert [browser(user).get(url).status_code for user in (member, officer, assessor, foreign)] == [
        200,
        200,
        404,
        404,
    ]


def test_lists_of_submitted_certificates_show_the_own_department_only(
    submitted, officer, other_department, count_queries
):
    foreign = people.person("foreign", "邻县甲", "qc_officer", other_department)
    page = browser(foreign).get(reverse("register:submitted"))
    assert page.context["page"].count == 0
    client = browser(officer)
    client.get(reverse("register:submitted"))
    one = count_queries(lambda: client.get(reverse("register:submitted")))
    for _ in range(2):
        browser(submitted.submitted_by).post(
            reverse("register:own_record_new", args=[submitted.member_id]), sent()
        )
    assert count_queries(lambda: client.get(reverse("register:submitted"))) == one
