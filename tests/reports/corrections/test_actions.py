"""Corrections of what came in: with a reason, refused once signed, kept when the old export comes again."""

from datetime import date

import pytest
from django.utils import timezone

from reports.archive.content import wall_time
from reports.archive.models import Report
from reports.conflicts import ConflictError, RefusedError
from reports.corrections import actions
from reports.imports.actions.receive import receive_reports
from reports.intake.values import IncomingReport
from reports.outcomes.models import Outcome
from staff.conflicts.versions import fingerprint
from tests.audits.factories import planned_audit
from tests.factories import make_outcome, make_report
from trail.models import Event


def edited(outcome, officer, reason="病理科更正", **changes):
    values = {name: getattr(outcome, name) for name in actions.EDITABLE} | changes
    return actions.edit_outcome(outcome, values=values, reason=reason, by=officer)


def drawn(report, *outcomes, signed=False):
    """A case of `report` in review, with these outcomes."""
    audit = planned_audit(report.department)
    if signed:
        type(audit).objects.filter(pk=audit.pk).update(sheet_signed_at=timezone.now())
    case = audit.cases.create(
        report=report, revision=report.revisions.get(), position=1, modality="CT", system=report.system
    )
    case.outcomes.set(outcomes)
    return case


def test_edited_outcome_keeps_what_stood_before_and_its_reason(department, officer):
    outcome = make_outcome(make_report(department))
    before = outcome.text
    edited(outcome, officer, text="术后病理：腺癌。")
    outcome.refresh_from_db()
    (correction,) = outcome.corrections.all()
    assert (outcome.text, correction.before, correction.reason) == (
        "术后病理：腺癌。",
        {"text": before},
        "病理科更正",
    )
    event = Event.objects.get(action="outcomes.correct")
    assert event.detail == {"kind": "edited", "changed": ["text"], "reason": "病理科更正"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "没有改动"),
        ({"observed_on": date(2026, 1, 1)}, "早于检查日期"),
        ({"observed_on": date(2199, 1, 1)}, "尚未到来"),
    ],
)
def test_impossible_edit_is_refused_and_changes_nothing(department, officer, changes, sentence):
    outcome = make_outcome(make_report(department))
    with pytest.raises(RefusedError, match=sentence):
        edited(outcome, officer, **changes)
    assert not outcome.corrections.exists()


def test_every_part_of_an_outcome_is_corrected_in_place_and_stays_with_its_report(department, officer):
    outcome = make_outcome(make_report(department), given_patient_name="张三丰")
    changes = {
        "kind": "biopsy",
        "observed_on": date(2026, 11, 2),
        "recorded_by": "登记乙",
        "given_accession": "B7",
        "given_patient_id": "P7",
        "given_patient_name": "张三封",
        "given_examined_on": date(2026, 10, 12),
    }
    edited(outcome, officer, reason="张三丰的登记有误", **changes)
    outcome.refresh_from_db()
    assert {name: getattr(outcome, name) for name in changes} == changes
    assert outcome.match in Outcome.MATCHED
    (correction,) = outcome.corrections.all()
    assert set(correction.before) == set(changes)
    event = Event.objects.get(action="outcomes.correct")
    assert (event.detail["changed"], "张三丰" in str(event.detail)) == (sorted(changes), False)


def test_pending_outcome_whose_number_is_corrected_finds_its_report(department, officer):
    report = make_report(department, "A0001")
    outcome = make_outcome(
        None,
        department=department,
        match=Outcome.Match.UNMATCHED,
        given_accession="A001",
        given_patient_id="",
    )
    edited(outcome, officer, given_accession="A0001")
    outcome.refresh_from_db()
    assert (outcome.report, outcome.match) == (report, Outcome.Match.ACCESSION)


def test_outcome_before_its_examination_day_as_registered_is_refused(department, officer):
    outcome = make_outcome(None, department=department, match=Outcome.Match.UNMATCHED)
    with pytest.raises(RefusedError, match="早于检查日期2199-01-01"):
        edited(outcome, officer, given_examined_on=date(2199, 1, 1))


def test_outcome_is_tied_to_another_report_or_withdrawn_and_tied_again(department, officer):
    first, second = make_report(department, "A0001"), make_report(department, "A0002")
    outcome = make_outcome(first)
    actions.rematch_outcome(outcome, report=second, reason="归错", by=officer)
    outcome.refresh_from_db()
    assert (outcome.report, outcome.match) == (second, Outcome.Match.PERSON)
    with pytest.raises(RefusedError, match="已经归在"):
        actions.rematch_outcome(outcome, report=second, reason="归错", by=officer)
    actions.withdraw_outcome(outcome, reason="登记重复", by=officer)
    outcome.refresh_from_db()
    assert (outcome.report, outcome.match) == (None, Outcome.Match.DISMISSED)
    with pytest.raises(RefusedError, match="已经不采用"):
        actions.withdraw_outcome(outcome, reason="登记重复", by=officer)
    actions.rematch_outcome(outcome, report=first, reason="又采用", by=officer)
    outcome.refresh_from_db()
    assert outcome.report == first
    assert [one.kind for one in outcome.corrections.all()] == ["rematched", "withdrawn", "rematched"]


def test_outcome_of_another_departments_report_or_without_reason_is_refused(
    department, other_department, officer
):
    outcome = make_outcome(make_report(department))
    foreign = make_report(other_department, "F1")
    with pytest.raises(RefusedError, match="不属于本科室"):
        actions.rematch_outcome(outcome, report=foreign, reason="归错", by=officer)
    with pytest.raises(RefusedError, match="理由"):
        actions.withdraw_outcome(outcome, reason=" ", by=officer)
    outcome.refresh_from_db()
    assert outcome.match in Outcome.MATCHED


def test_last_outcome_of_a_case_in_review_can_be_edited_but_not_taken_away(department, officer):
    report = make_report(department)
    outcome, other = make_outcome(report), make_outcome(report, text="随访证实。")
    case = drawn(report, outcome)
    for act in (
        lambda: actions.withdraw_outcome(outcome, reason="重复", by=officer),
        lambda: actions.rematch_outcome(
            outcome, report=make_report(department, "A9"), reason="归错", by=officer
        ),
    ):
        with pytest.raises(RefusedError, match="请先在季度抽样中更换该病例"):
            act()
    edited(outcome, officer, text="术后病理：腺癌。")
    case.outcomes.add(other)
    actions.withdraw_outcome(outcome, reason="重复", by=officer)


def test_outcome_under_a_signed_sheet_stays_as_it_is(department, officer):
    report = make_report(department)
    outcome = make_outcome(report)
    drawn(report, outcome, make_outcome(report, text="随访证实。"), signed=True)
    for act in (
        lambda: edited(outcome, officer, text="改"),
        lambda: actions.withdraw_outcome(outcome, reason="重复", by=officer),
    ):
        with pytest.raises(RefusedError, match="评分表已签发"):
            act()


def test_second_edit_of_one_outcome_is_a_conflict(department, officer):
    outcome = make_outcome(make_report(department))
    version = fingerprint(actions.shown_outcome(outcome))
    edited(outcome, officer, text="甲。")
    with pytest.raises(ConflictError):
        actions.withdraw_outcome(outcome, reason="重复", by=officer, version=version)


def corrected(report, officer, reason="性别代码有误", age_days=None, **changes):
    values = actions.shown_metadata(report) | changes
    return actions.correct_metadata(report, values=values, age_days=age_days, reason=reason, by=officer)


def export_of(report, **changes):
    """The row that the RIS exports for a report."""
    names = {f for f in IncomingReport.__dataclass_fields__ if f not in ("row", "extra")}
    values = {name: getattr(report, name) for name in names}
    for name in ("examined_at", "reported_at", "signed_at", "last_modified_at"):
        values[name] = wall_time(values[name])
    return IncomingReport(row=2, **(values | changes))


def test_corrected_metadata_is_no_revision_and_outlives_the_same_export(department, officer):
    report = make_report(department, sex="女")
    old = export_of(Report.objects.get())
    corrected(Report.objects.get(), officer, sex="男", requesting_department="骨科")
    report.refresh_from_db()
    assert (report.sex, report.revision_number, report.revisions.get().content["sex"]) == ("男", 1, "男")
    assert {one.field: (one.before, one.after) for one in report.corrections.all()} == {
        "sex": ("女", "男"),
        "requesting_department": ("呼吸科", "骨科"),
    }
    tally = receive_reports([old], department=department, by=None)
    assert (tally.unchanged, tally.refused) == (1, [])
    # A real amendment of the text brings the old sex again: the text is taken, the correction stays.
    later = wall_time(report.reported_at).replace(hour=23)
    amended = export_of(report, sex="女", findings="右肺见磨玻璃结节。", reported_at=later)
    assert receive_reports([amended], department=department, by=None).updated == 1
    report.refresh_from_db()
    assert (report.sex, report.findings, report.revision_number) == ("男", "右肺见磨玻璃结节。", 2)


def test_metadata_of_a_drawn_report_is_corrected_beside_the_version_that_is_judged(department, officer):
    report = make_report(department, sex="女")
    case = drawn(report, make_outcome(report))
    corrected(Report.objects.get(), officer, sex="男")
    case.revision.refresh_from_db()
    report.refresh_from_db()
    assert (case.revision.content["sex"], report.sex) == ("女", "男")


@pytest.mark.parametrize(
    ("changes", "reason", "sentence"), [({}, "核对", "没有改动"), ({"sex": "男"}, " ", "理由")]
)
def test_correction_without_change_or_reason_is_refused(department, officer, changes, reason, sentence):
    make_report(department, sex="女")
    with pytest.raises(RefusedError, match=sentence):
        corrected(Report.objects.get(), officer, reason=reason, **changes)
    assert not Event.objects.filter(action="reports.correct").exists()


def test_report_under_a_signed_sheet_is_not_corrected(department, officer):
    report = make_report(department, sex="女")
    drawn(report, make_outcome(report), signed=True)
    with pytest.raises(RefusedError, match="评分表已签发"):
        corrected(Report.objects.get(), officer, sex="男")
