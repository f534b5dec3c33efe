"""The text checks offer faults in judging: blind, of the frozen version; nothing is deducted by itself."""

import pytest
from django.urls import reverse

from audits.judging.models import Fault, Review
from reports.archive.models import Revision
from reports.findings.actions.rulings import rule_finding
from reports.findings.models import Finding
from tests.audits.factories import assigned_audit, judge, reviews_of
from tests.audits.judging.views.test_reviews import description, url
from tests.factories import make_revision
from tests.markup import unwrapped
from tests.reports.findings.factories import NO_TISSUE, make_finding
from tests.stories import made_once

pytestmark = pytest.mark.django_db


@made_once
def review(department, assessor):
    review = reviews_of(assigned_audit(department, [assessor]))[0]
    report = review.case.report
    make_finding(report, "类圆形结节", message="书写甲写的“类圆形结节”未写参照组织。")
    make_finding(report, "结节", field="impression", code="6.5.3/no-location", clause="6.5.3")
    make_finding(
        report, "书写甲"[:0], field="reporting_physician", code="6.1.1/missing-element", clause="6.1.1"
    )
    make_finding(report, code="4.1/critical-suspect", clause="4.1")
    return review


def hints(response):
    return [(hint.number, hint.clause, hint.field, hint.excerpt) for hint in response.context["page"].hints]


def test_judge_is_offered_what_the_description_is_about(sign_in, assessor, review):
    response = sign_in(assessor).get(url("judge", review))
    assert hints(response) == [(1, "6.4.3.2", "findings", "类圆形结节")]
    text = unwrapped(response.content.decode())
    assert 'data-label="1">类圆形结节</mark>' in text
    assert 'data-clause="6.4.3.2"' in text
    assert not Fault.objects.exists()


def test_hint_names_nobody_while_blind(sign_in, assessor, review):
    physician = review.case.revision.content["reporting_physician"]
    Finding.objects.update(message=f"{physician}与受检甲的“类圆形结节”未写参照组织。")
    text = sign_in(assessor).get(url("judge", review)).content.decode()
    assert [name for name in (physician, "受检甲") if name in text] == []
    assert "未写参照组织。" in text


def test_hint_taken_without_script_fills_a_fault_row_and_saves_nothing(sign_in, assessor, review):
    response = sign_in(assessor).post(url("rule_description", review), description(review, take="1"))
    assert response.status_code == 200
    first = response.context["faults"][0]
    finding = Finding.objects.get(code=NO_TISSUE)
    values = {name: first[name].value() for name in ("clause", "field", "start", "end", "excerpt")}
    assert values == {
        "clause": "6.4.3.2",
        "field": "findings",
        "start": str(finding.start),
        "end": str(finding.end),
        "excerpt": "类圆形结节",
    }
    assert response.context["description_form"]["verdict"].value() == "nonconforming"
    assert (Fault.objects.count(), Review.objects.get(pk=review.pk).description) == (0, "")


def test_hint_taken_and_saved_is_a_fault_of_the_assessor(sign_in, assessor, review):
    client = sign_in(assessor)
    form = client.post(url("rule_description", review), description(review, take="1")).context["faults"]
    row = {f"fault-0-{name}": form[0][name].value() for name in form[0].fields}
    sent = description(review, verdict="nonconforming", **row)
    assert client.post(url("rule_description", review), sent).status_code == 302
    fault = Fault.objects.get()
    assert (fault.review, fault.clause, fault.excerpt) == (review, "6.4.3.2", "类圆形结节")


@pytest.mark.parametrize("take", ["2", "0", "x", "9" * 30])
def test_hint_that_does_not_exist_changes_nothing(sign_in, assessor, review, take):
    response = sign_in(assessor).post(url("rule_description", review), description(review, take=take))
    assert response.status_code == 200
    assert response.context["faults"][0]["clause"].value() == ""


def test_dismissed_finding_is_not_offered(sign_in, assessor, officer, review):
    finding = Finding.objects.get(code=NO_TISSUE)
    rule_finding(finding, verdict="dismiss", version=0, by=officer)
    assert hints(sign_in(assessor).get(url("judge", review))) == []


def test_report_revised_after_the_draw_is_offered_what_its_frozen_version_says(
    sign_in, assessor, officer, review
):
    frozen, report = review.case.revision, review.case.report
    frozen.content["findings"] = f"{frozen.content['findings']}大小XX。"
    frozen.content_hash = "f" * 64
    frozen.save()
    make_revision(report, findings="右肺未见异常。")
    assert Revision.objects.filter(report=report).count() == 2
    found = hints(sign_in(assessor).get(url("judge", review)))
    place = [(field, excerpt) for _, clause, field, excerpt in found if clause == "6.1.1"]
    assert place == [("findings", "XX")]


def test_judged_and_settled_case_offers_nothing(sign_in, assessor, review):
    judge(review)
    review.case.audit.status = "settled"
    review.case.audit.save()
    assert hints(sign_in(assessor).get(url("judge", review))) == []


def test_judging_page_with_one_and_three_hints_asks_equally_often(
    sign_in, assessor, review, django_assert_num_queries, count_queries
):
    client = sign_in(assessor)
    client.get(url("judge", review))
    once = count_queries(lambda: client.get(url("judge", review)))
    for words in ("右肺", "边界"):
        make_finding(review.case.report, words)
    with django_assert_num_queries(once):
        client.get(url("judge", review))


def test_hints_are_asked_for_by_their_assessor_alone(sign_in, officer, review):
    assert sign_in(officer).get(reverse("audits:judge", args=[review.pk])).status_code == 404
