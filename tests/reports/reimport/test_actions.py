"""更正导入: the same file under a corrected mapping; drawn versions stay, what changed since is left."""

import pytest
from django.forms.models import model_to_dict

from reports.archive.models import Report, Revision
from reports.conflicts import RefusedError
from reports.corrections.actions import correct_metadata
from reports.imports.actions import batches
from reports.imports.models import PriorState
from reports.reimport.actions import begin_correction
from reports.undo import actions as undoing
from reports.undo.queries import undo_plan
from tests.audits.factories import planned_audit
from tests.reports.reimport.factories import (
    FIRST,
    HEAD,
    RIGHT,
    SECOND,
    WRONG,
    corrected,
    imported,
    tried_out,
)
from trail.models import Event


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for module in (batches, undoing):
        monkeypatch.setattr(module, "async_task", lambda *args, **more: None)


def stored():
    """Reports and versions by number, without the times of writing."""
    skip = ["updated_at", "created_at", "received_at"]
    reports = {row.accession_number: model_to_dict(row, exclude=skip) for row in Report.objects.all()}
    return reports, [model_to_dict(row, exclude=skip) for row in Revision.objects.order_by("pk")]


def texts(number):
    report = Report.objects.get(accession_number=number)
    version = report.revisions.get(number=report.revision_number).content
    return report.findings, report.impression, version["findings"], version["impression"]


def drawn(department, number):
    report = Report.objects.get(accession_number=number)
    return planned_audit(department).cases.create(
        report=report, revision=report.revisions.get(), position=3, modality="CT", system=report.system
    )


def test_try_out_shows_what_differs_and_writes_nothing(department, officer):
    batch = imported(department, officer, FIRST, SECOND, mapping=WRONG)
    drawn(department, "B0002")
    before = stored()
    correction = tried_out(batch, officer, RIGHT)
    assert stored() == before
    assert not PriorState.objects.exists()
    assert (correction.status, correction.counts["corrected"], correction.counts["left"]) == ("checked", 2, 0)
    first, second = Report.objects.order_by("accession_number")
    assert correction.comparison == {
        "fields": {"findings": 2, "impression": 2},
        "shown": [
            {
                "report": first.pk,
                "changed": [
                    ["findings", "1、右肺结节。", "右肺见结节。"],
                    ["impression", "右肺见结节。", "1、右肺结节。"],
                ],
                "left": [],
            },
            {
                "report": second.pk,
                "changed": [
                    ["findings", "1、左肺结节。", "左肺见结节。"],
                    ["impression", "左肺见结节。", "1、左肺结节。"],
                ],
                "left": [],
            },
        ],
        "left": [],
        "used": [second.pk],
    }


def test_correction_leaves_the_reports_as_a_right_import_would_have(department, officer, other_department):
    batch = imported(department, officer, FIRST, SECOND, mapping=WRONG)
    imported(other_department, officer, FIRST, SECOND, mapping=RIGHT)
    corrected(batch, officer, RIGHT)
    skip = ("id", "department", "source", "patient_key")
    one, other = (
        [
            {name: value for name, value in model_to_dict(row).items() if name not in skip}
            for row in Report.objects.filter(department=where).order_by("accession_number")
        ]
        for where in (department, other_department)
    )
    assert one == other
    one, other = (
        list(
            Revision.objects.filter(report__department=where)
            .order_by("report__accession_number")
            .values_list("number", "content", "content_hash", "reported_at")
        )
        for where in (department, other_department)
    )
    assert one == other
    # The same file again brings nothing new.
    again = imported(department, officer, FIRST, SECOND, mapping=RIGHT)
    assert (again.counts["unchanged"], again.counts["updated"], again.counts["completed"]) == (2, 0, 0)


def test_correction_of_a_drawn_report_keeps_the_version_that_is_judged(department, officer):
    batch = imported(department, officer, FIRST, SECOND, mapping=WRONG)
    case = drawn(department, "B0002")
    judged = dict(case.revision.content)
    corrected(batch, officer, RIGHT)
    case.revision.refresh_from_db()
    assert case.revision.content == judged
    assert texts("B0002") == ("左肺见结节。", "1、左肺结节。", "1、左肺结节。", "左肺见结节。")
    assert texts("B0001") == ("右肺见结节。", "1、右肺结节。") * 2
    assert set(Report.objects.values_list("revision_number", flat=True)) == {1}
    assert Revision.objects.count() == 2


def test_field_that_was_changed_since_is_left_and_named(department, officer):
    batch = imported(department, officer, FIRST, SECOND, mapping=WRONG | {"科别": "operator"})
    report = Report.objects.get(accession_number="B0001")
    values = {"operator": "技一"}
    correct_metadata(report, values=values, age_days=None, reason="技师写错", by=officer)
    later = SECOND.replace("10:10", "11:10").replace("左肺见结节", "左肺见磨玻璃结节")
    imported(department, officer, later, mapping=RIGHT, name="后来.csv")
    correction = corrected(batch, officer, RIGHT | {"科别": "requesting_department"})
    first, second = Report.objects.order_by("accession_number")
    assert (first.operator, first.requesting_department, first.findings) == ("技一", "呼吸科", "右肺见结节。")
    assert (second.operator, second.findings) == (None, "左肺见磨玻璃结节。")
    assert (correction.counts["corrected"], correction.counts["left"]) == (2, 2)
    left = {line["report"]: line["left"] for line in correction.comparison["shown"]}
    assert left == {
        first.pk: [["operator", "技一", None]],
        second.pk: [["findings", "左肺见磨玻璃结节。", "左肺见结节。"]],
    }


def test_earlier_version_of_a_report_that_is_right_by_now_is_corrected(department, officer):
    batch = imported(department, officer, FIRST, mapping=WRONG)
    later = FIRST.replace("10:00", "11:00").replace("见结节", "见磨玻璃结节")
    imported(department, officer, later, mapping=RIGHT, name="后来.csv")
    before = stored()
    correction = corrected(batch, officer, RIGHT)
    assert (correction.counts["corrected"], correction.counts["unchanged"]) == (0, 1)
    found = [row.content["findings"] for row in Revision.objects.order_by("number")]
    assert found == ["右肺见结节。", "右肺见磨玻璃结节。"]
    assert stored()[0] == before[0]
    undoing.begin_undo(correction, reason="改列", by=officer)
    undoing.undo(correction.pk)
    assert stored() == before


def test_identity_under_a_wrong_column_is_corrected(department, officer):
    head = HEAD.replace("受检者ID", "门诊号").replace("科别", "病历号")
    wrong = {"门诊号": "requesting_department", "病历号": "patient_id"}
    batch = imported(department, officer, FIRST, head=head, mapping=wrong)
    key = Report.objects.get().patient_key
    corrected(batch, officer, {"门诊号": "patient_id", "病历号": "requesting_department"})
    report = Report.objects.get()
    assert (report.patient_id, report.requesting_department) == ("P9901001", "呼吸科")
    assert report.patient_key != key


def test_row_refused_before_is_taken_as_new_and_a_number_is_never_exchanged(department, officer):
    bad = SECOND.replace("胸外科", "九病区")
    batch = imported(department, officer, FIRST.replace("呼吸科", ""), bad, mapping={"科别": "signed_at"})
    assert (batch.counts["created"], batch.counts["refused"]) == (1, 1)
    correction = corrected(batch, officer, {"科别": "requesting_department"})
    assert (correction.counts["created"], correction.counts["refused"]) == (1, 0)
    assert Report.objects.get(accession_number="B0002").requesting_department == "九病区"
    third = corrected(correction, officer, {"检查号": "patient_id", "受检者ID": "accession_number"})
    assert (third.counts["created"], third.counts["corrected"], third.counts["refused"]) == (0, 0, 2)
    assert "检查号在原来的列对应下是“B0001”" in third.refusals[0]["reason"]


def test_correction_restores_what_the_import_had_overwritten(department, officer):
    imported(department, officer, FIRST, mapping=RIGHT)
    later = FIRST.replace("2026-10-12 10:00", "2026-10-12 11:00").replace("呼吸科", "李技师")
    batch = imported(department, officer, later, mapping=RIGHT | {"科别": "requesting_department"})
    assert Report.objects.get().requesting_department == "李技师"
    corrected(batch, officer, RIGHT | {"科别": "operator"})
    report = Report.objects.get()
    assert (report.requesting_department, report.operator) == ("呼吸科", "李技师")
    assert [row.content["requesting_department"] for row in report.revisions.all()] == ["呼吸科", "呼吸科"]


def test_versions_of_one_file_are_each_corrected(department, officer):
    later = FIRST.replace("10:00", "11:00").replace("见结节", "见磨玻璃结节")
    batch = imported(department, officer, FIRST, later, mapping=WRONG)
    correction = corrected(batch, officer, RIGHT)
    assert (correction.counts["corrected"], correction.counts["unchanged"]) == (1, 1)
    found = [
        (row.content["findings"], row.content["impression"]) for row in Report.objects.get().revisions.all()
    ]
    assert found == [("右肺见结节。", "1、右肺结节。"), ("右肺见磨玻璃结节。", "1、右肺结节。")]


def test_correction_can_be_undone_and_corrected_in_turn(department, officer):
    batch = imported(department, officer, FIRST, SECOND, mapping=WRONG)
    before = stored()
    correction = corrected(batch, officer, RIGHT | {"科别": "operator"})
    assert Report.objects.filter(operator="呼吸科", requesting_department=None).exists()
    with pytest.raises(RefusedError, match="请先撤销那次导入"):
        undoing.begin_undo(batch, reason="改列", by=officer)
    third = corrected(correction, officer, RIGHT)
    assert texts("B0001") == ("右肺见结节。", "1、右肺结节。") * 2
    assert Report.objects.filter(operator=None, requesting_department="呼吸科").exists()
    for one in (third, correction):
        assert undo_plan(one).obstacles == ()
        undoing.begin_undo(one, reason="改列", by=officer)
        undoing.undo(one.pk)
    assert stored() == before


def test_correction_needs_a_reason_and_a_finished_import_that_is_not_being_corrected(department, officer):
    batch = imported(department, officer, FIRST, mapping=WRONG)
    with pytest.raises(RefusedError, match="理由"):
        begin_correction(batch, reason=" ", by=officer)
    correction = begin_correction(batch, reason="反了", by=officer)
    assert (correction.file.name, correction.mapping) == (batch.file.name, WRONG)
    with pytest.raises(RefusedError, match="已有更正导入"):
        begin_correction(batch, reason="反了", by=officer)
    with pytest.raises(RefusedError, match="只有已完成的导入"):
        begin_correction(correction, reason="反了", by=officer)
    event = Event.objects.get(action="reports.begin_import_correction")
    assert (event.actor_id, event.detail["reason"], event.detail["corrected_batch"]) == (
        officer.pk,
        "反了",
        batch.pk,
    )


def test_correction_of_an_import_undone_meanwhile_fails_with_a_sentence(department, officer):
    batch = imported(department, officer, FIRST, mapping=WRONG)
    correction = begin_correction(batch, reason="反了", by=officer)
    undoing.begin_undo(batch, reason="反了", by=officer)
    undoing.undo(batch.pk)
    batches.begin(correction, job="try_out", by=officer)
    batches.try_out(correction.pk)
    correction.refresh_from_db()
    assert correction.status == "failed"
    assert "已撤销" in correction.problem


def test_commit_leaves_an_event_of_its_own_kind(department, officer):
    batch = imported(department, officer, FIRST, mapping=WRONG)
    correction = corrected(batch, officer, RIGHT)
    event = Event.objects.get(action="reports.correct_import")
    assert (event.detail["corrected"], event.detail["left"], event.target_id) == (1, 0, str(correction.pk))
