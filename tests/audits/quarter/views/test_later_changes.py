"""What changed beneath a case after it was drawn or ruled on, on the pages of the case and of its quarter."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.judging.queries.later_changes import later_changes
from audits.quarter.page import change_lines
from audits.sampling.models import Audit
from reports.archive.models import Report
from reports.corrections.actions import EDITABLE, edit_outcome, withdraw_outcome
from reports.imports.actions import batches
from tests.audits.factories import assigned_audit, judge, planned_audit, reviews_of
from tests.factories import make_outcome
from tests.reports.reimport.factories import FIRST, RIGHT, SECOND, WRONG, corrected, imported

KEPT = "更正导入，评定所依据的版本保留。理由：描述与诊断对应反了"


@pytest.fixture
def batch(department, officer, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(batches, "async_task", lambda *args, **more: None)
    return imported(department, officer, FIRST, SECOND, mapping=WRONG)


def page_of(client, case):
    return client.get(reverse("audits:case", args=[case.pk])).content.decode()


def quarter_of(client, audit):
    return client.get(reverse("audits:detail", args=[audit.pk])).content.decode()


def drawn(department, number):
    report = Report.objects.get(accession_number=number)
    audit = planned_audit(department)
    case = audit.cases.create(
        report=report, revision=report.revisions.get(), position=1, modality="CT", system=report.system
    )
    Audit.objects.update(status="drawn", drawn_at=timezone.now(), pool_hash="x")
    return case


def test_case_drawn_before_a_correcting_import_says_that_its_version_stays(
    sign_in, officer, batch, department
):
    client, case = sign_in(officer), drawn(department, "B0001")
    assert KEPT not in page_of(client, case)
    corrected(batch, officer, RIGHT)
    body = page_of(client, case)
    assert f"原始数据已于{timezone.localdate()}{KEPT}" in body


def test_case_drawn_after_a_correcting_import_says_nothing(sign_in, officer, batch, department):
    corrected(batch, officer, RIGHT)
    assert "更正导入" not in page_of(sign_in(officer), drawn(department, "B0001"))


@pytest.fixture
def judged(department, assessor):
    """A case whose conclusion is ruled on, and one that waits, of a quarter."""
    audit = assigned_audit(department, [assessor])
    first, other = reviews_of(audit)[:2]
    judge(first)
    return first.case, other.case


def correct(case, by, reason="抄错", **values):
    outcome = case.outcomes.get()
    before = {name: getattr(outcome, name) for name in EDITABLE}
    edit_outcome(outcome, values=before | values, reason=reason, by=by)


def test_outcome_corrected_after_the_ruling_is_named_on_the_case_and_on_the_quarter(sign_in, officer, judged):
    client, (case, other) = sign_in(officer), judged
    for one in (case, other):
        correct(one, officer, text="术后病理：腺癌。")
    sentence = f"评定诊断结论之后，结局于{timezone.localdate()}有变：更正内容。"
    assert f"{sentence}理由：抄错" in page_of(client, case)
    assert "评定诊断结论之后" not in page_of(client, other)
    body = quarter_of(client, case.audit)
    assert f"第{case.position}份：{sentence}理由：抄错" in body
    assert body.count("评定诊断结论之后") == 1


def test_reason_for_correcting_an_outcome_is_for_those_who_see_outcomes(officer, judged):
    case, _ = judged
    correct(case, officer, reason="腺癌写错", recorded_by="登记甲")
    changes = later_changes(case.audit, [case])
    sentence = f"评定诊断结论之后，结局于{timezone.localdate()}有变：更正内容。"
    assert change_lines(changes, sees_outcomes=True) == [f"{sentence}理由：腺癌写错"]
    assert change_lines(changes, sees_outcomes=False) == [sentence]


def test_assessor_who_still_judges_the_case_sees_no_change(sign_in, officer, judged):
    case, _ = judged
    case.reviews.create(assessor=officer, reader=2)
    correct(case, officer, text="术后病理：腺癌。")
    client = sign_in(officer)
    assert "有变" not in page_of(client, case)
    assert "有变" not in quarter_of(client, case.audit)


def test_second_outcome_withdrawn_after_the_ruling_is_named(sign_in, officer, judged):
    case, _ = judged
    more = make_outcome(case.report, text="随访：复发。")
    case.outcomes.add(more)
    withdraw_outcome(more, reason="不是本人", by=officer)
    assert "有变：撤回。理由：不是本人" in page_of(sign_in(officer), case)


def test_changes_cost_the_same_queries_for_one_case_and_for_four(sign_in, officer, judged, count_queries):
    client, (case, _) = sign_in(officer), judged
    url = reverse("audits:detail", args=[case.audit_id])
    reviews = reviews_of(case.audit)[1:4]
    for review in reviews:
        judge(review)
    correct(case, officer, recorded_by="登记甲")
    client.get(url)
    one = count_queries(lambda: client.get(url))
    for review in reviews:
        correct(review.case, officer, recorded_by="登记甲")
    assert count_queries(lambda: client.get(url)) == one
