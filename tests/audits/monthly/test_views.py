"""月度质控 pages: the calendar, a month, checking a report, and what others must not see or do."""

import json
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.monthly.actions.months import assign_month, cancel_month, open_month
from audits.monthly.domain.monthly import verify_monthly_draw
from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyFault
from reports.findings.actions.checking import check_arrived
from tests import people
from tests.audits.monthly.factories import (
    CLAUSE,
    MONTH,
    cases_of,
    check_all,
    closed_month,
    drawn_month,
    open_measure,
    reports_of,
)
from tests.markup import unwrapped
from trail.models import Event


def page(client, name, *args, query="") -> str:
    response = client.get(reverse(f"audits:{name}", args=args) + query)
    assert response.status_code == 200
    return unwrapped(response.content.decode())


def post(client, name, pk, **data):
    return client.post(reverse(f"audits:{name}", args=[pk]), data, follow=True)


def queries(client, path) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


FAULT = {
    "verdict": "nonconforming",
    "fault-TOTAL_FORMS": "1",
    "fault-INITIAL_FORMS": "0",
    "fault-0-clause": CLAUSE,
    "fault-0-field": "findings",
    "fault-0-excerpt": "边界清楚",
    "fault-0-reason": "未指明参照组织。",
}
CLEAN = {"verdict": "conforming", "fault-TOTAL_FORMS": "0", "fault-INITIAL_FORMS": "0"}


def test_calendar_shows_mine_and_hides_theirs(sign_in, officer, department, other_department):
    far = people.person("far", "远一", "qc_officer", other_department)
    mine, theirs = drawn_month(department, officer), drawn_month(other_department, far)
    text = page(sign_in(officer), "monthly", query="?year=2026")
    assert reverse("audits:month", args=[mine.pk]) in text
    assert reverse("audits:month", args=[theirs.pk]) not in text
    assert sign_in(officer).get(reverse("audits:month", args=[theirs.pk])).status_code == 404


def test_calendar_offers_the_oldest_month_to_be_done(sign_in, officer, department):
    reports_of(department, date(2026, 7, 1))
    closed_month(department, officer, month=date(2026, 9, 1))
    text = page(sign_in(officer), "monthly", query="?year=2026")
    assert "开始2026年7月月度质控" in text
    assert f"{reverse('audits:monthly_new')}?month=2026-07" in text


def test_calendar_says_late_with_a_word_beside_the_colour(sign_in, officer, department):
    reports_of(department, date(2026, 3, 1))
    text = page(sign_in(officer), "monthly", query="?year=2026")
    assert '<span class="tag fail">逾期未做</span>' in text
    assert "无报告" in text


def test_calendar_query_count_is_flat(sign_in, officer, department):
    client, path = sign_in(officer), reverse("audits:monthly") + "?year=2026"
    open_measure(closed_month(department, officer, month=date(2026, 1, 1), faulty=1), officer)
    one = queries(client, path)
    for number in (2, 3):
        month = date(2026, number, 1)
        open_measure(
            closed_month(department, officer, month=month, faulty=2), officer, due_on=date(2026, 9, 9)
        )
    assert queries(client, path) == one


def test_new_month_opens_with_a_seed_and_draws(sign_in, officer, department):
    reports_of(department)
    client = sign_in(officer)
    response = client.post(
        reverse("audits:monthly_new"), {"department": department.pk, "month": "2026-09", "size": "3"}
    )
    audit = MonthlyAudit.objects.get()
    assert response.url == reverse("audits:month", args=[audit.pk])
    assert "本月现有最终报告" in page(client, "month", audit.pk)
    post(client, "month_draw", audit.pk, version=audit.version)
    assert [case.position for case in cases_of(audit)] == [1, 2, 3]


def test_new_month_twice_says_so(sign_in, officer, department):
    open_month(department=department, month=MONTH, by=officer)
    response = sign_in(officer).post(
        reverse("audits:monthly_new"), {"department": department.pk, "month": "2026-09", "size": "3"}
    )
    assert response.status_code == 400
    assert "已经建立" in response.content.decode()


def test_month_without_reports_sends_to_the_import(sign_in, officer, department):
    audit = open_month(department=department, month=MONTH, by=officer)
    text = page(sign_in(officer), "month", audit.pk)
    assert "本月还没有报告" in text
    assert reverse("reports:imports") in text


def test_month_hides_the_numbers_of_what_one_still_has_to_check(sign_in, officer, head, department):
    audit = drawn_month(department, officer)
    numbers = audit.draw["drawn"]
    own, other = page(sign_in(officer), "month", audit.pk), page(sign_in(head), "month", audit.pk)
    assert not any(number in own for number in numbers)
    assert all(number in other for number in numbers)


def test_month_lists_problems_by_clause_and_what_lacks_a_measure(sign_in, officer, department):
    audit = check_all(drawn_month(department, officer), officer, faulty=2)
    client = sign_in(officer)
    text = page(client, "month", audit.pk)
    assert "2/3（66.7%）" in text
    assert "缺措施" in text
    assert f"{reverse('audits:measure_new')}?month={audit.pk}&amp;clause={CLAUSE}" in text
    open_measure(audit, officer)
    assert "缺措施" not in page(client, "month", audit.pk)


def test_month_without_a_problem_is_a_result(sign_in, officer, department):
    audit = check_all(drawn_month(department, officer), officer)
    client = sign_in(officer)
    text = page(client, "month", audit.pk)
    assert "这同样是有效的结果" in text
    assert "随机抽查3份，未发现问题。" in text
    audit.refresh_from_db()
    post(client, "month_close", audit.pk, version=audit.version, summary="未发现问题。")
    assert MonthlyAudit.objects.get().status == "closed"


def test_month_query_count_is_flat(sign_in, officer, department):
    client = sign_in(officer)
    one = check_all(drawn_month(department, officer, size=1, month=date(2026, 8, 1)), officer, faulty=1)
    three = check_all(drawn_month(department, officer, size=3), officer, faulty=3)
    paths = [reverse("audits:month", args=[audit.pk]) for audit in (one, three)]
    assert queries(client, paths[0]) == queries(client, paths[1])


def test_summary_refused_keeps_what_was_typed(sign_in, officer, department):
    audit = drawn_month(department, officer)
    text = post(sign_in(officer), "month_close", audit.pk, version=audit.version, summary="写了一半").content
    assert "还有3份报告未检查" in text.decode()
    response = sign_in(officer).post(
        reverse("audits:month_close", args=[audit.pk]), {"version": audit.version, "summary": ""}
    )
    assert response.status_code == 400


def test_second_window_gets_a_conflict_page(sign_in, officer, department):
    audit = check_all(drawn_month(department, officer), officer)
    client = sign_in(officer)
    data = {"version": audit.version - 1, "summary": "第二个窗口的小结"}
    response = client.post(reverse("audits:month_close", args=[audit.pk]), data)
    text = response.content.decode()
    assert response.status_code == 409
    assert "第二个窗口的小结" in text
    assert MonthlyAudit.objects.get(pk=audit.pk).status == "drawn"


def test_document_downloads_and_verifies(sign_in, officer, department):
    audit = check_all(drawn_month(department, officer), officer)
    response = sign_in(officer).get(reverse("audits:month_document", args=[audit.pk]))
    assert verify_monthly_draw(json.loads(response.content)).ok
    assert response["Content-Disposition"].startswith("attachment")
    assert Event.objects.order_by("-seq").first().action == "audits.download_month_draw"


def test_case_is_shown_without_names_and_saved_to_the_next(sign_in, officer, department):
    audit = drawn_month(department, officer)
    first, second, _ = cases_of(audit)
    client = sign_in(officer)
    text = page(client, "monthly_case", first.pk)
    assert "受检甲" not in text
    assert "书写甲" not in text
    assert first.report.accession_number not in text
    response = client.post(
        reverse("audits:monthly_case", args=[first.pk]), FAULT | {"version": first.version}
    )
    assert response.url == reverse("audits:monthly_case", args=[second.pk])
    assert MonthlyFault.objects.get().excerpt == "边界清楚"
    assert MonthlyCase.objects.get(pk=first.pk).verdict == "nonconforming"


def test_case_after_the_last_leads_back_to_the_month(sign_in, officer, department):
    audit = drawn_month(department, officer, size=1)
    case = cases_of(audit)[0]
    response = sign_in(officer).post(
        reverse("audits:monthly_case", args=[case.pk]), CLEAN | {"version": case.version}
    )
    assert response.url == reverse("audits:month", args=[audit.pk])


def test_case_refused_comes_back_with_what_was_typed(sign_in, officer, department):
    case = cases_of(drawn_month(department, officer))[0]
    data = FAULT | {"version": case.version, "verdict": "conforming", "remark": "我的备注"}
    response = sign_in(officer).post(reverse("audits:monthly_case", args=[case.pk]), data)
    text = response.content.decode()
    assert response.status_code == 400
    assert "请选“有问题”" in text
    assert "我的备注" in text
    assert "未指明参照组织。" in text


def test_case_offers_findings_with_one_click_also_without_script(sign_in, officer, department):
    report = reports_of(department, n=1, findings="肝右叶见结节，增强扫描未见明显强化。")[0]
    check_arrived([report], department=department, by=None)
    audit = open_month(department=department, month=MONTH, size=1, by=officer)
    client = sign_in(officer)
    post(client, "month_draw", audit.pk, version=audit.version)
    case = cases_of(audit)[0]
    text = page(client, "monthly_case", case.pk)
    assert 'name="take" value="1"' in text
    url = reverse("audits:monthly_case", args=[case.pk])
    taken = client.post(url, CLEAN | {"version": case.version, "take": "1"}).content.decode()
    assert 'name="fault-0-excerpt"' in taken
    assert "未见明显强化" in taken
    assert MonthlyFault.objects.count() == 0


def test_case_of_another_may_be_looked_at_and_not_ruled(sign_in, officer, head, assessor, department):
    audit = drawn_month(department, officer)
    assign_month(audit, assessors=[assessor], version=audit.version, by=officer)
    case = cases_of(audit)[0]
    text = page(sign_in(head), "monthly_case", case.pk)
    assert "description-form" not in text
    url = reverse("audits:monthly_case", args=[case.pk])
    assert sign_in(officer).post(url, CLEAN | {"version": case.version}).status_code == 404
    response = sign_in(assessor).post(url, CLEAN | {"version": case.version})
    assert response.status_code == 302


def test_case_of_someone_else_is_hidden_from_an_assessor(sign_in, officer, assessor, department):
    case = cases_of(drawn_month(department, officer))[0]
    assert sign_in(assessor).get(reverse("audits:monthly_case", args=[case.pk])).status_code == 404


def test_case_saved_in_another_window_is_a_conflict(sign_in, officer, department):
    case = cases_of(drawn_month(department, officer))[0]
    client, url = sign_in(officer), reverse("audits:monthly_case", args=[case.pk])
    client.post(url, CLEAN | {"version": case.version})
    assert client.post(url, FAULT | {"version": case.version}).status_code == 409
    assert MonthlyFault.objects.count() == 0


def test_case_query_count_is_flat(sign_in, officer, department):
    client, counts = sign_in(officer), []
    for case, faults in zip(cases_of(drawn_month(department, officer)), (1, 3), strict=False):
        url = reverse("audits:monthly_case", args=[case.pk])
        rows = {f"fault-{n}-clause": CLAUSE for n in range(faults)}
        rows |= {f"fault-{n}-reason": f"理由{n}" for n in range(faults)}
        client.post(url, FAULT | rows | {"version": case.version, "fault-TOTAL_FORMS": str(faults)})
        assert case.faults.count() == faults
        counts.append(queries(client, url))
    assert counts[0] == counts[1]


def test_what_a_cancelled_draw_found_is_left_out_for_who_checks_one_of_its_reports_again(
    sign_in, officer, head, department
):
    first = check_all(drawn_month(department, officer), officer, faulty=1)
    cancel_month(first, reason="份数有误", version=first.version, by=head)
    again = open_month(department=department, month=MONTH, size=6, by=head, repeat_reason="份数有误")
    address = reverse("audits:month_draw", args=[again.pk])
    assert address in page(sign_in(head), "month", again.pk)
    assert sign_in(head).post(address, {"version": again.version}).status_code == 302
    again.refresh_from_db()
    assert (again.status, again.drawn_by) == ("drawn", head)
    assign_month(again, assessors=[officer], version=again.version, by=head)
    found, hidden = "其中有问题1份", "其中有您正在评审的报告，完成评审后显示结果"
    for name, args in (("month", [again.pk]), ("monthly", [])):
        texts = [page(sign_in(user), name, *args) for user in (officer, head)]
        assert [(found in text, hidden in text) for text in texts] == [(False, True), (True, False)], name
