"""人员登记 on the pages: list, one member, records with scans, 不适用, groups; mine and not theirs."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from staff.conflicts.versions import fingerprint
from staff.register.actions.imports import import_register
from staff.register.actions.members import shown_exemption
from staff.register.models import Member, Qualification, SubspecialtyGroup
from tests.scans import PDF, PNG
from tests.staff.factories import (
    make_group,
    make_member,
    make_record,
    qualified_physician,
    qualified_technologist,
)
from tests.web.forms_read import version_on
from trail.models import Event

pytestmark = pytest.mark.django_db
LICENCE = {
    "type": "practice_licence",
    "number": "Z9",
    "practice_scope": "医学影像和放射治疗专业",
    "result": "passed",
}


def shown(response):
    assert response.status_code == 200
    return [row.record.staff_number for row in response.context["table"].rows]


def tags(response):
    """Staff number → 资质 as the list says it."""
    table = response.context["table"]
    return {row.record.staff_number: table._summaries[row.record.pk].text for row in table.rows}


@pytest.fixture
def client(sign_in, officer):
    return sign_in(officer)


# --- list -----------------------------------------------------------------------------------------


def test_list_shows_own_departments_people_and_how_they_stand(client, department, other_department):
    qualified_physician(department, "D01", "甲")
    today = timezone.localdate()
    qualified_technologist(department, "J01", "乙", trained_on=today - timedelta(days=760))
    qualified_technologist(department, "J02", "丙", trained_on=today - timedelta(days=720))
    make_member(department, "J03", "丁", modalities=["CT"])
    make_member(other_department, "THEIRS", "戊")
    found = client.get(reverse("register:members"))
    assert tags(found) == {
        "D01": "齐备",
        "J01": "已过期1项",
        "J02": "将到期1项",
        "J03": "未登记3项",
    }


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, ["D01", "J01", "J02"]),
        ({"q": "甲"}, ["D01"]),
        ({"q": "j0"}, ["J01", "J02"]),
        ({"kind": "technologist"}, ["J01", "J02"]),
        ({"group": "none"}, ["J01", "J02"]),
        ({"state": "problem"}, ["J02"]),
        ({"state": "missing"}, ["J02"]),
        ({"state": "expired"}, []),
        ({"state": "ok"}, ["D01", "J01"]),
        ({"state": "left"}, ["J09"]),
        ({"kind": "x", "group": "y", "state": "z"}, ["D01", "J01", "J02"]),
    ],
)
def test_list_narrows_by_text_kind_group_and_standing(client, department, query, numbers):
    doctor = qualified_physician(department, "D01", "甲")
    doctor.group = make_group(department)
    doctor.save()
    qualified_technologist(department, "J01", "乙", trained_on=timezone.localdate())
    make_member(department, "J02", "丙", modalities=["CT"])
    make_member(department, "J09", "离去者", is_active=False)
    assert shown(client.get(reverse("register:members"), query)) == numbers


def test_list_with_three_people_costs_the_queries_of_one(client, department, count_queries):
    qualified_physician(department, "D01", "甲")
    client.get(reverse("register:members"))
    one = count_queries(lambda: client.get(reverse("register:members")))
    qualified_physician(department, "D02", "乙")
    qualified_technologist(department)
    assert count_queries(lambda: client.get(reverse("register:members"))) == one


def test_list_as_workbook_is_the_register_that_can_be_taken_in_again(client, department):
    qualified_physician(department)
    qualified_technologist(department)
    content = client.get(reverse("register:members"), {"export": "xlsx", "purpose": "年度资质审核"}).content
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames[:4] == [
        "医师",
        "技师",
        "放射防护培训",
        "设备操作培训",
    ]
    tally = import_register(content, "a.xlsx", department=department, by=None, dry_run=True)
    assert (tally.created, tally.updated, tally.refused) == (0, 0, [])
    assert Event.objects.filter(action="staff.export_register").count() == 1


def _exempt(client, member):
    url = reverse("register:member_exempt", args=[member.pk])
    version = version_on(client, reverse("register:member", args=[member.pk]), url)
    client.post(url, {"reason": "仅操作MRI", "version": version})


# --- one member -----------------------------------------------------------------------------------


def test_member_is_added_changed_and_the_trail_says_what(client, department, member):
    values = {"staff_number": " J07 ", "full_name": "新来工", "kind": "technologist", "modalities": ["CT"]}
    client.post(reverse("register:member_new"), values | {"is_active": "on"})
    made = Member.objects.get(staff_number="J07")
    assert (made.full_name, made.kind, made.modalities, made.department) == (
        "新来工",
        "technologist",
        ["CT"],
        department,
    )
    change = values | {"staff_number": "J07", "title": "主管技师", "user": member.pk, "is_active": "on"}
    url = reverse("register:member_edit", args=[made.pk])
    change["version"] = version_on(client, url)
    assert client.post(url, change).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.user) == ("主管技师", member)
    changed = Event.objects.get(action="staff.member_change").detail["changed"]
    assert changed == {"job_title": ["", "主管技师"], "username": ["", "member"]}


def test_member_with_a_taken_number_or_account_is_refused_with_a_sentence(client, department, member):
    make_member(department, "J01", "甲", user=member)
    url = reverse("register:member_new")
    twice = client.post(url, {"staff_number": "J01", "full_name": "乙", "kind": "technologist"})
    assert "工号“J01”已用于甲" in twice.content.decode()
    taken = client.post(
        url, {"staff_number": "J02", "full_name": "乙", "kind": "technologist", "user": member.pk}
    )
    assert "账号“member”已关联甲(J01)" in taken.content.decode()
    assert (twice.status_code, taken.status_code, Member.objects.count()) == (400, 400, 1)


def test_accounts_and_groups_of_another_department_cannot_be_chosen(client, department, other_department):
    from tests import people

    stranger = people.person("far", "邻", "member", other_department)
    group = make_group(other_department)
    values = {"staff_number": "J01", "full_name": "乙", "kind": "technologist"}
    for more in ({"user": stranger.pk}, {"group": group.pk}):
        assert client.post(reverse("register:member_new"), values | more).status_code == 400
    assert not Member.objects.filter(department=department).exists()


def test_member_of_another_department_is_not_found(client, other_department):
    theirs = make_member(other_department)
    for name in ("member", "member_edit", "record_new"):
        assert client.get(reverse(f"register:{name}", args=[theirs.pk])).status_code == 404


def test_mri_only_operator_is_marked_with_who_and_why_and_the_mark_lifted(client, department, officer):
    one = make_member(department, modalities=["MRI"])
    url = reverse("register:member_exempt", args=[one.pk])
    page = reverse("register:member", args=[one.pk])
    version = version_on(client, page, url)
    assert client.post(url, {"reason": "", "version": version}).status_code == 400
    client.post(url, {"reason": "仅操作MRI", "version": version})
    one.refresh_from_db()
    assert (one.exempt_reason, one.exempt_by) == ("仅操作MRI", officer)
    assert "不适用" in client.get(reverse("register:member", args=[one.pk])).content.decode()
    client.post(url, {"lift": "1", "version": version_on(client, page, url)})
    one.refresh_from_db()
    assert (one.exempt_reason, one.exempt_by, one.exempt_at) == ("", None, None)
    actions = Event.objects.filter(action__startswith="staff.member_exempt").order_by("seq")
    assert [event.action for event in actions] == ["staff.member_exempt", "staff.member_exempt_lift"]


def test_operator_of_more_than_mri_cannot_be_marked_and_loses_the_mark_with_ct(client, department):
    one = make_member(department, modalities=["MRI", "CT"])
    data = {"reason": "仅操作MRI", "version": fingerprint(shown_exemption(one))}
    answer = client.post(reverse("register:member_exempt", args=[one.pk]), data)
    assert (answer.status_code, "仅操作MRI的人员" in answer.content.decode()) == (400, True)
    other = make_member(department, "J02", "乙", modalities=["MRI"])
    _exempt(client, other)
    both = {"staff_number": "J02", "full_name": "乙", "kind": "technologist", "modalities": ["MRI", "CT"]}
    url = reverse("register:member_edit", args=[other.pk])
    client.post(url, both | {"version": version_on(client, url)})
    other.refresh_from_db()
    assert other.exempt_reason == ""


# --- records and scans ----------------------------------------------------------------------------


def test_record_with_scan_is_kept_under_a_random_name_and_goes_out_as_attachment(client, department):
    one = make_member(department, "D01", "甲", "physician")
    scan = SimpleUploadedFile("../../甲的执业证\u202egnp.exe", PDF)
    answer = client.post(reverse("register:record_new", args=[one.pk]), LICENCE | {"scan": scan})
    assert answer.status_code == 302
    record = Qualification.objects.get()
    assert (record.state, record.scan_name) == ("approved", "甲的执业证gnp_exe.pdf")
    assert record.scan.name.startswith("certificates/")
    assert "甲" not in record.scan.name
    found = client.get(reverse("register:record_scan", args=[record.pk]))
    assert (found.content, found["Content-Type"]) == (PDF, "application/pdf")
    assert found["Content-Disposition"].startswith("attachment")


def test_scan_changed_on_the_disk_is_not_handed_out(client, department):
    one = make_member(department, "D01", "甲", "physician")
    client.post(
        reverse("register:record_new", args=[one.pk]), LICENCE | {"scan": SimpleUploadedFile("a.png", PNG)}
    )
    record = Qualification.objects.get()
    with default_storage.open(record.scan.name, "wb") as file:
        file.write(PNG + b"tampered")
    answer = client.get(reverse("register:record_scan", args=[record.pk]))
    assert (answer.status_code, "曾被改动" in answer.content.decode()) == (409, True)
    assert Event.objects.get(action="staff.download_scan").result == "refused"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"practice_scope": ""}, "请照证书填写执业范围"),
        ({"number": ""}, "请填写医师执业证书编号"),
        ({"issued_on": "2026-13-45"}, "日期应写作"),
        ({"issued_on": "2026-03-02", "valid_until": "2026-03-01"}, "早于日期"),
    ],
)
def test_record_that_would_prove_nothing_is_refused_at_its_field(client, department, sent, words):
    one = make_member(department, "D01", "甲", "physician")
    answer = client.post(reverse("register:record_new", args=[one.pk]), LICENCE | sent)
    assert (answer.status_code, words in answer.content.decode()) == (400, True)
    assert not Qualification.objects.exists()


def test_scan_that_is_no_picture_is_refused_and_nothing_is_kept(client, department):
    one = make_member(department, "D01", "甲", "physician")
    scan = SimpleUploadedFile("证书.pdf", b"<html><script>alert(1)</script>")
    answer = client.post(reverse("register:record_new", args=[one.pk]), LICENCE | {"scan": scan})
    assert (answer.status_code, "不是PDF、JPEG或PNG" in answer.content.decode()) == (400, True)
    assert not Qualification.objects.exists()


def test_record_entered_in_error_is_withdrawn_with_a_reason_and_no_longer_counts(client, department):
    one = qualified_physician(department)
    record = one.qualifications.get(type="practice_licence")
    url = reverse("register:record_withdraw", args=[record.pk])
    assert client.post(url, {"reason": ""}).status_code == 400
    assert client.post(url, {"reason": "编号录错"}).status_code == 302
    record.refresh_from_db()
    assert (record.state, record.decision_reason) == ("rejected", "编号录错")
    assert tags(client.get(reverse("register:members"))) == {"D01": "未登记1项"}
    assert client.post(url, {"reason": "再次"}).status_code == 400


# --- matrix and what ends -------------------------------------------------------------------------


def test_matrix_shows_each_cell_in_words_and_only_problems_on_demand(client, department):
    qualified_physician(department, "D01", "甲")
    today = timezone.localdate()
    qualified_technologist(department, "J01", "乙", trained_on=today - timedelta(days=760))
    exempt = make_member(department, "J02", "丙", modalities=["MRI"])
    _exempt(client, exempt)
    matrix = client.get(reverse("register:matrix")).context["matrix"]
    words = {row.member.staff_number: [cell.word for cell in row.cells] for row in matrix.rows}
    assert words == {
        "D01": ["有效"] * 3 + ["不要求"] * 5,
        "J01": ["不要求"] * 3 + ["已过期", "有效", "有效", "不要求", "不要求"],
        "J02": ["不要求"] * 3 + ["不适用", "未登记", "未登记", "不要求", "不要求"],
    }
    assert matrix.totals == (0, 0, 0, 1, 1, 1, 0, 0)
    only = client.get(reverse("register:matrix"), {"only": "problems"}).context["matrix"]
    assert [row.member.staff_number for row in only.rows] == ["J01", "J02"]


def test_matrix_with_many_people_costs_the_queries_of_one(client, department, count_queries):
    qualified_physician(department, "D01", "甲")
    client.get(reverse("register:matrix"))
    one = count_queries(lambda: client.get(reverse("register:matrix")))
    for n in range(2, 6):
        qualified_technologist(department, f"J{n}", f"技{n}")
    assert count_queries(lambda: client.get(reverse("register:matrix"))) == one


def test_what_ends_is_listed_by_span_and_given_as_a_calendar(client, department):
    today = timezone.localdate()
    for number, left in (("J01", -1), ("J02", 0), ("J03", 7), ("J04", 30), ("J05", 60), ("J06", 61)):
        one = make_member(department, number, f"技{number}", "physician")
        make_record(one, "electronic_signature", number=number, valid_until=today + timedelta(days=left))
    page = client.get(reverse("register:expiring"))
    assert [ending.left for ending in page.context["endings"]] == [-1, 0, 7, 30, 60]
    assert page.context["counts"] == [(60, 4), (30, 3), (7, 2)]
    assert page.context["expired"] == 1
    week = client.get(reverse("register:expiring"), {"within": "7"})
    assert [ending.left for ending in week.context["endings"]] == [-1, 0, 7]
    gone = client.get(reverse("register:expiring"), {"within": "expired"})
    assert [ending.left for ending in gone.context["endings"]] == [-1]
    calendar = client.get(reverse("register:calendar"))
    assert calendar["Content-Type"] == "text/calendar; charset=utf-8"
    assert calendar["Content-Disposition"].startswith("attachment")
    text = calendar.content.decode()
    assert text.count("BEGIN:VEVENT") == 5
    assert f"DTSTART;VALUE=DATE:{today:%Y%m%d}" in text


# --- groups ---------------------------------------------------------------------------------------


def test_days_of_a_group_are_given_shown_and_corrected_on_its_pages(client, department):
    group = make_group(department)
    one = make_member(department, "D01", "甲", "physician", title="主任医师")
    url = reverse("register:group_edit", args=[group.pk])
    sent = {"name": "神经", "members": [one.pk], "version": version_on(client, url)}
    refused = client.post(url, sent | {"since": "2099-01-01"})
    assert (refused.status_code, "尚未到来" in refused.content.decode()) == (400, True)
    client.post(url, sent | {"since": "2026-07-01"})
    shown = client.get(url)
    assert [str(row.since_on) for row in shown.context["history"]] == ["2026-07-01"]
    membership = reverse("register:membership", args=[one.group_memberships.get().pk])
    assert f'href="{membership}"' in shown.content.decode()
    version = version_on(client, membership)
    assert client.post(membership, {"since_on": "2026-06-01", "version": version}).url == url
    assert str(one.group_memberships.get().since_on) == "2026-06-01"
    assert client.post(membership, {"since_on": "2026-05-01", "version": version}).status_code == 409


def test_group_is_made_led_changed_and_dissolved(client, department):
    first = make_member(department, "D01", "甲", "physician", title="主任医师")
    second = make_member(department, "D02", "乙", "physician", title="住院医师")
    client.post(reverse("register:group_new"), {"name": "神经", "lead": first.pk, "members": [second.pk]})
    group = SubspecialtyGroup.objects.get()
    assert (group.lead, {m.staff_number for m in group.members.all()}) == (first, {"D01", "D02"})
    rows = client.get(reverse("register:groups")).context["rows"]
    assert [row["staffing"].missing for row in rows] == [("副主任医师", "主治医师")]
    url = reverse("register:group_edit", args=[group.pk])
    changed = {"name": "头颈", "members": [second.pk], "version": version_on(client, url)}
    client.post(url, changed)
    group.refresh_from_db()
    assert (group.name, group.lead, [m.staff_number for m in group.members.all()]) == ("头颈", None, ["D02"])
    client.post(reverse("register:group_remove", args=[group.pk]))
    assert not SubspecialtyGroup.objects.exists()
    assert set(Member.objects.values_list("group", flat=True)) == {None}


def test_group_name_twice_is_refused(client, department):
    make_group(department, "神经")
    answer = client.post(reverse("register:group_new"), {"name": "神经"})
    assert (answer.status_code, "“神经”已经存在" in answer.content.decode()) == (400, True)


def test_pages_of_an_empty_register_say_what_to_do_next(client, department):
    assert "还没有登记人员" in client.get(reverse("register:members")).content.decode()
    for name in ("matrix", "expiring", "groups", "submitted", "mine"):
        assert 'class="empty"' in client.get(reverse(f"register:{name}")).content.decode()
