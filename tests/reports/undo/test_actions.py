"""Undo of an import: what it created goes, what it changed is as before; nothing that something rests on."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.models import model_to_dict
from django.utils import timezone

from reports.archive.models import Report, Revision
from reports.conflicts import RefusedError
from reports.findings.actions import checking
from reports.findings.models import Finding
from reports.imports.actions import batches
from reports.imports.models import CriticalAlert, ImagingRequest, ImportBatch, ImportSource, PriorState
from reports.outcomes.models import Outcome
from reports.undo import actions
from reports.undo.queries import Obstacle, undo_plan
from tests.audits.factories import planned_audit
from tests.audits.follow_up.factories import make_conference, marked
from tests.factories import make_outcome
from trail.models import Event

REPORTS = "检查号,检查时间,检查部位,设备类型,姓名,受检者ID,影像描述,诊断结论,报告时间,科别"
FIRST = "B0001,2026-10-12 09:30,胸部,CT,张三丰,P9901001,右肺见结节。,1、右肺结节。,2026-10-12 10:00,"
SECOND = "B0002,2026-10-12 09:40,胸部,CT,李四光,P9901002,左肺见结节。,1、左肺结节。,2026-10-12 10:10,"
REQUESTS = "申请单号,检查号,临床诊断,检查目的"
ALERTS = "检查号,危急值内容,发现时间,通知时间"


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for module in (batches, actions):
        monkeypatch.setattr(module, "async_task", lambda *args, **more: None)


def imported(department, officer, *rows, head=REPORTS, kind="reports"):
    """A finished import of these rows."""
    data = "\r\n".join([head, *rows, ""]).encode()
    upload = SimpleUploadedFile("十月.csv", data)
    batch = batches.open_batch(department=department, kind=kind, source_name="甲", upload=upload, by=officer)
    batches.begin(batch, job="try_out", by=officer)
    batches.try_out(batch.pk)
    batches.begin(batch, job="commit", by=officer)
    batches.commit(batch.pk)
    batch.refresh_from_db()
    assert batch.status == "done", batch.problem
    return batch


def undone(batch, officer):
    actions.begin_undo(batch, reason="两列对应反了", by=officer)
    actions.undo(batch.pk)
    batch.refresh_from_db()
    return batch


def stored():
    """Everything an undo may touch, by number, without the times of writing."""
    skip = ["updated_at", "created_at", "received_at", "found_at"]
    reports = {row.accession_number: model_to_dict(row, exclude=skip) for row in Report.objects.all()}
    revisions = [model_to_dict(row, exclude=skip) for row in Revision.objects.order_by("pk")]
    said = sorted(
        Finding.objects.filter(is_current=True).values_list("report__accession_number", "code", "excerpt")
    )
    return reports, revisions, said


def test_undo_of_new_reports_deletes_them_and_lets_their_outcomes_wait(department, officer):
    batch = imported(department, officer, FIRST, SECOND)
    report = Report.objects.get(accession_number="B0001")
    outcome = make_outcome(report, given_accession="B0001")
    plan = undo_plan(batch)
    assert (plan.deleted, plan.restored, plan.outcomes_released, plan.obstacles) == (2, 0, 1, ())
    assert undone(batch, officer).status == "undone"
    assert (Report.objects.count(), Revision.objects.count(), Finding.objects.count()) == (0, 0, 0)
    outcome.refresh_from_db()
    assert (outcome.report, outcome.match) == (None, Outcome.Match.UNMATCHED)
    event = Event.objects.get(action="reports.undo_import")
    assert (event.actor_id, event.detail["deleted"], event.detail["reason"]) == (
        officer.pk,
        2,
        "两列对应反了",
    )
    # The same file again: the outcome finds its report.
    imported(department, officer, FIRST, SECOND)
    outcome.refresh_from_db()
    assert (outcome.report.accession_number, outcome.match) == ("B0001", Outcome.Match.ACCESSION)


@pytest.mark.parametrize(
    "row",
    [
        FIRST.replace("2026-10-12 10:00", "2026-10-12 11:00").replace("右肺见结节", "右肺见磨玻璃结节"),
        FIRST + "呼吸科",
        FIRST.replace("2026-10-12 10:00", "2026-10-12 10:00:25"),
    ],
    ids=["amended", "field filled", "time completed"],
)
def test_undo_of_a_change_leaves_everything_as_it_was_before_the_import(department, officer, row):
    imported(department, officer, FIRST)
    before = stored()
    batch = imported(department, officer, row, SECOND)
    assert stored() != before
    assert (undo_plan(batch).deleted, undo_plan(batch).restored) == (1, 1)
    undone(batch, officer)
    assert stored() == before
    assert not PriorState.objects.exists()


def test_undo_of_versions_taken_in_several_chunks_restores_the_first_state(department, officer, monkeypatch):
    monkeypatch.setattr("reports.imports.actions.receive.CHUNK", 1)
    imported(department, officer, FIRST)
    before = stored()
    later = [FIRST.replace("10:00", f"1{hour}:00").replace("结节", f"结节{hour}枚") for hour in (1, 2)]
    batch = imported(department, officer, *later)
    assert Report.objects.get().revision_number == 3
    undone(batch, officer)
    assert stored() == before


def test_import_with_a_drawn_report_cannot_be_undone(department, officer):
    batch = imported(department, officer, FIRST, SECOND)
    report = Report.objects.get(accession_number="B0002")
    audit = planned_audit(department)
    audit.cases.create(
        report=report, revision=report.revisions.get(), position=1, modality="CT", system=report.system
    )
    assert undo_plan(batch).obstacles == (Obstacle("B0002", f"已进入{audit.label}抽样", "第1份"),)
    with pytest.raises(RefusedError, match=f"“B0002”已进入{audit.label}抽样第1份。"):
        actions.begin_undo(batch, reason="改列", by=officer)
    # Drawn between the request and the job: nothing is changed, and the page says why.
    ImportBatch.objects.filter(pk=batch.pk).update(status="undoing")
    actions.undo(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, Report.objects.count()) == ("done", 2)
    assert "B0002" in batch.problem


def test_every_use_of_a_report_is_named_by_what_has_it(department, officer):
    batch = imported(department, officer, *rows_of(2))
    first, second = Report.objects.order_by("accession_number")
    audit = planned_audit(department)
    for position, report in enumerate((first, second), 1):
        audit.cases.create(
            report=report,
            revision=report.revisions.get(),
            position=position,
            modality="CT",
            system=report.system,
        )
    marked(first, by=officer)
    make_conference(department, [second], by=officer, held_on=date(2026, 10, 20))
    drawn = f"已进入{audit.label}抽样"
    assert [(one.accession_number, one.reason, one.place) for one in undo_plan(batch).obstacles] == [
        ("L00000", drawn, "第1份"),
        ("L00001", drawn, "第2份"),
        ("L00000", "已纳入随访", ""),
        ("L00001", "已列入2026-10-20的疑难病例讨论", "第1例"),
    ]
    type(audit).objects.filter(pk=audit.pk).update(sheet_signed_at=timezone.now())
    assert undo_plan(batch).obstacles[0].reason == f"{drawn}（评分表已签发）"


def test_import_changed_by_a_later_one_waits_for_that_to_be_undone(department, officer):
    first = imported(department, officer, FIRST)
    second = imported(department, officer, FIRST + "呼吸科")
    third = imported(department, officer, FIRST.replace("10:00", "11:00").replace("见结节", "未见结节"))
    for batch in (first, second):
        with pytest.raises(RefusedError, match="请先撤销那次导入"):
            actions.begin_undo(batch, reason="改列", by=officer)
    for batch in (third, second, first):
        undone(batch, officer)
    assert not Report.objects.exists()


def test_undo_without_reason_or_of_an_unfinished_import_is_refused(department, officer):
    batch = imported(department, officer, FIRST)
    with pytest.raises(RefusedError, match="理由"):
        actions.begin_undo(batch, reason=" ", by=officer)
    ImportBatch.objects.filter(pk=batch.pk).update(status="checked")
    with pytest.raises(RefusedError, match="状态已变化"):
        actions.begin_undo(batch, reason="改列", by=officer)
    actions.undo(batch.pk)
    assert Report.objects.count() == 1


def test_undo_of_outcomes_deletes_them_and_is_refused_once_one_is_drawn(department, officer):
    imported(department, officer, FIRST)
    head = "检查号,结局来源,结局日期,结局内容"
    row = "B0001,手术病理,2026-10-20,术后病理：腺癌。"
    batch = imported(department, officer, row, head=head, kind="outcomes")
    outcome = Outcome.objects.get()
    report = outcome.report
    audit = planned_audit(department)
    case = audit.cases.create(
        report=report, revision=report.revisions.get(), position=1, modality="CT", system=report.system
    )
    case.outcomes.add(outcome)
    with pytest.raises(RefusedError, match=f"“B0001”已进入{audit.label}抽样第1份。"):
        actions.begin_undo(batch, reason="改列", by=officer)
    case.outcomes.clear()
    outcome.corrections.create(kind="edited", before={}, reason="病理科更正", corrected_by=officer)
    with pytest.raises(RefusedError, match="“B0001”这条结局导入后已更正。"):
        actions.begin_undo(batch, reason="改列", by=officer)
    outcome.corrections.all().delete()
    undone(batch, officer)
    assert not Outcome.objects.exists()


@pytest.mark.parametrize(
    ("kind", "model", "head", "old", "new"),
    [
        ("requests", ImagingRequest, REQUESTS, "S1,B0001,咳嗽,查因", "S1,B0001,咯血,查因"),
        ("requests", ImagingRequest, REQUESTS, "S1,B0001,咳嗽,查因", "S1,B0003,咳嗽,查因"),
        (
            "alerts",
            CriticalAlert,
            ALERTS,
            "B0001,张力性气胸,2026-10-12 10:00,",
            "B0001,张力性气胸,2026-10-12 10:00,2026-10-12 10:05",
        ),
    ],
)
def test_undo_of_requests_and_alerts_restores_the_earlier_wording(
    department, officer, kind, model, head, old, new
):
    def rows():
        return [model_to_dict(row) for row in model.objects.order_by("pk")]

    first = imported(department, officer, old, head=head, kind=kind)
    before = rows()
    second = imported(department, officer, new, head=head, kind=kind)
    assert (undo_plan(second).deleted, undo_plan(second).restored) == (0, 1)
    with pytest.raises(RefusedError, match="请先撤销那次导入"):
        actions.begin_undo(first, reason="改列", by=officer)
    undone(second, officer)
    assert rows() == before
    undone(first, officer)
    assert rows() == []


def test_undo_forgets_the_mapping_that_came_from_the_import(department, officer):
    batch = imported(department, officer, FIRST)
    ImportBatch.objects.filter(pk=batch.pk).update(mapping={"科别": "body_part"})
    ImportSource.objects.update(mapping={"科别": "body_part"})
    undone(batch, officer)
    assert ImportSource.objects.get().mapping == {}


def test_undo_brings_back_the_mapping_the_source_had_before(department, officer):
    source = ImportSource.objects.create(department=department, name="甲", kind="reports")
    old, wrong = {"检查部位": "body_part"}, {"检查部位": "examination_name"}
    ImportSource.objects.filter(pk=source.pk).update(mapping=wrong)
    batch = imported(department, officer, FIRST)
    ImportBatch.objects.filter(pk=batch.pk).update(prior_mapping=old)
    later = imported(department, officer, SECOND)
    undone(batch, officer)
    later.refresh_from_db()
    assert (ImportSource.objects.get().mapping, later.prior_mapping) == (old, old)
    undone(later, officer)
    assert ImportSource.objects.get().mapping == old


def test_undo_keeps_a_mapping_that_a_later_import_brought(department, officer):
    batch = imported(department, officer, FIRST)
    newer = {"检查部位": "body_part"}
    ImportBatch.objects.filter(pk=batch.pk).update(mapping={"检查部位": "examination_name"})
    ImportSource.objects.update(mapping=newer)
    undone(batch, officer)
    assert ImportSource.objects.get().mapping == newer


def test_outcome_that_might_be_of_a_deleted_report_is_matched_anew(department, officer):
    imported(department, officer, FIRST)
    other = SECOND.replace("李四光,P9901002", "张三丰,P9901001")
    batch = imported(department, officer, other)
    head = "受检者ID,姓名,结局来源,结局日期,结局内容"
    row = "P9901001,张三丰,手术病理,2026-10-20,术后病理：腺癌。"
    imported(department, officer, row, head=head, kind="outcomes")
    assert Outcome.objects.get().match == Outcome.Match.AMBIGUOUS
    undone(batch, officer)
    outcome = Outcome.objects.get()
    assert (outcome.match, outcome.candidates) == (Outcome.Match.PATIENT_ONLY_UNIQUE, ["B0001"])


def rows_of(count, *, first=0, hour="10:00"):
    """Rows that read alike, each of its own examination and patient."""
    return [
        FIRST.replace("B0001", f"L{n:05}").replace("P9901001", f"P{n:07}").replace("10:00", hour)
        for n in range(first, first + count)
    ]


def queries_of(batch, officer, count_queries):
    actions.begin_undo(batch, reason="改列", by=officer)
    return count_queries(lambda: actions.undo(batch.pk))


def test_undo_of_a_large_import_asks_by_chunk_and_not_by_report(
    department, officer, monkeypatch, count_queries
):
    monkeypatch.setattr(actions, "CHUNK", 200)
    monkeypatch.setattr(checking, "CHUNK", 200)
    counts = []
    for size in (600, 1200):
        batch = imported(department, officer, *rows_of(size))
        counts.append(queries_of(batch, officer, count_queries))
        assert not Report.objects.exists()
    # Six chunks more than three; the deletion of one asks some 30 times, of one report hardly less.
    assert counts[1] - counts[0] <= 3 * 40


def test_undo_of_many_amendments_asks_by_chunk_and_not_by_report(
    department, officer, monkeypatch, count_queries
):
    monkeypatch.setattr(actions, "CHUNK", 100)
    monkeypatch.setattr(checking, "CHUNK", 100)
    imported(department, officer, *rows_of(600))
    before = stored()
    counts = []
    for size in (200, 600):
        later = [row.replace("右肺见结节", "右肺见磨玻璃结节") for row in rows_of(size, hour="11:00")]
        batch = imported(department, officer, *later)
        counts.append(queries_of(batch, officer, count_queries))
    assert stored() == before
    assert counts[1] - counts[0] <= 4 * 40
