"""改进措施 pages: the list, a measure and its acts; the owner sees their own, others' stay hidden."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audits.measures.models import Measure
from tests import people
from tests.audits.factories import drawn_audit
from tests.audits.monthly.factories import (
    CLAUSE,
    MONTH,
    checked_measure,
    closed_month,
    open_measure,
)

OCTOBER = date(2026, 10, 1)


def page(client, name, *args, query="") -> str:
    response = client.get(reverse(f"audits:{name}", args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def queries(client, path) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


@pytest.fixture
def september(department, officer):
    return closed_month(department, officer, faulty=2)


@pytest.fixture
def measure(september, officer, member):
    return open_measure(september, officer, member, action="书写甲负责的措施")


def send(client, name, measure, **data):
    return client.post(reverse(f"audits:{name}", args=[measure.pk]), {"version": measure.version} | data)


def test_list_shows_an_owner_their_own_and_hides_the_others(sign_in, september, measure, officer, member):
    other = open_measure(september, officer, problem="别人的问题。")
    own, all_of_them = page(sign_in(member), "measures"), page(sign_in(officer), "measures")
    url = reverse("audits:measure", args=[other.pk])
    assert reverse("audits:measure", args=[measure.pk]) in own
    assert url not in own
    assert url in all_of_them
    assert sign_in(member).get(url).status_code == 404


def test_list_hides_other_departments(sign_in, measure, other_department):
    far = people.person("far", "远一", "qc_officer", other_department)
    assert reverse("audits:measure", args=[measure.pk]) not in page(sign_in(far), "measures")


def test_list_says_overdue_with_a_word_and_filters_it(sign_in, september, measure, officer):
    later = open_measure(september, officer, due_on=timezone.localdate() + timedelta(days=9))
    days = (timezone.localdate() - measure.due_on).days
    text = page(sign_in(officer), "measures", query="?state=overdue")
    assert f'<span class="tag fail">逾期 {days} 天</span>' in text
    assert reverse("audits:measure", args=[later.pk]) not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"?clause={CLAUSE}", True),
        ("?clause=6.4.3", False),
        ("?month=2026-09", True),
        ("?month=2026-08", False),
        ("?month=x", False),
        ("?state=running", True),
        ("?state=closed", False),
        ("?mine=me", False),
    ],
)
def test_list_narrows(sign_in, measure, officer, query, found):
    text = page(sign_in(officer), "measures", query=query)
    assert (reverse("audits:measure", args=[measure.pk]) in text) == found


def test_list_empty_says_what_to_do(sign_in, officer, member, department):
    assert "从该月的页面针对条款制定措施" in page(sign_in(officer), "measures")
    assert "没有由您负责的改进措施" in page(sign_in(member), "measures")


def test_list_query_count_is_flat_and_exports(sign_in, september, measure, officer):
    client, path = sign_in(officer), reverse("audits:measures")
    one = queries(client, path)
    for _ in range(2):
        open_measure(september, officer)
    assert queries(client, path) == one
    response = client.get(path + "?export=xlsx")
    assert response["Content-Type"].endswith("spreadsheetml.sheet")


def form_of(owner, **changes):
    return {
        "clauses": [CLAUSE],
        "problem": "未指明参照组织。",
        "action": "培训。",
        "owner": f"u{owner.pk}",
        "due_on": "2036-12-01",
    } | changes


def test_new_starts_from_the_clause_and_its_figures(sign_in, september, officer):
    text = page(sign_in(officer), "measure_new", query=f"?month={september.pk}&clause={CLAUSE}")
    assert "2026年9月抽查发现：6.4.3.2" in text
    assert "2/3（66.7%）" in text
    assert "checked" in text


def test_new_sets_the_measure_and_goes_to_its_page(sign_in, september, officer, head):
    url = f"{reverse('audits:measure_new')}?month={september.pk}"
    response = sign_in(officer).post(url, form_of(head))
    measure = Measure.objects.get()
    assert response.url == reverse("audits:measure", args=[measure.pk])
    assert (measure.owner_user, measure.audit, measure.clauses) == (head, september, [CLAUSE])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"clauses": []}, "请选择所针对的条款"),
        ({"due_on": "2026-09-02"}, "期限应在所查期间"),
        ({"owner": "u999999"}, "选择一个有效的选项"),
        ({"problem": ""}, "请写明问题"),
    ],
)
def test_new_refused_comes_back_with_what_was_typed(sign_in, september, officer, head, changes, sentence):
    url = f"{reverse('audits:measure_new')}?month={september.pk}"
    response = sign_in(officer).post(url, form_of(head, action="写了很久的措施") | changes)
    text = response.content.decode()
    assert response.status_code == 400
    assert sentence in text
    assert "写了很久的措施" in text
    assert Measure.objects.count() == 0


def test_new_against_a_quarter_waits_until_it_is_settled(sign_in, department, officer, head):
    quarter = drawn_audit(department)
    client, url = sign_in(officer), f"{reverse('audits:measure_new')}?quarter={quarter.pk}"
    assert client.get(url).url == reverse("audits:detail", args=[quarter.pk])
    quarter.status = "settled"
    quarter.save()
    assert "制定改进措施" in page(client, "detail", quarter.pk)
    assert client.post(url, form_of(head) | {"clauses": [], "other_clause": CLAUSE}).status_code == 302
    assert Measure.objects.get().quarter == quarter


def test_page_offers_the_owner_to_carry_it_out_and_nothing_else(sign_in, measure, member):
    text = page(sign_in(member), "measure", measure.pk)
    assert reverse("audits:measure_done", args=[measure.pk]) in text
    assert reverse("audits:measure_change", args=[measure.pk]) not in text
    assert reverse("audits:month", args=[measure.audit_id]) not in text


def test_story_from_carrying_out_to_closing_by_another(sign_in, department, measure, officer, member, head):
    send(sign_in(member), "measure_note", measure, text="已通知全科。")
    measure.refresh_from_db()
    send(sign_in(member), "measure_done", measure, text="已培训。", done_on="2026-10-08")
    measure.refresh_from_db()
    assert "还没有已完成的月度质控" in page(sign_in(officer), "measure", measure.pk)
    closed_month(department, officer, month=OCTOBER)
    send(sign_in(officer), "measure_effect", measure, effect="unclear", text="十月未再出现。")
    measure.refresh_from_db()
    send(sign_in(head), "measure_close", measure, text="同意关闭。")
    measure.refresh_from_db()
    assert (measure.status, measure.closed_by) == ("closed", head)
    text = page(sign_in(member), "measure", measure.pk)
    for words in ("已通知全科。", "已培训。", "十月未再出现。", "同意关闭。", "2/3（66.7%）", "0/3（0.0%）"):
        assert words in text


def test_owner_who_may_close_is_told_why_not(sign_in, department, september, officer):
    closed_month(department, officer, month=OCTOBER)
    own = checked_measure(open_measure(september, officer), officer)
    client = sign_in(officer)
    assert "责任人以外的人关闭" in page(client, "measure", own.pk)
    response = send(client, "measure_close", own, text="自己关闭")
    assert response.status_code == 400
    assert "责任人以外的人关闭" in response.content.decode()
    assert Measure.objects.get(pk=own.pk).status == "checked"


def test_act_refused_keeps_what_was_typed(sign_in, measure, member):
    tomorrow = timezone.localdate() + timedelta(days=1)
    response = send(sign_in(member), "measure_done", measure, text="写了很久", done_on=tomorrow.isoformat())
    text = response.content.decode()
    assert response.status_code == 400
    assert "在今天之后" in text
    assert "写了很久" in text


def test_second_window_gets_a_conflict_page(sign_in, measure, member):
    client = sign_in(member)
    send(client, "measure_note", measure, text="第一")
    response = send(client, "measure_note", measure, text="第二个窗口写的")
    assert response.status_code == 409
    assert "第二个窗口写的" in response.content.decode()
    assert measure.entries.count() == 2


def test_carrying_out_by_another_member_is_refused(sign_in, department, measure):
    stranger = people.person("stranger", "书写乙", "member", department)
    assert send(sign_in(stranger), "measure_done", measure, text="x", done_on="2026-10-08").status_code == 404


def test_page_query_count_is_flat(sign_in, department, officer):
    july = closed_month(department, officer, month=date(2026, 7, 1), faulty=1)
    measure = open_measure(july, officer)
    closed_month(department, officer, month=date(2026, 8, 1))
    client, path = sign_in(officer), reverse("audits:measure", args=[measure.pk])
    one = queries(client, path)
    for month in (MONTH, OCTOBER):
        closed_month(department, officer, month=month)
    assert queries(client, path) == one
