"""The sheet page: as Table B.1 is printed, filled row by row, its verdict live; sign-off and versions."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.judging.actions.assignment import assign_fairly
from audits.quarter.actions.quarters import cancel_audit, draw_audit, open_audit
from audits.sampling.domain.window import audit_window
from scoring.sheets.actions.corrections import correct_sheet
from scoring.sheets.actions.sheets import create_sheet, set_row
from scoring.sheets.models import EvidenceNote, RowSetting, Sheet
from scoring.signing.actions import sign_sheet, submit_sheet
from staff.departments.models import Institution
from tests import people
from tests.audits.factories import assigned_audit, drawn_audit, judge, reviews_of
from tests.factories import make_outcome, make_report
from tests.markup import unwrapped
from tests.scoring.sheets.factories import draft_sheet, signed_sheet, submitted_sheet
from tests.scoring.tampering import tamper
from tests.stories import made_once
from trail.models import Event

HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name, *args):
    return reverse(f"scoring:{name}", args=args)


@made_once
def draft(department, officer, assessor):
    """A draft over ten judged reports: two faulty, one discordant; section 1 all met. 27 points."""
    return draft_sheet(department, by=officer, assessor=assessor, faulty=2, discordant=1)


def page_of(client, sheet) -> str:
    response = client.get(url("detail", sheet.pk))
    assert response.status_code == 200
    return unwrapped(response.content.decode())


# --- what it shows ---------------------------------------------------------------------------------


def test_page_of_draft_shows_printed_rows_points_and_reasons(sign_in, officer, draft):
    text = page_of(sign_in(officer), draft)
    for words in (
        "放射影像检查报告质控评分表",
        "科室有放射影像检查报告书写规范、审核制度",
        "描述不规范或错误，每例-1分：2例，扣2分",
        "90% 未达到“大于90%”的要求，但未触发-5分。",
        "不合格判定为：总分＜21分。",
        "再有2例不符合将低于21分",
        "<b>合格</b>",
        "27<small> / 30 分",
        'href="#case-1"',
        'id="case-10"',
    ):
        assert words in text


def test_page_names_the_readings_that_bit_with_their_reason(sign_in, officer, draft):
    text = page_of(sign_in(officer), draft)
    assert "按报告份数计：一份报告有多处问题只扣1分" in text  # D-09, with two faulty reports
    assert "记录不完整只扣一次" not in text  # D-05 did not bite: 1.3 is met


def test_page_of_nine_reports_shows_bounds_and_no_verdict(sign_in, department, officer, assessor):
    sheet = draft_sheet(department, by=officer, assessor=assessor, n=9, discordant=1)
    text = page_of(sign_in(officer), sheet)
    assert "样本不足，不作判定" in text
    assert "总分可能为 <b>22</b> 至 <b>29</b> 分" in text
    assert "<b>合格</b>" not in text
    assert "<b>不合格</b>" not in text


def test_page_of_unjudged_draft_lists_what_is_missing(sign_in, department, officer, assessor):
    sheet = create_sheet(audit=assigned_audit(department, [assessor]), by=officer)
    text = page_of(sign_in(officer), sheet)
    assert "还差25项，处理后才能提交" in text
    assert 'href="#row-1.1">第1.1行尚未评定。' in text


def test_page_hides_the_patient(sign_in, department, officer, assessor):
    audit = assigned_audit(department, [assessor], patient_name="欧阳测试", patient_id="ID99887766")
    for review in reviews_of(audit):
        judge(review, faulty=True)
    text = page_of(sign_in(officer), create_sheet(audit=audit, by=officer))
    assert [word for word in ("欧阳测试", "ID99887766") if word in text] == []


def test_page_escapes_what_people_typed(sign_in, officer, draft):
    set_row(draft, row="1.1", state="absent", version=draft.version, by=officer)
    RowSetting.objects.filter(row="1.1").update(reason="<script>alert(1)</script>")
    text = page_of(sign_in(officer), draft)
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_page_for_head_has_no_fields_to_fill(sign_in, head, draft):
    text = page_of(sign_in(head), draft)
    assert 'name="state"' not in text
    assert "提交签发" not in text


def test_page_of_draft_costs_the_same_for_one_or_ten_cases(sign_in, department, officer, assessor, draft):
    client = sign_in(officer)
    page_of(client, draft)
    small = other_quarter_sheet(department, officer, judged_by=assessor)
    ten, one = (queries(client, url("detail", sheet.pk)) for sheet in (draft, small))
    assert ten == one


def queries(client, address) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def other_quarter_sheet(department, officer, *, year: int = 2025, judged_by=None) -> Sheet:
    """A draft over an audit of one report in another year; its report is faulty when it is judged."""
    at = datetime(year, 6, 1, 9)
    make_outcome(make_report(department, f"B{year}", examined_at=at, reported_at=at))
    audit = open_audit(department=department, window=audit_window(date(year, 6, 30)), by=officer)
    audit = draw_audit(audit, version=audit.version, by=officer)
    if judged_by:
        assign_fairly(audit, assessors=[judged_by], version=audit.version, by=None)
        judge(reviews_of(audit)[0], faulty=True)
    return create_sheet(audit=audit, by=officer)


def test_page_of_other_department_is_404_and_recorded(sign_in, other_department, draft):
    stranger = people.person("far", "邻县甲", "qc_officer", other_department)
    assert sign_in(stranger).get(url("detail", draft.pk)).status_code == 404
    event = Event.objects.order_by("seq").last()
    assert (event.action, event.target_type, event.target_id) == (
        "access.refused",
        "scoring.sheet",
        str(draft.pk),
    )


# --- filling it ------------------------------------------------------------------------------------


def test_row_set_by_htmx_moves_figures_and_brings_the_reason(sign_in, officer, draft):
    client = sign_in(officer)
    given = {"version": draft.version, "state": "absent"}
    text = unwrapped(client.post(url("row", draft.pk, "1.2"), given, **HTMX).content.decode())
    for words in (
        'id="sheet-verdict" hx-swap-oob="true"',
        "25<small> / 30 分",
        'id="score-r1-2"',
        "无质控检查或无改进措施：无质控措施不得分",
        f'id="sheet-version" value="{draft.version + 1}" hx-swap-oob="true"',
    ):
        assert words in text
    assert "<html" not in text


def test_reason_saved_by_htmx_does_not_replace_the_field_being_typed_in(sign_in, officer, draft):
    client = sign_in(officer)
    given = {"version": draft.version, "reason": "两份报告未写参照组织。"}
    text = client.post(url("row", draft.pk, "2.1"), given, **HTMX).content.decode()
    assert "<textarea" not in text
    assert RowSetting.objects.get(row="2.1").reason == "两份报告未写参照组织。"
    assert "两份报告未写参照组织。" in page_of(client, draft)


def test_row_set_without_script_returns_to_the_row(sign_in, officer, draft):
    response = sign_in(officer).post(
        url("row", draft.pk, "1.1"), {"version": draft.version, "state": "absent"}
    )
    assert (response.status_code, response["Location"]) == (302, url("detail", draft.pk) + "#row-1.1")


def test_row_set_from_stale_page_by_htmx_says_so_and_writes_nothing(sign_in, officer, draft):
    client = sign_in(officer)
    response = client.post(url("row", draft.pk, "1.1"), {"version": 1, "state": "absent"}, **HTMX)
    assert (response.status_code, response["HX-Retarget"]) == (409, "#sheet-problem")
    assert "载入最新内容" in response.content.decode()
    assert RowSetting.objects.get(row="1.1").state == "met"


def test_row_set_from_stale_page_shows_conflict_page_with_what_was_typed(sign_in, officer, draft):
    response = sign_in(officer).post(url("row", draft.pk, "1.1"), {"version": 1, "reason": "缺审核制度"})
    text = response.content.decode()
    assert (response.status_code, "已被他人保存" in text, "缺审核制度" in text) == (409, True, True)


def test_row_set_to_unknown_state_is_refused_with_a_sentence(sign_in, officer, draft):
    client = sign_in(officer)
    given = {"version": draft.version, "state": "half"}
    response = client.post(url("row", draft.pk, "1.1"), given, **HTMX)
    assert (response.status_code, response["HX-Retarget"]) == (422, "#sheet-problem")
    assert (
        "第1.1行只能评为：书写规范与审核制度齐全、缺书写规范或审核制度，或暂不评定。"
        in response.content.decode()
    )


def test_evidence_added_changed_and_removed_on_the_page(sign_in, officer, draft):
    client = sign_in(officer)
    given = {
        "version": draft.version,
        "title": "书写规范（2025版）",
        "dated_on": "2025-01-06",
        "note": "档案柜",
    }
    text = client.post(url("evidence_add", draft.pk, "1.1"), given, **HTMX).content.decode()
    assert ('id="evidence-r1-1"' in text, "书写规范（2025版）" in text) == (True, True)
    note = EvidenceNote.objects.get()
    given |= {"version": draft.version + 1, "title": "书写规范（修订）"}
    client.post(url("evidence_change", draft.pk, note.pk), given)
    assert EvidenceNote.objects.get().title == "书写规范（修订）"
    client.post(url("evidence_remove", draft.pk, note.pk), {"version": draft.version + 2})
    assert EvidenceNote.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"title": ""}, "请填写资料名称"),
        ({"title": "规范", "dated_on": "2025-13-40"}, "资料日期应写作 2025-09-30。"),
        ({"title": "规" * 201}, "资料名称最多200字"),
    ],
)
def test_evidence_that_does_not_fit_is_refused_on_the_page(sign_in, officer, draft, given, sentence):
    response = sign_in(officer).post(url("evidence_add", draft.pk, "1.1"), {"version": draft.version} | given)
    assert (response.status_code, sentence in response.content.decode()) == (422, True)


def test_evidence_of_another_sheet_is_404(sign_in, department, officer, draft):
    other = other_quarter_sheet(department, officer)
    note = EvidenceNote.objects.create(sheet=other, row="1.1", title="规范")
    given = {"version": draft.version}
    assert sign_in(officer).post(url("evidence_remove", draft.pk, note.pk), given).status_code == 404


def test_level_that_changed_after_submission_is_said_to_who_signs(
    sign_in, department, officer, assessor, head
):
    sheet = submitted_sheet(department, by=officer, assessor=assessor)
    Institution.objects.update(level="secondary")
    page = page_of(sign_in(head), sheet)
    assert "机构级别现为二级医院，本表按三级医院评分（影响第1.5行）。" in page
    assert "请科主任退回，由质控员更新级别后重新提交" in page


def test_level_that_changed_is_said_and_can_be_taken(sign_in, officer, draft):
    Institution.objects.update(level="secondary")
    client = sign_in(officer)
    assert "机构级别现为二级医院，本表按三级医院评分" in page_of(client, draft)
    client.post(url("level", draft.pk), {"version": draft.version})
    assert Sheet.objects.get().hospital_level == "secondary"
    assert "机构级别现为" not in page_of(client, draft)


# --- correction ----------------------------------------------------------------------------------


def test_correction_page_lists_what_changed(sign_in, department, officer, head, assessor):
    old = signed_sheet(department, by=officer, head=head, assessor=assessor, states={"1.2": "absent"})
    new = correct_sheet(old, reason="补交9月质控记录", version=old.version, by=officer)
    set_row(new, row="1.2", state="met", version=new.version, by=officer)
    text = sign_in(head).get(url("changes", new.pk)).content.decode()
    for words in ("补交9月质控记录", "无质控检查或无改进措施", "每月有质控检查并有改进措施", "28分", "30分"):
        assert words in text


def test_correction_that_changed_nothing_says_so(sign_in, department, officer, head, assessor):
    old = signed_sheet(department, by=officer, head=head, assessor=assessor, faulty=1, discordant=2)
    new = correct_sheet(old, reason="核对", version=old.version, by=officer)
    assert "两版目前没有不同" in sign_in(head).get(url("changes", new.pk)).content.decode()


# --- the list --------------------------------------------------------------------------------------


def test_list_without_sheets_says_what_to_do_next(sign_in, officer):
    assert "先建立季度抽样并抽取病例" in sign_in(officer).get(url("list")).content.decode()


def test_list_offers_the_drawn_quarter_and_makes_its_sheet(sign_in, department, officer):
    audit = drawn_audit(department)
    client = sign_in(officer)
    assert "建立评分表" in client.get(url("list")).content.decode()
    response = client.post(url("create", audit.pk))
    assert response["Location"] == url("detail", Sheet.objects.get().pk)
    again = client.post(url("create", audit.pk))
    assert (again["Location"], Sheet.objects.count()) == (url("detail", Sheet.objects.get().pk), 1)


def test_list_shows_mine_and_hides_theirs(sign_in, draft, officer, other_department):
    stranger = people.person("far", "邻县甲", "qc_officer", other_department)
    assert url("detail", draft.pk) in sign_in(officer).get(url("list")).content.decode()
    assert url("detail", draft.pk) not in sign_in(stranger).get(url("list")).content.decode()


def test_list_narrows_by_status_and_keeps_old_versions_for_who_asks(
    sign_in, department, officer, head, assessor
):
    sheet = signed_sheet(department, by=officer, head=head, assessor=assessor)
    second = correct_sheet(sheet, reason="补录", version=sheet.version, by=officer)
    second = submit_sheet(second, version=second.version, by=officer)
    sign_sheet(second, version=second.version, by=head)
    client = sign_in(officer)
    found = {
        query: url("detail", sheet.pk) in client.get(url("list") + query, **HTMX).content.decode()
        for query in (
            "",
            "?versions=all",
            "?status=superseded",
            "?status=draft",
            "?versions=all&verdict=fail",
        )
    }
    assert found == {
        "": False,
        "?versions=all": True,
        "?status=superseded": True,
        "?status=draft": False,
        "?versions=all&verdict=fail": False,
    }


def test_list_costs_the_same_with_one_and_three_rows(sign_in, department, officer):
    client = sign_in(officer)
    other_quarter_sheet(department, officer, year=2023)
    client.get(url("list"))
    one = queries(client, url("list"))
    other_quarter_sheet(department, officer, year=2024)
    other_quarter_sheet(department, officer, year=2025)
    assert queries(client, url("list")) == one


def test_page_of_altered_content_is_not_shown(sign_in, department, officer, head, assessor):
    sheet = signed_sheet(department, by=officer, head=head, assessor=assessor, discordant=2)
    client = sign_in(officer)
    for altered in (sheet.content | {"schema": "other"}, sheet.content | {"department": "别的科"}):
        tamper(sheet, content=altered)
        response = client.get(url("detail", sheet.pk), follow=True)
        assert "与签发时的校验值不符" in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_page_of_a_record_that_differs_says_what_and_shows_nothing_of_it(
    sign_in, department, officer, head, assessor, method
):
    sheet = signed_sheet(department, by=officer, head=head, assessor=assessor, discordant=2)
    tamper(sheet, total=30, verdict="fail")
    client = sign_in(head)
    place = url("detail", sheet.pk) if method == "get" else url("sign", sheet.pk)
    answer = getattr(client, method)(place, {"version": sheet.version})
    text = answer.content.decode()
    assert (answer.status_code, "合计得分现为30，签发时为23" in text, "b1-paper" in text) == (
        409,
        True,
        False,
    )
    assert "与签发时不符" in client.get(url("list")).content.decode()
    assert "与签发时不符" in client.get(url("packets")).content.decode()
    home = client.get(reverse("home")).content.decode()
    assert ("2026年第3季度评分表与签发时的记录不符" in home, "与签发时不符" in home) == (True, True)
    assert Event.objects.filter(action="scoring.record_differs").count() == 1


def test_page_after_a_cancelled_draw_of_the_window_tells_who_signs(
    sign_in, department, officer, assessor, head
):
    make_outcome(make_report(department, "OLD1", reported_at=datetime(2026, 9, 8, 10)))
    sheet = submitted_sheet(department, by=officer, assessor=assessor)
    window = audit_window(date(2026, 9, 8))
    other = open_audit(department=department, window=window, by=head, repeat_reason="窗口提前")
    other = draw_audit(other, version=other.version, by=head)
    cancel_audit(other, reason="窗口选错", version=other.version, by=head)
    text = page_of(sign_in(head), sheet)
    assert "本抽样窗口共抽样2次，作废1次" in text
    assert "窗口选错" in text
