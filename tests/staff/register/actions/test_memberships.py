"""Who was in which group when: written by every change of group, title, leader and presence (row 1.5)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from staff.conflicts.versions import ConflictError, RefusedError
from staff.register.actions.groups import add_group, change_group, remove_group
from staff.register.actions.imports import import_register
from staff.register.actions.members import add_member, change_member, values_of
from staff.register.actions.memberships import change_membership
from staff.register.models import GroupMembership, Member, SubspecialtyGroup
from tests.staff.factories import SHEETS, make_group, make_member, register_file
from trail.models import Event

pytestmark = pytest.mark.django_db
JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 15), date(2026, 9, 1)


@pytest.fixture
def group(department):
    return make_group(department)


@pytest.fixture
def member(department, group):
    """In the group since JULY, as a resident."""
    return make_member(department, "D01", "甲", "physician", title="住院医师", group=group, entered_on=JULY)


def history(member):
    rows = GroupMembership.objects.filter(member=member).for_list()
    return [(str(row.group), row.title, row.is_lead, row.since_on, row.until_on) for row in rows]


def changed(member, *, since=None, **more):
    member.refresh_from_db()
    return change_member(member, replace(values_of(member), **more), by=None, since=since)


def test_new_member_is_in_the_group_since_the_day_given_the_entry_or_an_unknown_day(department, group):
    given = replace(
        values_of(Member(staff_number="D1", full_name="甲", kind="physician")), group=group, title="主任医师"
    )
    made = [
        add_member(department, replace(given, staff_number=f"D{n}", entered_on=entered), by=None, since=since)
        for n, (entered, since) in enumerate([(JULY, AUGUST), (JULY, None), (None, None)])
    ]
    assert [history(one) for one in made] == [
        [("神经", "主任医师", False, first, None)] for first in (AUGUST, JULY, None)
    ]


def test_other_group_or_title_ends_a_membership_the_day_before_and_begins_another(department, member):
    other = make_group(department, "胸部")
    changed(member, title="主治医师", since=AUGUST)
    changed(member, group=other, since=SEPTEMBER)
    changed(member, full_name="甲乙")
    before = timedelta(days=1)
    assert history(member) == [
        ("神经", "住院医师", False, JULY, AUGUST - before),
        ("神经", "主治医师", False, AUGUST, SEPTEMBER - before),
        ("胸部", "主治医师", False, SEPTEMBER, None),
    ]


def test_change_without_a_day_is_of_today(member):
    changed(member, title="主治医师")
    today = timezone.localdate()
    assert history(member)[-1] == ("神经", "主治医师", False, today, None)


def test_change_on_the_first_day_replaces_the_membership(member):
    changed(member, title="主治医师", since=JULY)
    assert history(member) == [("神经", "主治医师", False, JULY, None)]


@pytest.mark.parametrize(
    ("since", "words"),
    [(JULY - timedelta(days=1), "早于甲.*入组日期2026-07-01"), (date(2099, 1, 1), "尚未到来")],
)
def test_change_before_the_membership_or_in_the_future_is_refused_and_nothing_written(member, since, words):
    with pytest.raises(RefusedError, match=words):
        changed(member, title="主治医师", since=since)
    member.refresh_from_db()
    assert (member.title, history(member)) == ("住院医师", [("神经", "住院医师", False, JULY, None)])


def test_member_who_left_was_in_the_group_until_the_last_day(member):
    changed(member, is_active=False, left_on=AUGUST)
    assert history(member) == [("神经", "住院医师", False, JULY, AUGUST)]
    with pytest.raises(RefusedError, match=r"早于甲.*上一段在组时间的末日2026-08-15"):
        changed(member, is_active=True, left_on=None, since=AUGUST)
    changed(member, is_active=True, left_on=None, since=SEPTEMBER)
    assert history(member)[-1] == ("神经", "住院医师", False, SEPTEMBER, None)


def test_leader_and_members_of_a_group_are_recorded_from_the_day_of_the_change(department, member, group):
    lead = make_member(department, "D02", "乙", "physician", title="主任医师")
    change_group(group, name="神经", lead=lead, members=[lead], by=None, since=AUGUST)
    assert history(member) == [("神经", "住院医师", False, JULY, AUGUST - timedelta(days=1))]
    assert history(lead) == [("神经", "主任医师", True, AUGUST, None)]
    change_group(group, name="神经", lead=None, members=[lead], by=None, since=SEPTEMBER)
    assert [row[2] for row in history(lead)] == [True, False]


def test_dissolved_group_stays_with_its_history_and_its_name_is_free(department, member, group):
    remove_group(group, by=None)
    group.refresh_from_db()
    today = timezone.localdate()
    assert (group.dissolved_on, list(SubspecialtyGroup.objects.present())) == (today, [])
    assert history(member) == [("神经", "住院医师", False, JULY, today - timedelta(days=1))]
    again = add_group(department, name="神经", lead=None, members=[member], by=None, since=today)
    assert [row[3] for row in history(member)] == [JULY, today]
    assert list(SubspecialtyGroup.objects.present()) == [again]


def test_import_records_a_membership_for_every_member_with_a_group_once(department):
    for _ in range(2):
        import_register(register_file(SHEETS), "登记表.xlsx", department=department, by=None)
    member = Member.objects.get(staff_number="D01")
    assert history(member) == [("神经", "副主任医师", False, member.entered_on, None)]
    assert GroupMembership.objects.count() == 1


def test_days_of_a_membership_are_corrected_and_the_trail_says_so(member):
    found = GroupMembership.objects.get()
    change_membership(found, since_on=AUGUST, until_on=None, by=None)
    assert history(member) == [("神经", "住院医师", False, AUGUST, None)]
    event = Event.objects.get(action="staff.membership_change")
    assert event.detail == {"full_name": "甲(D01)", "changed": {"since_on": ["2026-07-01", "2026-08-15"]}}
    with pytest.raises(ConflictError):
        change_membership(found, since_on=None, until_on=None, by=None, version="another")


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (JULY, AUGUST, "重叠"),
        (AUGUST, JULY, "早于入组日期"),
        (JULY, date(2099, 1, 1), "晚于今天"),
        (JULY, None, "是否仍在组"),
    ],
)
def test_days_that_cannot_be_are_refused(member, since, until, words):
    changed(member, title="主治医师", since=AUGUST)
    first = GroupMembership.objects.get(title="住院医师")
    with pytest.raises(RefusedError, match=words):
        change_membership(first, since_on=since, until_on=until, by=None)
