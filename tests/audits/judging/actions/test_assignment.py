"""Who reads which case."""

from collections import Counter

import pytest

from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.assignment import assign_case, assign_fairly
from audits.judging.models import Review
from audits.judging.queries.judges import barred, judges_of
from tests import people
from tests.audits.factories import assigned_audit, describe, drawn_audit, reviews_of
from trail.models import Event


@pytest.fixture
def second(department):
    return people.second_assessor(department)


def test_judges_of_department_lists_its_own_only(department, other_department, assessor, officer, member):
    people.person("far", "远处评", "assessor", other_department)
    assert judges_of(department) == sorted([officer, assessor], key=lambda user: user.full_name)


def test_assign_fairly_one_reader_spreads_evenly(department, assessor, second, officer):
    audit = drawn_audit(department)
    made, problems = assign_fairly(audit, assessors=[assessor, second], version=audit.version, by=officer)
    load = Counter(Review.objects.values_list("assessor", flat=True))
    assert (made, problems, load) == (10, [], {assessor.pk: 5, second.pk: 5})


def test_assign_fairly_two_readers_are_two_people(department, assessor, second):
    audit = assigned_audit(department, [assessor, second])
    pairs = Counter((review.case_id, review.assessor_id) for review in reviews_of(audit))
    assert len(pairs) == 20


def test_assign_fairly_one_person_for_two_readers_says_who_is_missing(department, assessor):
    audit = drawn_audit(department, readers=2)
    made, problems = assign_fairly(audit, assessors=[assessor], version=audit.version, by=None)
    assert (made, len(problems)) == (10, 10)
    assert problems[0] == "第1份还缺1位评审医师，所选医师中没有可分配的（本人参与的报告不能由本人评审）。"


def test_assign_fairly_twice_adds_nothing(department, assessor):
    audit = assigned_audit(department, [assessor])
    assert assign_fairly(audit, assessors=[assessor], version=audit.version, by=None) == (0, [])


@pytest.mark.parametrize(
    ("role", "word"),
    [
        ("reporting_physician", "书写"),
        ("reviewing_physician", "审核"),
        ("signed_by", "签发"),
        ("last_modified_by", "最后修改"),
        ("operator", "操作"),
    ],
)
def test_assign_case_own_report_refused(department, assessor, role, word):
    audit = drawn_audit(department, **{role: "评一（1002）"})
    case = audit.cases.first()
    with pytest.raises(RefusedError, match=f"本人{word}"):
        assign_case(case, assessors=[assessor], version=audit.version, by=None)
    assert not Review.objects.exists()


def test_assign_case_foreign_report_allowed(department, assessor, officer):
    audit = drawn_audit(department)
    case = audit.cases.first()
    reviews = assign_case(case, assessors=[assessor], version=audit.version, by=officer)
    assert [(r.assessor, r.reader, r.assigned_by) for r in reviews] == [(assessor, 1, officer)]
    assert Event.objects.order_by("-seq").first().detail == {"assessors": [assessor.pk]}


def test_barred_alias_counts_as_own_name(department):
    user = people.person("x", "李明", "assessor", department, aliases=["LI Ming"])
    audit = drawn_audit(department, signed_by="ＬＩ　ｍｉｎｇ")
    case = audit.cases.select_related("report", "revision").first()
    assert barred(case, user) == "该报告由评审医师本人签发，不能由其评审；请另行指定评审医师。"


def test_barred_later_amendment_counts_too(department, assessor):
    audit = drawn_audit(department)
    case = audit.cases.select_related("report", "revision").first()
    case.report.last_modified_by = "评一"
    assert "最后修改" in barred(case, assessor)


@pytest.mark.parametrize("role", ["member", "head", "inspector"])
def test_assign_case_without_judging_right_refused(department, role):
    user = people.ROLES[role](department)
    audit = drawn_audit(department)
    with pytest.raises(RefusedError, match="没有本科室的评审权限"):
        assign_case(audit.cases.first(), assessors=[user], version=audit.version, by=None)


def test_assign_case_too_many_or_twice_the_same_refused(department, assessor, second):
    audit = drawn_audit(department, readers=1)
    case = audit.cases.first()
    with pytest.raises(RefusedError, match="每例由1位"):
        assign_case(case, assessors=[assessor, second], version=audit.version, by=None)
    with pytest.raises(RefusedError, match="不能是同一人"):
        assign_case(case, assessors=[assessor, assessor], version=audit.version, by=None)


def test_assign_case_unstarted_reader_can_be_changed(department, assessor, second):
    audit = assigned_audit(department, [assessor])
    case = audit.cases.first()
    assign_case(case, assessors=[second], version=audit.version, by=None)
    assert [r.assessor for r in case.reviews.all()] == [second]


def test_assign_case_reader_who_ruled_stays(department, assessor, second):
    audit = assigned_audit(department, [assessor])
    review = describe(reviews_of(audit)[0])
    with pytest.raises(RefusedError, match="已对第1份作出评定"):
        assign_case(review.case, assessors=[second], version=audit.version, by=None)


def test_assign_case_stale_page_conflicts(department, assessor):
    audit = drawn_audit(department)
    with pytest.raises(ConflictError):
        assign_case(audit.cases.first(), assessors=[assessor], version=audit.version - 1, by=None)
