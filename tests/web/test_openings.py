"""Whoever opens a report under review is recorded, once an hour (docs/quality.md A2)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.hooks.withheld import record_openings
from audits.quarter.actions.quarters import settle_audit
from audits.sampling.models import Audit
from tests.audits.factories import assigned_audit, judge, reviews_of
from tests.factories import make_report
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(department, assessor):
    return reviews_of(assigned_audit(department, [assessor], n=3))[0]


def openings():
    rows = Event.objects.filter(action="audits.open_under_review").order_by("seq")
    return list(rows.values_list("actor_name", "target_type", "target_id"))


def pages_of(review):
    report, case = review.case.report_id, review.case_id
    return {
        "head": [reverse("reports:detail", args=[report]), reverse("audits:case", args=[case])],
        "assessor": [reverse("audits:judge", args=[review.pk])],
    }


def test_opening_a_report_under_review_is_recorded_once_for_each_person(sign_in, review, head, assessor):
    for user in (head, assessor, head):
        for page in pages_of(review)[user.username]:
            assert sign_in(user).get(page).status_code == 200
    target = ("reports.report", str(review.case.report_id))
    assert openings() == [("任主任", *target), ("评一", *target)]


def test_opening_an_hour_later_is_recorded_again(review, head, monkeypatch):
    half_past = timezone.now().replace(minute=30)
    for hours in (0, 0, 1, 1):
        with monkeypatch.context() as patched:
            later = half_past + timedelta(hours=hours)
            patched.setattr(timezone, "now", lambda later=later: later)
            record_openings(head, [review.case.report_id], "reports.report")
    assert len(openings()) == 2


def test_opening_is_not_recorded_without_a_review_or_after_it(sign_in, department, review, head):
    other = make_report(department, "FREE1")
    client = sign_in(head)
    client.get(reverse("reports:detail", args=[other.pk]))
    audit = Audit.objects.get(pk=review.case.audit_id)
    for one in reviews_of(audit):
        judge(one)
    settle_audit(audit, version=audit.version, by=None)
    client.get(pages_of(review)["head"][0])
    assert openings() == []


def test_refused_opening_of_its_reader_is_a_refusal_and_no_opening(sign_in, department, review, assessor):
    assert sign_in(assessor).get(pages_of(review)["head"][0]).status_code == 403
    assert openings() == []
