"""Quarter pages: list, new, the audit's own page, ledger, case, and the acts on them."""

import json
import re
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audits.judging.actions.permissions import allow_reader
from audits.judging.models import Review
from audits.quarter.actions.quarters import cancel_audit, open_audit
from audits.quarter.forms import past_quarters
from audits.sampling.domain.verify import verify_draw
from audits.sampling.domain.window import audit_window
from audits.sampling.models import Audit
from tests import people
from tests.audits.factories import (
    ALLOWED,
    assigned_audit,
    describe,
    drawn_audit,
    judge,
    planned_audit,
    reviews_of,
)
from tests.factories import make_outcome, make_report, pool_of
from tests.markup import unwrapped
from trail.models import Event


def page(client, name, *args, query="") -> str:
    response = client.get(reverse(f"audits:{name}", args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def post(client, name, pk, **data):
    return client.post(reverse(f"audits:{name}", args=[pk]), data, follow=True)


def queries(client, path) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


def test_list_shows_mine_and_hides_theirs(sign_in, officer, department, other_department):
    mine, theirs = planned_audit(department), planned_audit(other_department)
    linked = set(re.findall(r'href="(/audits/\d+/)"', page(sign_in(officer), "list")))
    assert reverse("audits:detail", args=[mine.pk]) in linked
    assert reverse("audits:detail", args=[theirs.pk]) not in linked


def test_list_empty_says_what_to_do(sign_in, officer, department):
    text = page(sign_in(officer), "list")
    assert "还没有季度抽样" in text
    assert reverse("audits:new") in text


def test_list_filtered_to_nothing_offers_to_clear(sign_in, officer, department):
    planned_audit(department)
    assert "清除筛选" in page(sign_in(officer), "list", query="?status=settled")


def test_list_query_count_is_flat(sign_in, officer, department, assessor):
    client = sign_in(officer)
    audit = assigned_audit(department, [assessor], n=3)
    one = queries(client, reverse("audits:list"))
    for place in range(2):
        cancel_audit(audit, reason="重来", version=audit.version, by=officer)
        audit = planned_audit(department, by=officer, repeat_reason="重来")
        assert place < 2
    assert Audit.objects.count() == 3
    assert queries(client, reverse("audits:list")) == one


def new(**changes) -> dict:
    return {"period": "until", "until": "2026-09-30", "readers": "1"} | changes


def test_new_opens_audit_with_seed_and_goes_to_its_page(sign_in, officer, department):
    client = sign_in(officer)
    response = client.post(reverse("audits:new"), new(department=department.pk))
    audit = Audit.objects.get()
    assert response.url == reverse("audits:detail", args=[audit.pk])
    assert (audit.window_start, audit.window_end, audit.created_by) == (
        date(2026, 7, 1),
        date(2026, 9, 30),
        officer,
    )
    assert audit.seed == ""
    assert audit.secret_seed.startswith(f"{audit.pk}-")


def test_new_offers_past_quarters_with_their_days(sign_in, officer, department):
    text = page(sign_in(officer), "new")
    assert re.search(r"\d{4}年第\d季度（\d{4}-\d\d-01 至 \d{4}-\d\d-\d\d）", text)


def test_new_with_extended_window_keeps_the_reason(sign_in, officer, department):
    data = new(department=department.pk, start="2026-05-01", extension_reason="结局不足")
    sign_in(officer).post(reverse("audits:new"), data)
    assert Audit.objects.get().extended_reason == "结局不足"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"until": ""}, "请填写窗口末日"),
        ({"until": "2026-13-01"}, "日期"),
        ({"start": "2026-05-01"}, "须写明理由"),
        ({"start": "2026-08-01", "extension_reason": "结局不足"}, "早于原首日"),
        ({"cut_off": "2026-09-01"}, "早于窗口末日"),
        ({"until": "0001-01-02"}, "过早"),
        ({"until": "2199-09-30"}, "在今天之后，还没有报告可抽"),
        ({"until": "9999-12-31"}, "在今天之后，还没有报告可抽"),
        ({"period": "x"}, "x"),
    ],
)
def test_new_unfit_form_says_why(sign_in, officer, department, changes, sentence):
    response = sign_in(officer).post(reverse("audits:new"), new(department=department.pk) | changes)
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not Audit.objects.exists()


def test_new_same_window_twice_says_so(sign_in, officer, department):
    planned_audit(department)
    response = sign_in(officer).post(reverse("audits:new"), new(department=department.pk))
    assert "已经建立" in response.content.decode()


def test_new_for_a_foreign_department_refused(sign_in, officer, department, other_department):
    response = sign_in(officer).post(reverse("audits:new"), new(department=other_department.pk))
    assert (response.status_code, Audit.objects.count()) == (400, 0)


def test_planned_page_shows_matrix_gaps_ledger_and_draw_button(sign_in, officer, department):
    pool_of(department, 4)
    make_report(department, "NONE", reported_at=None)
    audit = planned_audit(department)
    text = page(sign_in(officer), "detail", audit.pk)
    assert audit.seed in text
    assert "循环系统只有0名" not in text
    assert "循环系统没有合格报告，抽样将覆盖不足。" in text
    assert "不足10份" in text
    assert reverse("audits:draw", args=[audit.pk]) in text
    assert "system=nervous&amp;modality=CT" in text


def test_draw_button_draws_and_page_shows_proof(sign_in, officer, department):
    pool_of(department, 15)
    audit = planned_audit(department)
    response = post(sign_in(officer), "draw", audit.pk, version=1)
    audit.refresh_from_db()
    text = response.content.decode()
    assert audit.status == "drawn"
    assert [word in text for word in (audit.pool_hash, audit.draw["digest"], audit.seed)] == [True] * 3
    assert all(number in text for number in audit.draw["drawn"])


def test_draw_on_a_stale_page_answers_409_and_draws_nothing(sign_in, officer, department):
    pool_of(department, 15)
    audit = planned_audit(department)
    response = sign_in(officer).post(reverse("audits:draw", args=[audit.pk]), {"version": 7})
    assert response.status_code == 409
    assert "什么都没有写入" in response.content.decode()
    audit.refresh_from_db()
    assert audit.status == "planned"


def test_draw_empty_pool_says_what_to_do(sign_in, officer, department):
    audit = planned_audit(department)
    text = post(sign_in(officer), "draw", audit.pk, version=1).content.decode()
    assert "请先登记结局" in text


def test_extend_and_cancel_keep_their_reasons(sign_in, officer, department):
    client = sign_in(officer)
    audit = planned_audit(department)
    post(client, "extend", audit.pk, version=1, start="2026-05-01", reason="结局不足")
    text = post(client, "cancel", audit.pk, version=2, reason="重新建立").content.decode()
    audit.refresh_from_db()
    assert (audit.status, audit.window_start) == ("cancelled", date(2026, 5, 1))
    assert [word in text for word in ("结局不足", "重新建立", "已作废")] == [True] * 3


def test_cancel_without_reason_is_refused_in_words(sign_in, officer, department):
    audit = planned_audit(department)
    text = post(sign_in(officer), "cancel", audit.pk, version=1, reason=" ").content.decode()
    assert "请写明理由" in text
    audit.refresh_from_db()
    assert audit.status == "planned"


def test_assign_button_gives_every_case_a_reader(sign_in, officer, department, assessor):
    audit = drawn_audit(department)
    post(sign_in(officer), "assign", audit.pk, version=audit.version, assessors=[assessor.pk])
    assert Review.objects.filter(assessor=assessor).count() == 10


def test_assign_nobody_or_a_stranger_is_refused(sign_in, officer, department, member):
    audit = drawn_audit(department)
    client = sign_in(officer)
    assert "至少选择一位" in post(client, "assign", audit.pk, version=audit.version).content.decode()
    post(client, "assign", audit.pk, version=audit.version, assessors=[member.pk])
    assert not Review.objects.exists()


def test_document_download_verifies_and_is_recorded(sign_in, officer, department):
    audit = drawn_audit(department)
    response = sign_in(officer).get(reverse("audits:document", args=[audit.pk]))
    assert verify_draw(json.loads(response.content)).ok
    assert "attachment" in response["Content-Disposition"]
    assert Event.objects.order_by("-seq").first().action == "audits.download_draw"


def test_document_before_the_draw_says_so(sign_in, officer, department):
    audit = planned_audit(department)
    response = sign_in(officer).get(reverse("audits:document", args=[audit.pk]), follow=True)
    assert "还没有抽取" in response.content.decode()


def test_ledger_lists_reasons_with_links_and_filters(sign_in, officer, department):
    pool_of(department, 10)
    bare = make_report(department, "BARE", reported_at=None)
    report = make_report(department, "NOPE", reported_at=date_time(2026, 9, 20))
    audit = planned_audit(department)
    client = sign_in(officer)
    text = page(client, "ledger", audit.pk)
    assert reverse("reports:detail", args=[report.pk]) in text
    assert bare.accession_number not in text
    assert "NOPE" in page(client, "ledger", audit.pk, query="?reason=no_outcome")
    assert "NOPE" not in page(client, "ledger", audit.pk, query="?reason=not_signed")


def date_time(*parts):
    from datetime import datetime

    return datetime(*parts, 8)


def test_settle_button_appears_when_finished(sign_in, officer, department, assessor):
    audit = assigned_audit(department, [assessor])
    client = sign_in(officer)
    settle = reverse("audits:settle", args=[audit.pk])
    rows = reviews_of(audit)
    for review in rows[1:]:
        judge(review)
    assert settle not in page(client, "detail", audit.pk)
    judge(rows[0])
    assert settle in page(client, "detail", audit.pk)
    post(client, "settle", audit.pk, version=audit.version)
    audit.refresh_from_db()
    assert audit.status == "settled"


def test_detail_figures_are_honest(sign_in, officer, department, assessor):
    audit = assigned_audit(department, [assessor])
    for place, review in enumerate(reviews_of(audit)):
        judge(review, conclusion=None if place else DISCORDANT)
    text = page(sign_in(officer), "detail", audit.pk)
    assert [w in text for w in ("90.0%", "60%–98%", "9%的季度", "26%的季度")] == [True] * 4


DISCORDANT = {
    "localisation": "wrong",
    "characterisation": "wrong",
    "error_kind": "misdiagnosed",
    "judgement": "discordant",
    "reason": "定位错误。",
    "stage_differs": False,
}


def test_detail_query_count_is_flat(sign_in, officer, department, assessor):
    audit = assigned_audit(department, [assessor], n=3)
    client = sign_in(officer)
    path = reverse("audits:detail", args=[audit.pk])
    three = queries(client, path)
    cancel_audit(audit, reason="重来", version=audit.version, by=officer)
    full = _redrawn(department, assessor, officer)
    assert full.cases.count() == 10
    assert queries(client, reverse("audits:detail", args=[full.pk])) == three


def _redrawn(department, assessor, officer):
    from audits.judging.actions.assignment import assign_fairly
    from audits.quarter.actions.quarters import draw_audit
    from tests.factories import make_outcome

    for n in range(9):
        report = make_report(
            department, f"C{n}", reported_at=date_time(2026, 9, 2), examined_at=date_time(2026, 9, 1)
        )
        make_outcome(report)
    audit = planned_audit(department, by=officer, repeat_reason="重来")
    audit = draw_audit(audit, version=audit.version, by=None)
    assign_fairly(audit, assessors=[assessor], version=audit.version, by=None)
    return audit


def test_case_replacement_and_assignment_by_page(sign_in, officer, department, assessor):
    audit = drawn_audit(department)
    case = audit.cases.first()
    client = sign_in(officer)
    post(client, "case_assign", case.pk, version=audit.version, first=assessor.pk)
    assert case.reviews.get().assessor == assessor
    audit.refresh_from_db()
    text = post(client, "case_replace", case.pk, version=audit.version, reason="影像不可读").content.decode()
    assert "影像不可读" in text
    case.refresh_from_db()
    assert case.state == "replaced"
    assert "这一例已更换" in page(client, "case", case.pk)


def test_case_replacement_stale_page_conflicts(sign_in, officer, department):
    audit = drawn_audit(department)
    case = audit.cases.first()
    path = reverse("audits:case_replace", args=[case.pk])
    response = sign_in(officer).post(path, {"version": 1, "reason": "影像不可读"})
    assert response.status_code == 409
    text = response.content.decode()
    assert [word in text for word in ("更换第1份", "影像不可读", "10 份")] == [True] * 3
    case.refresh_from_db()
    assert case.state == "active"


def test_case_without_reason_is_not_replaced(sign_in, officer, department):
    audit = drawn_audit(department)
    case = audit.cases.first()
    text = post(sign_in(officer), "case_replace", case.pk, version=audit.version, reason="").content.decode()
    assert "须写明理由" in text


def test_officer_who_still_judges_a_case_sees_neither_number_nor_rulings(sign_in, officer, head, department):
    second = people.second_assessor(department)
    audit = assigned_audit(department, [officer, second], allowed_by=head)
    mine, theirs = reviews_of(audit)[:2]
    mine, theirs = (mine, theirs) if mine.assessor == officer else (theirs, mine)
    describe(theirs, faulty=True)
    client = sign_in(officer)
    number = mine.case.report.accession_number
    for text in (page(client, "case", mine.case_id), page(client, "detail", audit.pk)):
        assert number not in text
        assert "未指明参照组织" not in text
        assert "肺错构瘤" not in text
    assert reverse("reports:detail", args=[mine.case.report_id]) not in page(client, "case", mine.case_id)
    assert "抽中的报告 0 份（不含您正在评审的 10 份）" in unwrapped(page(client, "detail", audit.pk))


def test_officer_who_judges_nothing_sees_rulings(sign_in, officer, department, assessor):
    audit = assigned_audit(department, [assessor])
    review = reviews_of(audit)[0]
    judge(review, faulty=True)
    text = page(sign_in(officer), "case", review.case_id)
    assert "未指明参照组织" in text
    assert "术后病理：肺错构瘤。" in text
    assert "受检甲" not in text
    assert review.case.report.accession_number in text


@pytest.mark.parametrize("name", ["detail", "ledger", "document"])
def test_foreign_audit_is_404(sign_in, officer, other_department, name):
    audit = drawn_audit(other_department)
    assert sign_in(officer).get(reverse(f"audits:{name}", args=[audit.pk])).status_code == 404
    assert Event.objects.order_by("-seq").first().action == "access.refused"


def test_assign_form_offers_those_who_cannot_look_outcomes_up_and_says_why_not_the_others(
    sign_in, officer, head, department, assessor
):
    audit = drawn_audit(department)
    text = unwrapped(page(sign_in(head), "detail", audit.pk))
    assert offered_in(text) == {assessor.pk}
    assert "测一鸣以质控员的角色能查看结局，须经科主任写明理由允许，才能评审。" in text
    address = reverse("audits:reader_allow", args=[audit.pk])
    assert address in text
    assert address not in page(sign_in(officer), "detail", audit.pk)
    sign_in(head).post(address, {"reader": officer.pk, "reason": "科内仅两人。"})
    text = unwrapped(page(sign_in(officer), "detail", audit.pk))
    assert offered_in(text) == {assessor.pk, officer.pk}
    assert "测一鸣：科内仅两人。" in text


def offered_in(text):
    return set(map(int, re.findall(r'name="assessors" value="(\d+)"', text)))


def test_reader_allowed_without_reason_or_need_is_refused_in_words(
    sign_in, officer, head, department, assessor
):
    audit = drawn_audit(department)
    address = reverse("audits:reader_allow", args=[audit.pk])
    client = sign_in(head)
    sent = {"reader": officer.pk, "reason": " "}
    assert "请写明允许的理由。" in client.post(address, sent, follow=True).content.decode()
    sent = {"reader": assessor.pk, "reason": "无"}
    assert "无须允许" in client.post(address, sent, follow=True).content.decode()
    assert not audit.reader_permissions.exists()


def test_reader_allowed_is_taken_back_from_the_page(sign_in, officer, head, department):
    audit = planned_audit(department)
    permission = allow_reader(audit, reader=officer, reason=ALLOWED, by=head)
    address = reverse("audits:reader_withdraw", args=[permission.pk])
    client = sign_in(head)
    assert address in page(client, "detail", audit.pk)
    client.post(address)
    assert not audit.reader_permissions.exists()


def test_new_page_says_before_the_draw_who_can_read_how_many(sign_in, officer, department, assessor):
    window = past_quarters(timezone.localdate())[0]
    at = datetime.combine(window.start, datetime.min.time()).replace(hour=9)
    for n, physician in enumerate((assessor.full_name, "别人", f"{assessor.full_name}/别人")):
        values = {"examined_at": at, "reported_at": at, "reporting_physician": physician}
        report = make_report(department, f"N{n}", **values)
        make_outcome(report, observed_on=window.start)
    text = unwrapped(page(sign_in(officer), "new"))
    assert f"{window.label}合格报告 3 份" in text
    row = re.search(rf"<td>{assessor}</td>(.*?)</tr>", text)[1]
    assert re.findall(r'class="num">(\d+)<', row) == ["1", "2"]
    assert "每例1位：2份不够" in text
    assert "每例2位：3份不够" in text
    other = past_quarters(timezone.localdate())[1]
    text = unwrapped(page(sign_in(officer), "new", query=f"?period={other.end}&department={department.pk}"))
    assert f"{other.label}合格报告 0 份" in text


def test_list_newest_window_comes_first_and_unassigned_says_so(sign_in, officer, department):
    drawn = drawn_audit(department, n=2)
    later = open_audit(department=department, window=audit_window(date(2026, 12, 31)), by=None)
    text = page(sign_in(officer), "list")
    links = re.findall(r'href="/audits/(\d+)/"', text.split("<tbody")[1])
    assert links == [str(later.pk), str(drawn.pk)]
    assert "待分配（2 份）" in text


@pytest.mark.parametrize(("until", "warned"), [(date(2026, 9, 30), False), (date(2199, 9, 30), True)])
def test_planned_window_that_is_not_over_is_warned_about(sign_in, officer, department, until, warned):
    audit = open_audit(department=department, window=audit_window(until), by=None)
    assert ("窗口尚未结束" in page(sign_in(officer), "detail", audit.pk)) is warned


def test_detail_after_a_cancelled_draw_tells_of_it_and_why(sign_in, officer, department):
    old = drawn_audit(department, n=3)
    cancel_audit(old, reason="窗口选错", version=old.version, by=officer)
    window = audit_window(date(2026, 9, 29))
    shifted = open_audit(department=department, window=window, by=officer, repeat_reason="末日改为29日")
    text = page(sign_in(officer), "detail", shifted.pk)
    told = ("本抽样窗口共抽样1次，作废1次（均未作评定）", "作废，理由：窗口选错。", "：末日改为29日；")
    assert [words in text for words in told] == [True] * 3
    assert reverse("audits:detail", args=[old.pk]) in text
