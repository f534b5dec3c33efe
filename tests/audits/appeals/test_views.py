"""我的报告问题 and 申诉 on their pages: mine, not theirs; who decides; what the sheet then says."""

import pytest
from django.urls import reverse

from audits.appeals.models import Acknowledgement, Appeal
from audits.judging.domain.appeals import Subject
from reports.readings.models import Reading
from tests import people
from tests.audits.appeals.factories import REASON, appealed, assigned, decided, settled_case, writer
from tests.audits.factories import AGREES
from tests.markup import unwrapped
from tests.stories import made_once
from trail.models import Event

pytestmark = pytest.mark.django_db


@made_once
def case(department, assessor):
    return settled_case(department, assessor, discordant=True)


@pytest.fixture
def physician(department):
    return writer(department)


@pytest.fixture
def second(department):
    return people.second_assessor(department)


def page_of(case):
    return reverse("audits:own_one", args=["case", case.pk])


def test_own_page_lists_the_settled_rulings_without_the_assessor(sign_in, physician, case):
    text = sign_in(physician).get(reverse("audits:own")).content.decode()
    for words in (
        "2026年第3季度 第1份",
        "未指明参照组织",
        "与结局不符合：结局为另一种疾病",
        "6.4.3.2",
        "待确认",
    ):
        assert words in text
    assert "评一" not in text


def test_own_report_shows_clause_reason_and_how_to_write_it(sign_in, physician, case):
    text = unwrapped(sign_in(physician).get(page_of(case)).content.decode())
    for words in (
        "未指明参照组织。",
        "如何写对",
        "符合的写法",
        "判定：<b>不符合（误诊）</b>",
        "术后病理：肺错构瘤。",
    ):
        assert words in text
    assert ("评一" in text, "受检甲" in text) == (False, False)
    rows = Reading.objects.values_list("user__username", "report_id", "through")
    assert list(rows) == [(physician.username, case.report_id, "audits.case")]


def test_own_report_of_another_is_not_found_and_leaves_a_trail(sign_in, department, case):
    other = people.person("other", "书写丑", "member", department)
    client = sign_in(other)
    assert client.get(page_of(case)).status_code == 404
    assert client.post(reverse("audits:own_appeal", args=["description", case.pk])).status_code == 404
    refusals = Event.objects.filter(action="access.refused", actor_id=other.pk)
    assert refusals.filter(target_type="audits.case", target_id=str(case.pk)).count() == 2


def test_own_page_of_another_is_empty_and_says_so(sign_in, department, case):
    other = people.person("other", "书写丑", "member", department)
    text = sign_in(other).get(reverse("audits:own")).content.decode()
    assert "您的报告没有问题记录" in text
    assert "6.4.3.2" not in text


def test_acknowledge_by_button_takes_it_from_the_list_of_waiting(sign_in, physician, case):
    client = sign_in(physician)
    answer = client.post(reverse("audits:own_acknowledge", args=["description", case.pk]))
    assert answer["Location"] == page_of(case)
    assert Acknowledgement.objects.get().user == physician
    context = client.get(reverse("audits:own")).context
    assert [problem.subject for problem in context["waiting"]] == [Subject.CONCLUSION]
    assert [problem.subject for problem in context["done"]] == [Subject.DESCRIPTION]


def test_appeal_by_form_is_lodged_and_shown(sign_in, physician, case):
    client = sign_in(physician)
    fault = case.reviews.get().faults.get()
    url = reverse("audits:own_appeal", args=["description", case.pk])
    answer = client.post(url, {"reason": REASON, "faults": [fault.pk]}, follow=True)
    assert "申诉处理中" in answer.content.decode()
    assert Appeal.objects.get().reason == REASON


def test_appeal_without_reason_shows_the_form_again(sign_in, physician, case):
    fault = case.reviews.get().faults.get()
    url = reverse("audits:own_appeal", args=["description", case.pk])
    answer = sign_in(physician).post(url, {"reason": "", "faults": [fault.pk]})
    assert answer.status_code == 400
    assert "申诉请写明理由" in answer.content.decode()
    assert not Appeal.objects.exists()


def test_appeal_is_given_to_one_who_may_decide(sign_in, officer, physician, case, second, assessor):
    appeal = appealed(case, physician)
    client = sign_in(officer)
    url = reverse("audits:appeal", args=[appeal.pk])
    text = client.get(url).content.decode()
    assert "评一：复核人不能是原评审人" in text
    assign = reverse("audits:appeal_assign", args=[appeal.pk])
    assert client.post(assign, {"version": 1, "assessor": assessor.pk}).status_code == 400
    assert client.post(assign, {"version": 1, "assessor": second.pk})["Location"] == url
    assert client.post(assign, {"version": 1, "assessor": second.pk}).status_code == 409
    assert Appeal.objects.get().assessor == second


def test_decision_page_is_the_assigned_assessors_alone(
    sign_in, officer, physician, case, second, assessor, client
):
    appeal = assigned(appealed(case, physician), second, officer)
    decide = reverse("audits:appeal_decide", args=[appeal.pk])
    data = {"version": appeal.version, "verdict": "rejected", "reason": "维持。"}
    assert sign_in(assessor).post(decide, data).status_code == 404
    assert sign_in(assessor).get(reverse("audits:appeal", args=[appeal.pk])).status_code == 404
    assert sign_in(second).post(decide, data).status_code == 302
    assert Appeal.objects.get().state == "rejected"


def test_decision_upheld_strikes_what_was_ticked(sign_in, officer, physician, case, second):
    appeal = assigned(appealed(case, physician), second, officer)
    data = {"version": appeal.version, "verdict": "upheld", "reason": "参照组织已写明。"}
    decide = reverse("audits:appeal_decide", args=[appeal.pk])
    client = sign_in(second)
    refused = client.post(decide, data)
    assert (refused.status_code, "至少撤销一项" in refused.content.decode()) == (400, True)
    client.post(decide, data | {"struck": [appeal.faults.get().pk]})
    text = sign_in(physician).get(page_of(case)).content.decode()
    assert ("申诉成立" in text, "不规范 → 规范" in text, "评二" in text) == (True, True, False)


def test_decision_on_a_conclusion_asks_for_a_new_judgement(sign_in, officer, physician, case, second):
    appeal = assigned(appealed(case, physician, Subject.CONCLUSION), second, officer)
    data = {"version": appeal.version, "verdict": "upheld", "reason": "首选诊断与结局一致。"}
    decide = reverse("audits:appeal_decide", args=[appeal.pk])
    client = sign_in(second)
    assert client.post(decide, data).status_code == 400
    ruled = {name: AGREES[name] for name in ("localisation", "characterisation", "error_kind", "judgement")}
    assert client.post(decide, data | ruled).status_code == 302
    assert Appeal.objects.get().change == "不符合 → 符合"


def test_withdraw_by_button(sign_in, physician, case):
    appeal = appealed(case, physician)
    client = sign_in(physician)
    client.post(reverse("audits:appeal_withdraw", args=[appeal.pk]), {"version": appeal.version})
    assert Appeal.objects.get().state == "withdrawn"


@pytest.mark.parametrize("who", ["officer", "head"])
def test_appeals_list_is_the_departments_for_who_oversees(request, sign_in, who, physician, case):
    appeal = appealed(case, physician)
    text = sign_in(request.getfixturevalue(who)).get(reverse("audits:appeals")).content.decode()
    assert (f"第{appeal.pk}号" in text, "书写子" in text) == (True, True)


def test_appeals_list_is_only_ones_own_for_a_member(sign_in, department, physician, case):
    appeal = appealed(case, physician)
    other = people.person("other", "书写丑", "member", department)
    url = reverse("audits:appeals")
    assert f"第{appeal.pk}号" in sign_in(physician).get(url).content.decode()
    assert "还没有申诉" in sign_in(other).get(url).content.decode()
    assert sign_in(other).get(reverse("audits:appeal", args=[appeal.pk])).status_code == 404


def test_home_counts_what_waits(sign_in, physician, case, officer, second):
    assert "2 项对我的报告的评定待确认" in sign_in(physician).get("/").content.decode()
    appeal = appealed(case, physician)
    assert "1 件申诉待分配复核人" in sign_in(officer).get("/").content.decode()
    assigned(appeal, second, officer)
    assert f"第{appeal.pk}号申诉待我复核" in sign_in(second).get("/").content.decode()


@pytest.mark.parametrize("page", ["own", "appeals"])
def test_lists_cost_the_same_for_one_and_three(
    sign_in, department, assessor, physician, count_queries, page, django_assert_num_queries
):
    from tests.audits.factories import assigned_audit, judge, reviews_of

    audit = assigned_audit(department, [assessor], n=3, reporting_physician="书写子")
    for place, review in enumerate(reviews_of(audit)):
        judge(review, faulty=place < 1)
    cases = list(audit.cases.order_by("position"))
    appealed(cases[0], physician)
    client = sign_in(physician)
    client.get(reverse(f"audits:{page}"))
    once = count_queries(lambda: client.get(reverse(f"audits:{page}")))
    for review in reviews_of(audit)[1:]:
        judge_again(review)
    for case in cases[1:]:
        appealed(case, physician)
    with django_assert_num_queries(once):
        client.get(reverse(f"audits:{page}"))


def judge_again(review):
    from audits.judging.actions.rulings import rule_description
    from tests.audits.factories import FAULT

    rule_description(
        review,
        verdict="nonconforming",
        faults=[FAULT],
        reopened_reason="再看",
        version=review.version,
        by=review.assessor,
    )


def test_case_decided_upheld_tells_its_story_in_the_trail(physician, officer, second, case):
    decided(assigned(appealed(case, physician), second, officer))
    told = Event.objects.filter(target_type="audits.appeal").order_by("seq")
    assert list(told.values_list("action", "actor_name")) == [
        ("audits.lodge_appeal", "书写子"),
        ("audits.assign_appeal", "测一鸣"),
        ("audits.decide_appeal", "评二"),
    ]
