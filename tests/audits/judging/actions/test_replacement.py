"""A drawn report that proves unfit gives way to the reserve."""

import pytest

from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.replacement import replace_case
from audits.judging.queries.results import audit_results
from audits.sampling.domain.verify import verify_draw
from audits.sampling.models import Case
from audits.sampling.queries.hashes import draw_hash
from audits.sampling.queries.pool import sample_of
from reports.archive.models import Report
from tests.audits.factories import UNDECIDED, assigned_audit, describe, drawn_audit, judge, reviews_of
from tests.factories import make_outcome, make_revision
from trail.models import Event


def first_case(audit) -> Case:
    return audit.cases.active().order_by("position").first()


def test_replace_case_takes_next_reserve_of_same_system(department, officer):
    audit = drawn_audit(department, n=25)
    case = first_case(audit)
    expected = sample_of(audit).draw.reserve_of(case.system)[0].accession_number
    added, problems = replace_case(case, reason="影像不可读", version=audit.version, by=officer)
    audit.refresh_from_db()
    case.refresh_from_db()
    assert (added.report.accession_number, added.position, problems) == (expected, case.position, [])
    assert (case.state, case.replaced_reason, case.replaced_by) == ("replaced", "影像不可读", officer)
    assert audit.cases.active().count() == 10
    assert verify_draw(audit.draw).ok
    assert Event.objects.order_by("-seq").first().detail == {
        "removed": case.report.accession_number,
        "added": expected,
        "reason": "影像不可读",
        "source": "同系统备选",
        "hash": draw_hash(audit),
        "hash_version": 2,
    }


def test_replace_case_readers_move_along(department, assessor):
    audit = assigned_audit(department, [assessor])
    added, problems = replace_case(first_case(audit), reason="结局有误", version=audit.version, by=None)
    assert ([r.assessor for r in added.reviews.all()], problems) == ([assessor], [])


def test_replace_case_barred_reader_stays_behind(department, assessor):
    audit = assigned_audit(department, [assessor])
    case = first_case(audit)
    number = sample_of(audit).draw.reserve_of(case.system)[0].accession_number
    Report.objects.filter(accession_number=number).update(operator="评一")
    added, problems = replace_case(case, reason="结局有误", version=audit.version, by=None)
    assert not added.reviews.exists()
    assert problems == ["评一参与过新抽入的报告，第1份请另行分配。"]


def test_replace_case_without_reserve_leaves_place_empty(department):
    audit = drawn_audit(department, n=10)
    added, problems = replace_case(first_case(audit), reason="影像不可读", version=audit.version, by=None)
    assert added is None
    assert problems == ["备选已用完，第1份空缺：不足10份时不能得出合格与否的结论。"]
    assert audit.cases.active().count() == 9


def test_replace_case_described_but_not_concluded_allowed(department, assessor):
    audit = assigned_audit(department, [assessor])
    describe(reviews_of(audit)[0])
    added, _ = replace_case(first_case(audit), reason="影像不可读", version=audit.version, by=None)
    assert added is not None


def test_replace_case_judged_refused(department, assessor):
    audit = assigned_audit(department, [assessor])
    judge(reviews_of(audit)[0])
    with pytest.raises(RefusedError, match="诊断符合性已评定，不能再更换"):
        replace_case(first_case(audit), reason="不喜欢", version=audit.version, by=None)
    assert audit.cases.filter(state="replaced").count() == 0


def test_replace_case_undecidable_is_the_reason_to_replace(department, assessor):
    audit = assigned_audit(department, [assessor])
    judge(reviews_of(audit)[0], conclusion=UNDECIDED)
    assert "第1份判为无法判定，待更换。" in audit_results(audit).waiting
    replace_case(first_case(audit), reason="无法判定", version=audit.version, by=None)
    assert "第1份判为无法判定，待更换。" not in audit_results(audit).waiting


@pytest.mark.parametrize(("reason", "sentence"), [("  ", "写明理由"), ("坏\x7f字", "无法保存的字符")])
def test_replace_case_unfit_reason_refused(department, reason, sentence):
    audit = drawn_audit(department)
    with pytest.raises(RefusedError, match=sentence):
        replace_case(first_case(audit), reason=reason, version=audit.version, by=None)


def test_replace_case_twice_the_same_refused(department):
    audit = drawn_audit(department)
    case = first_case(audit)
    replace_case(case, reason="影像不可读", version=audit.version, by=None)
    audit.refresh_from_db()
    with pytest.raises(RefusedError, match="不在当前抽样之中"):
        replace_case(case, reason="影像不可读", version=audit.version, by=None)


def test_replace_case_stale_page_conflicts(department):
    audit = drawn_audit(department)
    with pytest.raises(ConflictError):
        replace_case(first_case(audit), reason="影像不可读", version=audit.version - 1, by=None)


def test_replace_case_reserve_is_frozen_as_at_the_draw(department):
    audit = drawn_audit(department)
    case = first_case(audit)
    number = sample_of(audit).draw.reserve_of(case.system)[0].accession_number
    reserve = Report.objects.get(accession_number=number)
    make_revision(reserve, impression="1、抽样后改写。")
    make_outcome(reserve, text="抽样后才登记的结局。")
    added, _ = replace_case(case, reason="影像不可读", version=audit.version, by=None)
    assert (added.revision.number, added.outcomes.count()) == (1, 1)
