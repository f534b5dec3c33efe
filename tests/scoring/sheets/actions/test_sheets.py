"""A sheet is made, filled and corrected; and what each step refuses."""

import pytest

from audits.conflicts import ConflictError, RefusedError
from audits.judging.actions.rulings import concordance_ruling, rule_conclusion
from audits.quarter.actions.quarters import cancel_audit
from audits.sampling.models import Audit
from scoring.content.document import PacketDocument
from scoring.sheets.actions.corrections import correct_sheet
from scoring.sheets.actions.sheets import create_sheet, set_row, take_level
from scoring.sheets.models import RowSetting, Sheet
from scoring.sheets.queries.signed_view import sheet_view
from scoring.signing.actions import sign_sheet, submit_sheet
from staff.departments.models import Institution
from tests.audits.factories import AGREES, drawn_audit, planned_audit, reviews_of
from tests.scoring.sheets.factories import draft_sheet, signed_sheet, submitted_sheet
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


# --- making one ------------------------------------------------------------------------------------


def test_create_for_drawn_audit_takes_edition_and_level(department, officer):
    audit = drawn_audit(department)
    sheet = create_sheet(audit=audit, by=officer)
    assert (sheet.number, sheet.status, sheet.edition, sheet.hospital_level, sheet.created_by) == (
        1,
        "draft",
        audit.edition,
        "tertiary",
        officer,
    )
    assert events() == ["scoring.create"]


def test_create_for_planned_audit_is_refused(department, officer):
    with pytest.raises(RefusedError, match="尚未抽取病例"):
        create_sheet(audit=planned_audit(department), by=officer)


def test_create_for_cancelled_audit_is_refused(department, officer):
    audit = drawn_audit(department)
    audit = cancel_audit(audit, reason="窗口有误", version=audit.version, by=officer)
    with pytest.raises(RefusedError, match="已作废"):
        create_sheet(audit=audit, by=officer)


def test_create_for_monthly_audit_is_refused(department, officer):
    audit = drawn_audit(department)
    Audit.objects.filter(pk=audit.pk).update(kind=Audit.Kind.MONTHLY)
    with pytest.raises(RefusedError, match="只有季度抽样"):
        create_sheet(audit=audit, by=officer)


def test_create_twice_is_refused_and_leaves_one(department, officer):
    audit = drawn_audit(department)
    create_sheet(audit=audit, by=officer)
    with pytest.raises(RefusedError, match="已有评分表"):
        create_sheet(audit=audit, by=officer)
    assert Sheet.objects.count() == 1


# --- rows ------------------------------------------------------------------------------------------


def test_set_row_to_losing_state_brings_default_reason(department, officer):
    sheet = create_sheet(audit=drawn_audit(department), by=officer)
    sheet = set_row(sheet, row="1.2", state="absent", version=sheet.version, by=officer)
    setting = RowSetting.objects.get()
    assert (setting.row, setting.state, setting.reason, setting.set_by, sheet.version) == (
        "1.2",
        "absent",
        "无质控检查或无改进措施：无质控措施不得分",
        officer,
        2,
    )


def test_set_row_back_to_met_takes_reason_away(department, officer):
    sheet = create_sheet(audit=drawn_audit(department), by=officer)
    sheet = set_row(sheet, row="1.3", state="incomplete", version=sheet.version, by=officer)
    sheet = set_row(sheet, row="1.3", state="met", version=sheet.version, by=officer)
    assert RowSetting.objects.get().reason == ""


def test_set_row_to_open_leaves_it_without_points(department, officer):
    sheet = create_sheet(audit=drawn_audit(department), by=officer)
    sheet = set_row(sheet, row="1.1", state="met", version=sheet.version, by=officer)
    sheet = set_row(sheet, row="1.1", state="", version=sheet.version, by=officer)
    assert sheet_view(sheet).rows[0].score is None


def test_set_row_keeps_free_text_out_of_the_trail(department, officer):
    sheet = create_sheet(audit=drawn_audit(department), by=officer)
    sheet = set_row(
        sheet, row="1.1", state="absent", reason="受检甲的报告无规范", version=sheet.version, by=officer
    )
    event = Event.objects.filter(action="scoring.set_row").get()
    assert event.detail == {
        "row": "1.1",
        "changed": {"state": ["", "absent"]},
        "texts": ["reason"],
        "suggested": "absent",
    }


@pytest.mark.parametrize(
    ("row", "given", "sentence"),
    [
        ("9.9", {"state": "met"}, "没有第“9.9”行"),
        ("2.1", {"state": "met"}, "由评审结果计分"),
        ("1.1", {"state": "incomplete"}, "只能评为"),
        ("1.1", {"reason": "字" * 2001}, "扣分理由过长"),
        ("1.1", {"remark": "字" * 2001}, "备注过长"),
    ],
)
def test_set_row_with_what_the_table_lacks_is_refused(department, officer, row, given, sentence):
    sheet = create_sheet(audit=drawn_audit(department), by=officer)
    with pytest.raises(RefusedError, match=sentence):
        set_row(sheet, row=row, version=sheet.version, by=officer, **given)
    assert fresh(sheet).version == 1


def test_set_row_from_stale_page_conflicts_and_writes_nothing(department, officer):
    sheet = create_sheet(audit=drawn_audit(department), by=officer)
    set_row(sheet, row="1.1", state="met", version=1, by=officer)
    with pytest.raises(ConflictError) as conflict:
        set_row(sheet, row="1.1", state="absent", version=1, by=officer)
    assert (conflict.value.current.version, RowSetting.objects.get().state) == (2, "met")


def test_set_row_of_submitted_sheet_is_refused(department, officer, assessor):
    sheet = submitted_sheet(department, by=officer, assessor=assessor)
    with pytest.raises(RefusedError, match="不能再改"):
        set_row(sheet, row="1.1", state="absent", version=sheet.version, by=officer)


def test_level_taken_anew_changes_row_15(department, officer):
    sheet = create_sheet(audit=drawn_audit(department), by=officer)
    sheet = set_row(sheet, row="1.5", state="absent", version=sheet.version, by=officer)
    before = sheet_view(sheet).rows[4].score
    Institution.objects.update(level="secondary")
    sheet = take_level(fresh(sheet), version=sheet.version, by=officer)
    row = sheet_view(fresh(sheet)).rows[4]
    assert (before, row.score, row.flags, [r.id for r in row.readings]) == (
        0,
        2,
        ("非三级医院未设专业组，按1.5不扣分。",),
        ["D-06"],
    )


def test_level_that_did_not_change_is_refused(department, officer):
    sheet = create_sheet(audit=drawn_audit(department), by=officer)
    with pytest.raises(RefusedError, match="没有变化"):
        take_level(sheet, version=sheet.version, by=officer)


# --- correction ------------------------------------------------------------------------------------


def test_correct_opens_next_version_and_old_one_stands(department, team):
    old = signed_sheet(department, states={"1.2": "absent"}, **team)
    new = correct_sheet(old, reason="补交9月质控记录", version=old.version, by=team["by"])
    assert (new.number, new.status, new.corrects_id, fresh(old).status) == (2, "draft", old.pk, "signed")
    assert sheet_view(new).rows[1].reason == "无质控检查或无改进措施：无质控措施不得分"


def test_signing_the_correction_supersedes_the_old_version(department, team):
    old = signed_sheet(department, states={"1.2": "absent"}, **team)
    new = correct_sheet(old, reason="补交9月质控记录", version=old.version, by=team["by"])
    more = {"state": "met", "differs_reason": "补交的记录已核对"}
    new = set_row(new, row="1.2", version=new.version, by=team["by"], **more)
    new = submit_sheet(new, version=new.version, by=team["by"])
    new = sign_sheet(new, version=new.version, by=team["head"])
    old = fresh(old)
    assert (old.status, old.total, fresh(new).status, fresh(new).total) == ("superseded", 28, "signed", 30)
    document = PacketDocument.from_dict(fresh(new).content)
    assert (document.sheet.corrects, document.sheet.correction_reason) == (1, "补交9月质控记录")


def test_correct_without_reason_is_refused(department, team):
    old = signed_sheet(department, **team)
    with pytest.raises(RefusedError, match="更正须写明理由"):
        correct_sheet(old, reason="", version=old.version, by=team["by"])


def test_correct_twice_is_refused(department, team):
    old = signed_sheet(department, **team)
    correct_sheet(old, reason="理由", version=old.version, by=team["by"])
    with pytest.raises(RefusedError, match="已有一份更正"):
        correct_sheet(old, reason="理由", version=old.version, by=team["by"])


def test_correct_of_draft_is_refused(department, filler):
    sheet = draft_sheet(department, **filler)
    with pytest.raises(RefusedError, match="只有已签发"):
        correct_sheet(sheet, reason="理由", version=sheet.version, by=filler["by"])


def test_correct_with_reopened_rulings_counts_the_new_ruling(department, team):
    old = signed_sheet(department, discordant=1, **team)
    new = correct_sheet(old, reason="第1份判错", version=old.version, by=team["by"], reopen=True)
    review = reviews_of(new.audit)[0]
    assert (fresh(new).audit.status, review.judgement) == ("drawn", "discordant")
    ruling = concordance_ruling(**AGREES)
    rule_conclusion(review, ruling=ruling, version=review.version, by=review.assessor)
    new = submit_sheet(new, version=new.version, by=team["by"])
    new = sign_sheet(new, version=new.version, by=team["head"])
    assert (fresh(old).total, fresh(new).total, fresh(new).audit.status) == (29, 30, "settled")
    assert events("audits.reopen") == ["audits.reopen"]


def test_cancel_of_an_audit_reopened_after_signing_is_refused(department, team):
    old = signed_sheet(department, **team)
    correct_sheet(old, reason="第1份判错", version=old.version, by=team["by"], reopen=True)
    audit = fresh(old).audit
    with pytest.raises(RefusedError, match="评分表已签发，不能作废重抽"):
        cancel_audit(audit, reason="想重抽", version=audit.version, by=team["by"])


def test_correct_without_reopening_leaves_rulings_closed(department, team):
    old = signed_sheet(department, **team)
    correct_sheet(old, reason="理由", version=old.version, by=team["by"])
    assert (fresh(old).audit.status, events("audits.reopen")) == ("settled", [])
