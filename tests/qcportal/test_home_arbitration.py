"""Disputed cases on the home page of those who can take them."""

import pytest
from django.urls import reverse

from audits.judging.actions.arbitration import take_case
from audits.judging.actions.permissions import allow_reader
from qcportal.home.tasks.arbitration import arbitration_tasks
from staff.accounts.models import RoleGrant, User
from tests import people
from tests.audits.factories import ALLOWED, assigned_audit, judge, reviews_of

pytestmark = pytest.mark.django_db
FREE = "2 份病例两位评审意见不一，待第三位评审医师仲裁"


@pytest.fixture
def third(department):
    return people.person("third", "评三", "assessor", department)


@pytest.fixture
def audit(department, assessor):
    """Two disputed cases, the others not judged yet."""
    audit = assigned_audit(department, [assessor, people.second_assessor(department)], n=10)
    for review in reviews_of(audit)[:4]:
        judge(review, faulty=review.reader == 1)
    return audit


def texts(user):
    return [task.text for task in arbitration_tasks(User.objects.get(pk=user.pk))]


def test_disputed_cases_wait_on_the_page_of_the_third_only(sign_in, audit, third, assessor, officer, head):
    assert {user.username: texts(user) for user in (third, assessor, officer, head)} == {
        "third": [FREE],
        "assessor": [],
        "officer": [],
        "head": [],
    }
    page = sign_in(third).get(reverse("home")).content.decode()
    assert FREE in page
    assert reverse("audits:arbitration") in page


def test_disputed_case_that_was_taken_waits_for_its_arbiter_alone(department, audit, third):
    fourth = people.person("fourth", "评四", "assessor", department)
    review = take_case(reviews_of(audit)[0].case, by=third)
    own, free = "1 份病例由我仲裁，待评定", FREE.replace("2", "1", 1)
    assert (texts(third), texts(fourth)) == ([own, free], [free])
    judge(review, faulty=True)
    assert (texts(third), texts(fourth)) == ([free], [free])


def test_who_may_see_outcomes_is_asked_to_arbitrate_once_the_head_allows_it(department, audit, third, head):
    RoleGrant.objects.create(user=third, role="qc_officer", department=department)
    assert texts(third) == []
    allow_reader(audit, reader=third, reason=ALLOWED, by=head)
    assert texts(third) == [FREE]
