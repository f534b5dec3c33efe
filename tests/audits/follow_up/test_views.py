"""The worklist, a case, feedback to one's own reports: pages, forms, home page and privacy."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audits.follow_up.actions.records import take_up_many
from audits.follow_up.models import Feedback, FollowUp
from exporting.register import XLSX
from qcportal.home.tasks.follow_up import follow_up_tasks
from reports.outcomes.models import Outcome
from tests import people
from tests.audits.follow_up.factories import followed, marked
from tests.exports.reading import pdf_text
from tests.factories import make_outcome, make_report
from tests.markup import unwrapped
from trail.models import Event

pytestmark = pytest.mark.django_db
OLD = {"examined_at": datetime(2026, 1, 5, 9), "reported_at": datetime(2026, 1, 5, 11)}
LIST = "audits:follow_ups"


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def numbers(response):
    return [row.record.report.accession_number for row in response.context["table"].rows]


@pytest.fixture
def cases(department, officer, member):
    """A candidate, a case without outcome, one fed back."""
    for number in ("F1", "F2", "F3"):
        report = make_report(department, number, **OLD)
        if number == "F1":
            row = {"is_difficult": True, "examined_on": OLD["examined_at"].date()}
            FollowUp.objects.create(department=department, report=report, **row)
        elif number == "F2":
            marked(report, by=officer)
        else:
            make_outcome(report)
            followed(report, by=officer, recipient=member)
    return {row.report.accession_number: row for row in FollowUp.objects.select_related("report")}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["F1", "F2", "F3"]),
        ("?stage=candidate", ["F1"]),
        ("?stage=outcome", ["F2"]),
        ("?stage=receipt", ["F3"]),
        ("?stage=overdue", ["F2"]),
        ("?stage=complete", []),
        ("?kind=difficult", ["F1"]),
        ("?kind=operated", ["F2", "F3"]),
        ("?q=F2", ["F2"]),
        ("?physician=书写", ["F1", "F2", "F3"]),
        ("?physician=某人", []),
        ("?days=90", ["F1", "F2", "F3"]),
        ("?since=2026-01-06", []),
        ("?system=skeletal", []),
    ],
)
def test_worklist_narrowed_shows_what_was_asked(cases, officer, query, expected):
    assert sorted(numbers(browser(officer).get(reverse(LIST) + query))) == expected


def test_worklist_counts_each_stage_and_links_it(cases, officer):
    page = browser(officer).get(reverse(LIST))
    counts = {code: count for code, _, count in page.context["figures"]}
    assert counts == {
        "candidate": 1, "outcome": 1, "judgement": 0, "feedback": 0, "receipt": 1, "overdue": 1,
        "complete": 0, "excluded": 0,
    }  # fmt: skip
    assert '<a href="?stage=overdue">1</a>' in page.content.decode()


def test_worklist_of_another_department_is_empty(cases, other_department):
    foreign = people.person("foreign", "邻县甲", "qc_officer", other_department)
    page = browser(foreign).get(reverse(LIST))
    assert (page.context["page"].count, "还没有随访病例" in page.content.decode()) == (0, True)


def test_worklist_asks_as_many_queries_for_three_cases_as_for_one(department, officer, member, count_queries):
    client = browser(officer)
    for number in ("F1", "F2", "F3"):
        report = make_report(department, number, **OLD)
        make_outcome(report, text=number)
        followed(report, by=officer, recipient=member)
        if number == "F1":
            client.get(reverse(LIST))
            one = count_queries(lambda: client.get(reverse(LIST)))
    assert count_queries(lambda: client.get(reverse(LIST))) == one


def test_worklist_goes_out_as_a_recorded_workbook_without_names(cases, officer):
    answer = browser(officer).get(reverse(LIST) + "?export=xlsx")
    assert answer["Content-Type"] == XLSX
    assert Event.objects.get(action="audits.export_follow_ups").detail["rows"] == 3


def test_candidates_ticked_are_taken_up(cases, department, officer):
    url = reverse("audits:follow_ups_take")
    client = browser(officer)
    assert "没有选中候选病例" in client.post(url, {"chosen": ["x", "9" * 30]}, follow=True).content.decode()
    client.post(url, {"chosen": [cases["F1"].pk], "confirmed": "1"})
    cases["F1"].refresh_from_db()
    assert (cases["F1"].state, cases["F1"].decided_by) == ("open", officer)


@pytest.fixture
def candidates(department):
    """Two old candidates that would be overdue at once, and one of today."""
    made = []
    for number, at in (("C1", OLD), ("C2", OLD), ("C3", {})):
        now = timezone.localtime().replace(tzinfo=None)
        at = at or {"examined_at": now, "reported_at": now}
        report = make_report(department, number, **at)
        day = at["examined_at"].date()
        made.append(FollowUp.objects.create(department=department, report=report, examined_on=day))
    return made


def states() -> list[str]:
    return list(FollowUp.objects.order_by("pk").values_list("state", flat=True))


def test_whole_page_of_candidates_is_taken_up_after_it_was_said_what_that_brings(candidates, officer):
    url, client = reverse("audits:follow_ups_take"), browser(officer)
    pks = [row.pk for row in candidates]
    asked = client.post(url, {"shown": pks, "whole_page": "1"})
    assert ([row.pk for row in asked.context["found"]], states()) == (pks[::-1], ["candidate"] * 3)
    assert {row.pk for row in asked.context["overdue"]} == set(pks[:2])
    text = unwrapped(asked.content.decode())
    assert "将纳入 <b>3</b> 例" in text
    assert "其中 <b>2</b> 例检查或结局时间较早，一经纳入即为逾期" in text
    client.post(url, {"chosen": pks, "confirmed": "1"})
    assert states() == ["open"] * 3


def test_ticked_candidates_are_asked_about_only_when_some_would_be_overdue(candidates, officer):
    url, client = reverse("audits:follow_ups_take"), browser(officer)
    assert client.post(url, {"chosen": [candidates[2].pk]}).status_code == 302
    assert client.post(url, {"chosen": [candidates[0].pk]}).status_code == 200
    assert states() == ["candidate", "candidate", "open"]


def test_candidates_taken_up_together_are_taken_back_together(candidates, officer):
    client = browser(officer)
    client.post(
        reverse("audits:follow_ups_take"), {"chosen": [row.pk for row in candidates], "confirmed": "1"}
    )
    (offered,) = client.get(reverse(LIST)).context["taken"]
    assert (offered["number"], offered["decided_by__full_name"]) == (3, officer.full_name)
    answer = client.post(
        reverse("audits:follow_ups_take_back"), {"act": str(offered["taken_together"])}, follow=True
    )
    assert "已将 3 例撤回为候选。" in answer.content.decode()
    assert states() == ["candidate"] * 3
    assert FollowUp.objects.filter(decided_by=None, decided_at=None, taken_together=None).count() == 3
    for action in ("audits.take_follow_up", "audits.take_back_follow_up"):
        rows = Event.objects.filter(action=action).order_by("seq").values_list("target_id", flat=True)
        assert list(rows) == [str(row.pk) for row in candidates]
    assert client.get(reverse(LIST)).context["taken"] == []


def test_taken_up_case_on_which_something_was_recorded_is_not_taken_back(candidates, officer):
    client = browser(officer)
    client.post(
        reverse("audits:follow_ups_take"), {"chosen": [row.pk for row in candidates], "confirmed": "1"}
    )
    act = str(client.get(reverse(LIST)).context["taken"][0]["taken_together"])
    make_outcome(candidates[0].report, text="术后病理：错构瘤。")
    FollowUp.objects.filter(pk=candidates[1].pk).update(
        judgement="concordant", error_kind="none", judged_at=timezone.now()
    )
    answer = client.post(reverse("audits:follow_ups_take_back"), {"act": act}, follow=True)
    assert "已将 1 例撤回为候选；2 例已有登记，仍在随访中。" in answer.content.decode()
    assert states() == ["open", "open", "candidate"]


@pytest.mark.parametrize("act", ["", "x", "0" * 32])
def test_taking_back_of_an_unknown_act_changes_nothing(candidates, officer, act):
    take_up_many(FollowUp.objects.all(), by=officer)
    text = browser(officer).post(reverse("audits:follow_ups_take_back"), {"act": act}, follow=True)
    assert "没有可以撤回的病例。" in text.content.decode()
    assert states() == ["open"] * 3


def test_taking_back_leaves_another_department_alone(candidates, officer, other_department):
    foreign = people.person("foreign", "邻县甲", "qc_officer", other_department)
    take_up_many(FollowUp.objects.all(), by=officer)
    act = str(FollowUp.objects.first().taken_together)
    browser(foreign).post(reverse("audits:follow_ups_take_back"), {"act": act})
    assert states() == ["open"] * 3


def test_report_is_taken_up_from_its_own_page(department, officer):
    report = make_report(department, "F7", **OLD)
    client = browser(officer)
    link = reverse("audits:follow_up_new") + "?report=F7"
    assert link in client.get(reverse("reports:detail", args=[report.pk])).content.decode()
    assert 'value="F7"' in client.get(link).content.decode()
    sent = {"accession_number": "F7", "is_operated": "on", "reason": "拟行手术"}
    row_url = client.post(reverse("audits:follow_up_new"), sent)["Location"]
    assert FollowUp.objects.get(report=report).state == "open"
    assert row_url == reverse("audits:follow_up", args=[FollowUp.objects.get().pk])


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"accession_number": "NONE", "is_operated": "on", "reason": "拟"}, "没有检查号为“NONE”的报告"),
        ({"accession_number": "F7", "reason": "拟"}, "至少选择手术病例、疑难病例中的一种"),
        ({"accession_number": "F7", "is_operated": "on"}, "请写明理由"),
    ],
)
def test_report_taken_up_with_gaps_is_refused_in_words(department, officer, sent, words):
    make_report(department, "F7", **OLD)
    answer = browser(officer).post(reverse("audits:follow_up_new"), sent)
    assert (answer.status_code, words in answer.content.decode()) == (400, True)


def test_one_form_records_outcome_judgement_and_feedback(cases, officer, member):
    row = cases["F2"]
    page = browser(officer).get(reverse("audits:follow_up", args=[row.pk])).content.decode()
    assert "还没有手术或随访结局（期限 2026-04-05，已逾期）" in page
    sent = {
        "version": row.version,
        "kind": "surgical_pathology",
        "observed_on": "2026-01-12",
        "text": "受检甲：肺腺癌",
        "judgement": "discordant",
        "error_kind": "misdiagnosed",
        "note": "误为错构瘤",
        "recipient": member.pk,
        "message": "请复阅图像",
    }
    assert browser(officer).post(reverse("audits:follow_up_record", args=[row.pk]), sent).status_code == 302
    assert Outcome.objects.get(report=row.report).text == "受检甲：肺腺癌"
    page = browser(officer).get(reverse("audits:follow_up", args=[row.pk])).content.decode()
    assert [
        w for w in ("不符合", "误诊", "误为错构瘤", "请复阅图像", "受**：肺腺癌", "待签收") if w not in page
    ] == []
    assert "受检甲" not in page


def test_message_offered_is_not_sent_before_there_is_a_judgement(cases, officer):
    row = cases["F2"]
    url = reverse("audits:follow_up_record", args=[row.pk])
    form = browser(officer).get(reverse("audits:follow_up", args=[row.pk])).context["record_form"]
    sent = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    sent |= {"kind": "biopsy", "observed_on": "2026-01-12", "text": "错构瘤"}
    assert browser(officer).post(url, sent).status_code == 302
    assert Feedback.objects.filter(follow_up=row).count() == 0
    row.refresh_from_db()
    given = sent | {
        "version": row.version,
        "kind": "",
        "observed_on": "",
        "text": "",
        "judgement": "concordant",
    }
    assert browser(officer).post(url, given).status_code == 302
    assert Feedback.objects.filter(follow_up=row).count() == 1


def test_form_on_a_version_saved_meanwhile_gets_the_conflict_page(cases, officer):
    row = cases["F2"]
    marked(row.report, by=None, reason="另一人的标记")
    url = reverse("audits:follow_up_exclude", args=[row.pk])
    answer = browser(officer).post(url, {"version": row.version, "reason": "我的理由"})
    assert (answer.status_code, "我的理由" in answer.content.decode()) == (409, True)
    row.refresh_from_db()
    assert row.state == "open"


def test_own_feedback_is_shown_to_its_recipient_and_to_no_other_member(cases, member, department):
    other = people.person("member2", "别人甲", "member", department)
    one = Feedback.objects.get()
    url = reverse("audits:my_feedback_one", args=[one.pk])
    page = browser(member).get(reverse("audits:my_feedback")).content.decode()
    assert ("F3" in page, "1 条待签收" in page) == (True, True)
    assert "F3" not in browser(other).get(reverse("audits:my_feedback")).content.decode()
    assert [browser(user).get(url).status_code for user in (member, other)] == [200, 404]
    shown = browser(member).get(url).content.decode()
    assert ("术后病理：肺错构瘤。" in shown, "符合" in shown, "受检甲" in shown) == (True, True, False)


def test_own_feedback_confirmed_is_read_with_name_and_time(cases, member, officer):
    one = Feedback.objects.get()
    url = reverse("audits:my_feedback_confirm", args=[one.pk])
    assert browser(member).post(url, {"reply": "同意"}).status_code == 302
    one.refresh_from_db()
    assert (one.read_by, one.reply) == (member, "同意")
    page = browser(officer).get(reverse("audits:follow_up", args=[one.follow_up_id])).content.decode()
    assert ("已签收" in page, "医师意见：同意" in page) == (True, True)
    again = browser(member).post(url, {"reply": "再来"}, follow=True).content.decode()
    assert "这条反馈已经签收过" in again


def test_own_feedback_asks_as_many_queries_for_three_as_for_one(department, officer, member, count_queries):
    client, url = browser(member), reverse("audits:my_feedback")
    for number in ("F1", "F2", "F3"):
        report = make_report(department, number, **OLD)
        make_outcome(report, text=number)
        followed(report, by=officer, recipient=member)
        if number == "F1":
            client.get(url)
            one = count_queries(lambda: client.get(url))
    assert count_queries(lambda: client.get(url)) == one


def test_home_page_says_what_follow_up_asks(cases, officer, member, assessor):
    from django.utils import timezone

    def asked(user):
        return [(task.word, task.text) for task in follow_up_tasks(user, timezone.localdate())]

    assert asked(officer) == [("逾期", "1 例随访记录逾期未完成"), ("待办", "1 例候选病例待确认是否随访")]
    assert asked(member) == [("待签收", "1 条随访反馈待我签收")]
    assert asked(assessor) == []
    assert "1 条随访反馈待我签收" in browser(member).get(reverse("home")).content.decode()


def test_register_prints_the_period_asked_and_says_why_it_cannot(cases, officer):
    client, url = browser(officer), reverse("audits:follow_up_register")
    answer = client.get(url, {"since": "2026-01-01", "until": "2026-01-31"})
    assert answer["Content-Type"] == "application/pdf"
    text = pdf_text(answer.content)
    assert ("F2" in text, "F3" in text, "F1" in text, "受检甲" in text) == (True, True, False, False)
    for query, words in (
        ({"since": "2026-02-01", "until": "2026-01-01"}, "请填写检查日期的首日和末日"),
        ({}, "请填写检查日期的首日和末日"),
        ({"since": "2025-01-01", "until": "2025-02-01"}, "没有纳入随访的病例"),
    ):
        assert words in client.get(url, query, follow=True).content.decode()


def test_candidates_are_sought_by_the_button(department, officer):
    make_report(department, "F8", impression="性质待定。")
    client = browser(officer)
    assert "尚未筛查" in client.get(reverse(LIST)).content.decode()
    page = client.post(reverse("audits:follow_ups_gather"), follow=True)
    assert "新增 1 例候选" in page.content.decode()
    assert numbers(page) == ["F8"]
