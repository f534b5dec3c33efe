"""What an audit came to."""

import pytest

from audits.judging.actions.assignment import assign_fairly
from audits.judging.actions.replacement import replace_case
from audits.judging.queries.readings import is_deductible
from audits.judging.queries.results import SampleCount, audit_results
from standards.loader import current_edition
from tests.audits.factories import DIFFERS, UNDECIDED, assigned_audit, drawn_audit, judge, reviews_of


def test_results_all_judged_counts_and_finishes(department, assessor):
    audit = assigned_audit(department, [assessor])
    for place, review in enumerate(reviews_of(audit)):
        judge(review, faulty=place < 3, conclusion=DIFFERS if place < 2 else None)
    results = audit_results(audit)
    assert results.description_sample == SampleCount(10, 3)
    assert results.conclusion_sample == SampleCount(10, 2)
    assert (results.finished, results.waiting) == (True, ())
    assert [case.position for case in results.cases] == list(range(1, 11))
    fault = results.cases[0].faults[0]
    assert (fault.clause, fault.reason, fault.by, fault.counts) == (
        "6.4.3.2",
        "未指明参照组织。",
        "评一 1002",
        True,
    )
    assert results.cases[0].content["findings"].startswith("右肺上叶尖段")
    assert [outcome.text for outcome in results.cases[0].outcomes] == ["术后病理：肺错构瘤。"]


def test_results_open_cases_are_named_and_not_counted(department, assessor):
    audit = assigned_audit(department, [assessor])
    judge(reviews_of(audit)[0])
    results = audit_results(audit)
    assert (results.description_sample, results.conclusion_sample) == (SampleCount(1, 0), SampleCount(1, 0))
    assert (results.finished, len(results.waiting)) == (False, 18)


def test_results_unassigned_case_is_said(department):
    results = audit_results(drawn_audit(department, n=3))
    assert results.waiting == tuple(f"第{n}份尚未分配评审医师。" for n in (1, 2, 3))


def test_results_one_ruling_where_two_readers_are_asked_settles_nothing(department, assessor):
    audit = drawn_audit(department, n=1, readers=2)
    assign_fairly(audit, assessors=[assessor], version=audit.version, by=None)
    judge(reviews_of(audit)[0])
    results = audit_results(audit)
    assert (results.description_sample, results.conclusion_sample) == (SampleCount(0, 0), SampleCount(0, 0))
    assert (results.finished, results.waiting) == (False, ("第1份还缺1位评审医师，请分配。",))


def test_results_undecidable_is_in_no_denominator(department, assessor):
    audit = assigned_audit(department, [assessor], n=10)
    for place, review in enumerate(reviews_of(audit)):
        judge(review, conclusion=UNDECIDED if place == 0 else None)
    results = audit_results(audit)
    assert (results.conclusion_sample, results.finished) == (SampleCount(9, 0), False)


def test_results_replaced_case_is_listed_with_reason_and_successor(department, officer):
    audit = drawn_audit(department)
    case = audit.cases.first()
    added, _ = replace_case(case, reason="影像不可读", version=audit.version, by=officer)
    (replaced,) = audit_results(audit).replaced
    assert (replaced.position, replaced.reason, replaced.replaced_by, replaced.successor) == (
        1,
        "影像不可读",
        "测一鸣 1007",
        added.report.accession_number,
    )


@pytest.mark.parametrize("n", [1, 10])
def test_results_query_count_does_not_grow_with_cases(department, assessor, django_assert_num_queries, n):
    audit = assigned_audit(department, [assessor], n=n)
    for review in reviews_of(audit):
        judge(review, faulty=True)
    with django_assert_num_queries(6):
        results = audit_results(audit)
        assert [reading.assessor for case in results.cases for reading in case.readings] == ["评一 1002"] * n
        assert str(results.cases[0].report)


@pytest.mark.parametrize(
    ("number", "counts"),
    [
        ("6.4.3.2", True),
        ("6.4.1.1b", True),
        ("6.1.2", True),
        ("6.4.3.6", False),
        ("6.5.3", False),
        ("6.3.6", False),
        ("B-2.1", False),
        ("9.9", False),
    ],
)
def test_is_deductible_only_binding_clauses_of_the_description(number, counts):
    assert is_deductible(current_edition(), number) is counts
