"""Accounts that are due, and the hand-over of what a person leaves open."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_q.models import Schedule

from audits.appeals.models import Appeal
from audits.judging.models import Review
from audits.measures.models import Measure
from reports.imports.models import ImportBatch, ImportSource
from staff.access.open_work import open_work_of
from staff.accounts.actions.accounts import set_active
from staff.accounts.models import RoleGrant, User
from staff.conflicts.versions import RefusedError
from staff.leaving.actions import disable_due, schedule_accounts
from staff.leaving.queries import due_accounts
from tests import people
from tests.audits.appeals.factories import appealed, assigned, settled_case, writer
from tests.audits.factories import assigned_audit, describe, reviews_of
from tests.audits.monthly.factories import assign_all, drawn_month, open_measure
from tests.staff.factories import make_member
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(department):
    return people.second_assessor(department)


@pytest.fixture
def admin_client(sign_in, admin):
    client = sign_in(admin)
    client.get(reverse("healthz"))
    return client


def used(user, days):
    """Last signed in so many days ago."""
    User.objects.filter(pk=user.pk).update(last_login=timezone.now() - timedelta(days=days))


def work(client, user):
    return client.get(reverse("staff:account_work", args=[user.pk]))


def give(client, user, **takers):
    data = {f"taker-{key.replace('_', '-')}": taker.pk for key, taker in takers.items()}
    return client.post(reverse("staff:account_work", args=[user.pk]), data)


def disabled_details():
    events = Event.objects.filter(action="staff.account_disable").order_by("seq")
    return [(event.target_id, event.detail) for event in events]


# --- due --------------------------------------------------------------------------------------------


def test_due_accounts_are_dormant_expired_or_of_people_who_left(
    admin, officer, assessor, member, head, department, other_department
):
    today = timezone.localdate()
    used(officer, 91)
    used(admin, 89)
    User.objects.filter(pk=assessor.pk).update(expires_on=today - timedelta(days=1))
    User.objects.filter(pk=head.pk).update(expires_on=today)  # the last day is valid
    make_member(department, "J01", "书写甲", user=member, left_on=today - timedelta(days=1))
    moved = people.person("moved", "调离者", "member", department)
    make_member(department, "J02", "调离者", user=moved, left_on=today - timedelta(days=1))
    make_member(other_department, "J02", "调离者", user=moved)
    assert [(one.user, one.why) for one in due_accounts(User.accounts.all())] == [
        (assessor, "账号有效期已过"),
        (member, "人员登记中已离职"),
        (officer, "90天未登录"),
    ]


def test_dormant_counts_from_the_making_and_from_being_enabled_again(officer, assessor, settings):
    User.objects.update(date_joined=timezone.now() - timedelta(days=91))
    assert {one.user for one in due_accounts(User.accounts.all())} == {officer, assessor}
    set_active(officer, active=False, by=None)
    set_active(officer, active=True, by=None)
    assert {one.user for one in due_accounts(User.accounts.all())} == {assessor}
    settings.QC_DORMANT_DAYS = 0
    assert due_accounts(User.accounts.all()) == []


def test_job_disables_what_is_due_and_says_why_and_what_is_open(admin, assessor, officer, department):
    drawn_month(department, assessor)
    for user in (admin, assessor):
        used(user, 100)
    used(officer, 1)
    assert disable_due() == [assessor]  # the only administrator stays
    assert disabled_details() == [
        (str(assessor.pk), {"reason": "90天未登录", "open_work": "月度质控1项"}),
    ]
    assert disable_due() == []


def test_job_is_scheduled_once():
    for _ in range(2):
        schedule_accounts()
    assert Schedule.objects.get(name="账号停用").func == "staff.leaving.actions.disable_due"


def test_due_accounts_are_disabled_with_a_click_unless_work_is_open(
    admin_client, assessor, officer, department
):
    drawn_month(department, assessor)
    for user in (assessor, officer):
        used(user, 100)
    page = admin_client.get(reverse("staff:leaving")).content.decode()
    assert f'value="{officer.pk}"' in page
    assert f'value="{assessor.pk}"' not in page
    admin_client.post(reverse("staff:leaving"), {"pick": [officer.pk, assessor.pk]})
    assert set(User.objects.filter(is_active=False)) == {officer}
    assert "评一还有未完成的工作：月度质控1项" in admin_client.get(reverse("staff:leaving")).content.decode()


def test_local_administrator_sees_and_disables_their_own_people_only(sign_in, department, other_department):
    far = people.person("far", "邻县甲", "member", other_department)
    used(far, 100)
    client = sign_in(people.person("local", "科管理", "admin", department))
    client.post(reverse("staff:leaving"), {"pick": [far.pk]})
    assert client.get(reverse("staff:leaving")).context["due"] == []
    assert User.objects.get(pk=far.pk).is_active
    assert work(client, far).status_code == 404


def test_list_of_due_accounts_with_one_and_three_asks_equally_often(admin_client, department, count_queries):
    used(people.person("a1", "甲一", "member", department), 100)
    one = count_queries(lambda: admin_client.get(reverse("staff:leaving")))
    for name in ("a2", "a3"):
        used(people.person(name, "甲二", "member", department), 100)
    assert count_queries(lambda: admin_client.get(reverse("staff:leaving"))) == one


# --- open work --------------------------------------------------------------------------------------


def test_account_with_open_work_is_not_disabled_silently(admin_client, assessor, department):
    drawn_month(department, assessor)
    with pytest.raises(RefusedError, match="评一还有未完成的工作：月度质控1项。请先移交"):
        set_active(assessor, active=False, by=None)
    refused = admin_client.post(reverse("staff:account_active", args=[assessor.pk]), {"active": "0"})
    assert refused.status_code == 400
    assert reverse("staff:account_work", args=[assessor.pk]) in refused.content.decode()
    admin_client.post(reverse("staff:account_leave", args=[assessor.pk]))
    assert not User.objects.get(pk=assessor.pk).is_active
    assert disabled_details() == [(str(assessor.pk), {"open_work": "月度质控1项"})]
    assert admin_client.get(reverse("staff:leaving")).context["left_open"] == [assessor]


def test_reviews_are_given_to_who_may_read_them_and_ruled_ones_are_not(
    admin_client, admin, assessor, second, department
):
    audit = assigned_audit(department, [assessor], n=3)
    ruled, first, other = reviews_of(audit)
    describe(ruled)
    items = open_work_of(assessor)
    assert [(item.key, bool(item.note), list(item.takers)) for item in items] == [
        (f"review-{ruled.pk}", True, []),
        (f"review-{first.pk}", False, [second]),
        (f"review-{other.pk}", False, [second]),
    ]
    assert "未完成的工作：季度评审3项" in work(admin_client, assessor).content.decode()
    give(admin_client, assessor, **{f"review_{ruled.pk}": second, f"review_{first.pk}": second})
    assert list(Review.objects.filter(assessor=second).values_list("case", "assigned_by")) == [
        (first.case_id, admin.pk)
    ]
    assert set(Review.objects.filter(assessor=assessor)) == {ruled, other}
    kinds = ["audits.assign", "staff.work_handed_over"]
    events = Event.objects.filter(actor_id=admin.pk, action__in=kinds).order_by("seq")
    assert list(events.values_list("action", flat=True)) == kinds


def test_month_measure_and_appeal_are_given_by_their_own_actions(
    admin_client, admin, assessor, second, officer, department
):
    month = assign_all(drawn_month(department, officer), [assessor])
    measure = open_measure(month, officer, assessor)
    appeal = assigned(appealed(settled_case(department, second), writer(department)), assessor, officer)
    third = people.person("third", "评三", "assessor", department)
    items = {item.kind: item for item in open_work_of(assessor)}
    assert set(items) == {"月度质控", "改进措施", "申诉复核"}
    assert second not in items["申诉复核"].takers  # who ruled does not decide
    give(
        admin_client,
        assessor,
        **{f"month_{month.pk}": third, f"measure_{measure.pk}": third, f"appeal_{appeal.pk}": third},
    )
    assert open_work_of(assessor) == []
    assert {case.assessor for case in month.cases.all()} == {third}
    assert Measure.objects.get(pk=measure.pk).owner_user == third
    assert Appeal.objects.get(pk=appeal.pk).assessor == third
    given = Event.objects.filter(
        action="staff.work_handed_over", actor_id=admin.pk, target_id=str(assessor.pk)
    )
    assert given.count() == 3


def test_work_of_another_department_is_named_and_not_given(
    sign_in, assessor, second, officer, department, other_department
):
    month = assign_all(drawn_month(department, officer), [assessor])
    RoleGrant.objects.filter(user=assessor).update(department=other_department)
    client = sign_in(people.person("local", "科管理", "admin", other_department))
    page = work(client, assessor).content.decode()
    assert ("属于其他科室" in page, f'name="taker-month-{month.pk}"' in page) == (True, False)
    give(client, assessor, **{f"month_{month.pk}": second})
    assert {case.assessor for case in month.cases.all()} == {assessor}


def test_unconfirmed_import_is_named_and_needs_no_taker(officer, department):
    source = ImportSource.objects.create(department=department, name="RIS", kind="reports")
    values = {"kind": "reports", "file_name": "x.csv", "sha256": "0" * 64, "size": 1, "created_by": officer}
    ImportBatch.objects.create(department=department, source=source, status="checked", **values)
    ImportBatch.objects.create(department=department, source=source, status="done", **values)
    (item,) = open_work_of(officer)
    assert (item.kind, item.takers, item.hand_over) == ("未确认的导入", (), None)
    assert "有导入权限的人" in item.note


def test_taker_who_was_not_offered_gets_nothing(admin_client, assessor, member, department):
    month = drawn_month(department, assessor)
    response = give(admin_client, assessor, **{f"month_{month.pk}": member})
    assert response.status_code == 302
    assert "没有选择接手人" in work(admin_client, assessor).content.decode()
    assert {case.assessor for case in month.cases.all()} == {assessor}
