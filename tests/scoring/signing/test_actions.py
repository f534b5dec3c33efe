"""Submission, return and signing of a sheet, and what each refuses."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.rulings import concordance_ruling, rule_conclusion
from audits.judging.models import Review
from audits.quarter.actions.quarters import cancel_audit
from audits.sampling.domain.verify import verify_draw
from audits.sampling.models import Audit
from reports.archive.models import Report
from scoring.content.document import PacketDocument
from scoring.sheets.actions.sheets import create_sheet, set_row
from scoring.sheets.models import EvidenceNote, RowSetting, Sheet
from scoring.sheets.queries.signed_view import sheet_view
from scoring.signing.actions import return_sheet, sign_sheet, submit_sheet
from staff.departments.models import Institution
from tests import people
from tests.audits.factories import DIFFERS, assigned_audit, judge, reviews_of
from tests.scoring.sheets.factories import draft_sheet, judged_audit, signed_sheet, submitted_sheet
from tests.scoring.tampering import without_triggers
from trail.models import Event


@pytest.fixture
def team(officer, head, assessor):
    """Who fills, who signs, who judges."""
    return {"by": officer, "head": head, "assessor": assessor}


@pytest.fixture
def filler(officer, assessor):
    return {"by": officer, "assessor": assessor}


def fresh(sheet: Sheet) -> Sheet:
    return Sheet.objects.get(pk=sheet.pk)


def events(prefix: str = "scoring.") -> list[str]:
    return list(
        Event.objects.filter(action__startswith=prefix).order_by("seq").values_list("action", flat=True)
    )


def test_submit_complete_sheet_keeps_total_and_verdict(department, filler):
    sheet = submitted_sheet(department, faulty=2, discordant=1, **filler)
    assert (sheet.status, sheet.total, sheet.verdict, sheet.submitted_by) == (
        "submitted",
        27,
        "pass",
        filler["by"],
    )


def test_submit_with_open_section_1_row_is_refused(department, officer, assessor):
    sheet = create_sheet(audit=judged_audit(department, assessor), by=officer)
    with pytest.raises(RefusedError, match=r"第1\.1行尚未评定。第1\.2行尚未评定。"):
        submit_sheet(sheet, version=sheet.version, by=officer)
    assert fresh(sheet).status == "draft"


def test_submit_with_emptied_reason_is_refused(department, filler):
    sheet = draft_sheet(department, states={"1.4": "absent"}, **filler)
    sheet = set_row(sheet, row="1.4", reason=" ", version=sheet.version, by=filler["by"])
    with pytest.raises(RefusedError, match=r"第1\.4行有扣分，须写明扣分理由。"):
        submit_sheet(sheet, version=sheet.version, by=filler["by"])


def test_submit_with_case_not_judged_is_refused(department, officer, assessor):
    audit = assigned_audit(department, [assessor])
    for review in reviews_of(audit)[:-1]:
        judge(review)
    sheet = create_sheet(audit=audit, by=officer)
    for row in ("1.1", "1.2", "1.3", "1.4", "1.5"):
        sheet = set_row(sheet, row=row, state="met", version=sheet.version, by=officer)
    with pytest.raises(RefusedError, match="第10份的影像描述待"):
        submit_sheet(sheet, version=sheet.version, by=officer)


def test_submit_twice_is_a_conflict(department, filler):
    sheet = draft_sheet(department, **filler)
    submit_sheet(sheet, version=sheet.version, by=filler["by"])
    with pytest.raises(ConflictError):
        submit_sheet(sheet, version=sheet.version, by=filler["by"])


def test_sample_of_nine_is_signed_without_verdict(department, team):
    sheet = signed_sheet(department, n=9, discordant=1, **team)
    view = sheet_view(fresh(sheet))
    assert (sheet.total, sheet.verdict, view.verdict_zh) == (
        None,
        "insufficient_sample",
        "样本不足，不作判定",
    )
    assert (view.bounds.lowest_total, view.bounds.highest_total, view.bounds.foregone) == (22, 29, "pass")
    assert [row.score for row in view.rows[5:]] == [None, None]


def test_return_with_reason_reopens_the_draft(department, filler, head):
    sheet = submitted_sheet(department, **filler)
    sheet = return_sheet(sheet, reason="1.2缺9月记录", version=sheet.version, by=head)
    assert (sheet.status, sheet.returned_reason, sheet.returned_by, sheet.submitted_by, sheet.total) == (
        "draft",
        "1.2缺9月记录",
        head,
        None,
        None,
    )
    assert events()[-1] == "scoring.return"


def test_return_without_reason_is_refused(department, filler, head):
    sheet = submitted_sheet(department, **filler)
    with pytest.raises(RefusedError, match="退回须写明理由"):
        return_sheet(sheet, reason="  ", version=sheet.version, by=head)


def test_return_of_draft_is_refused(department, filler, head):
    sheet = draft_sheet(department, **filler)
    with pytest.raises(RefusedError, match="只有待签发"):
        return_sheet(sheet, reason="理由", version=sheet.version, by=head)


def test_sign_freezes_document_hash_and_closes_rulings(department, team):
    sheet = fresh(signed_sheet(department, faulty=2, discordant=1, **team))
    document = PacketDocument.from_dict(sheet.content)
    assert (sheet.status, sheet.total, sheet.verdict, sheet.signed_by) == ("signed", 27, "pass", team["head"])
    assert sheet.content_hash == document.content_hash()
    assert (document.sheet.status, document.sheet.version, document.result.total) == (
        "signed",
        sheet.version,
        27,
    )
    assert sheet.audit.status == Audit.Status.SETTLED
    assert events()[-1] == "scoring.sign"


def test_signed_document_repeats_its_draw(department, team):
    sheet = fresh(signed_sheet(department, **team))
    assert verify_draw(sheet.content["draw"]["document"]).problems == ()


def test_signed_document_masks_the_patient_everywhere(department, officer, head, assessor):
    audit = assigned_audit(
        department,
        [assessor],
        patient_name="欧阳测试",
        clinical_diagnosis="欧阳测试，咳嗽",
        findings="欧阳测试右肺结节。",
    )
    for review in reviews_of(audit):
        judge(review, faulty=True)
    sheet = create_sheet(audit=audit, by=officer)
    for row in ("1.1", "1.2", "1.3", "1.4", "1.5"):
        more = {"state": "met", "differs_reason": "欧阳测试一例已核对原件"}
        sheet = set_row(sheet, row=row, version=sheet.version, by=officer, **more)
    sheet = submit_sheet(sheet, version=sheet.version, by=officer)
    sheet = sign_sheet(sheet, version=sheet.version, by=head)
    text = json.dumps(sheet.content, ensure_ascii=False)
    numbers = Report.objects.values_list("patient_id", flat=True)
    assert [word for word in ("欧阳测试", "测试", *numbers) if word in text] == []
    assert "欧阳**右肺结节。" in text


def test_sign_by_who_submitted_is_refused(department, filler):
    sheet = submitted_sheet(department, **filler)
    with pytest.raises(RefusedError, match="不能是同一人"):
        sign_sheet(sheet, version=sheet.version, by=filler["by"])
    assert fresh(sheet).content is None


def test_sign_after_ruling_changed_is_refused(department, filler, head):
    sheet = submitted_sheet(department, **filler)
    review = Review.objects.order_by("case__position").first()
    ruling = concordance_ruling(**DIFFERS)
    rule_conclusion(review, ruling=ruling, version=review.version, by=review.assessor)
    with pytest.raises(RefusedError, match="与提交时不同"):
        sign_sheet(sheet, version=sheet.version, by=head)
    assert fresh(sheet).status == "submitted"


def test_sign_by_two_heads_signs_once(department, filler, head):
    other_head = people.person("head2", "任副主任", "head", department)
    sheet = submitted_sheet(department, **filler)
    sign_sheet(sheet, version=sheet.version, by=head)
    with pytest.raises(ConflictError):
        sign_sheet(sheet, version=sheet.version, by=other_head)
    signed = fresh(sheet)
    assert (signed.signed_by, events().count("scoring.sign")) == (head, 1)


def test_signed_content_stays_when_everything_behind_it_changes(department, team):
    sheet = fresh(signed_sheet(department, faulty=1, **team))
    before, view = sheet.content, sheet_view(sheet)
    Institution.objects.update(name="改名医院", level="secondary")
    Report.objects.update(findings="改", patient_name="改")
    with without_triggers():
        Review.objects.update(description="conforming", judgement="discordant")
        RowSetting.objects.update(state="absent", reason="改")
        EvidenceNote.objects.all().delete()
    later = fresh(sheet)
    assert later.content == before
    assert sheet_view(later) == view
    assert PacketDocument.from_dict(later.content).content_hash() == later.content_hash


def test_signed_view_equals_the_view_it_was_signed_from(department, filler, head):
    sheet = draft_sheet(department, faulty=2, discordant=2, states={"1.2": "absent"}, **filler)
    draft = sheet_view(fresh(sheet))
    sheet = submit_sheet(sheet, version=sheet.version, by=filler["by"])
    signed = sheet_view(fresh(sign_sheet(sheet, version=sheet.version, by=head)))
    same = ("total", "verdict", "verdict_zh", "flags", "readings", "changes", "rate", "columns", "bounds")
    assert {name: getattr(signed, name) for name in same} == {name: getattr(draft, name) for name in same}
    row = ("id", "score", "state", "state_zh", "reason", "judged", "failed", "flags", "readings", "evidence")
    assert [[getattr(r, n) for n in row] for r in signed.rows] == [
        [getattr(r, n) for n in row] for r in draft.rows
    ]


def test_submit_after_audit_was_cancelled_is_refused(department, filler):
    sheet = draft_sheet(department, **filler)
    audit = sheet.audit
    audit.refresh_from_db()
    cancel_audit(audit, reason="窗口有误", version=audit.version, by=people.head(department))
    with pytest.raises(RefusedError, match="已作废"):
        submit_sheet(fresh(sheet), version=sheet.version, by=filler["by"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's test database is one connection's memory")
def test_sign_by_two_heads_at_once_signs_once(department, filler, head):
    other_head = people.person("head2", "任副主任", "head", department)
    sheet = submitted_sheet(department, **filler)
    gate = Barrier(2)

    def sign(by) -> str:
        try:
            gate.wait(10)
            sign_sheet(Sheet.objects.get(pk=sheet.pk), version=sheet.version, by=by)
        except ConflictError:
            return "conflict"
        finally:
            connection.close()
        return "signed"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(sign, (head, other_head)))
    assert (answers, events().count("scoring.sign")) == (["conflict", "signed"], 1)
    with without_triggers():  # the tables are emptied after this test, which signed rows would refuse
        Sheet.objects.update(status="draft")
        Audit.objects.update(sheet_signed_at=None)
