"""文本规则: what each rule says and how far it is trusted; switches, restoring, and checking again."""

import pytest
from django.urls import reverse

from reports.archive.models import Report
from reports.findings.actions import rechecking
from reports.findings.actions.rulings import rule_finding
from reports.findings.models import CheckRun, Finding, RuleSetting, RuleStanding
from reports.findings.rule_texts import rule_cards
from reports.imports.models import ImportSource
from tests.factories import make_report
from tests.markup import unwrapped
from tests.reports.findings.factories import NO_TISSUE, PLACEHOLDER, make_finding
from tests.web.forms_read import version_on
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _jobs_at_once(monkeypatch):
    # The test's own transaction never commits: what waits for the commit is done where it is asked for.
    monkeypatch.setattr(rechecking.transaction, "on_commit", lambda job: job())


def rules(response):
    return [row.card.code for row in response.context["rows"]]


def url(name, code=NO_TISSUE):
    return reverse(f"reports:{name}", args=[code])


def switch(client, code=NO_TISSUE, **given):
    """Switch the rule off in the department, or as `given` says, on the version the page shows."""
    version = version_on(client, url("rule", code), url("rule_switch", code), source="")
    return client.post(url("rule_switch", code), {"enabled": "0", "source": "", "version": version} | given)


def judged(report, officer, confirmed, dismissed, **fields):
    for i in range(confirmed + dismissed):
        verdict = "confirm" if i < confirmed else "dismiss"
        rule_finding(make_finding(report, "结节", **fields), verdict=verdict, version=0, by=officer)


def test_rule_list_has_every_rule_in_the_order_of_the_clauses(sign_in, head, department):
    response = sign_in(head).get(reverse("reports:rules"))
    assert rules(response) == list(rule_cards())
    assert "无数据" in response.content.decode()


@pytest.mark.parametrize("code", list(rule_cards()))
def test_rule_page_shows_clause_examples_and_what_it_looks_at(sign_in, head, department, code):
    card = rule_cards()[code]
    response = sign_in(head).get(url("rule", code))
    text = response.content.decode()
    assert response.status_code == 200
    assert reverse("standards:clause", args=[card.clause.number]) in text
    assert response.context["row"].card.check.example_violating == card.check.example_violating


@pytest.mark.parametrize(
    ("query", "among", "not_among"),
    [
        ({"q": "参照组织"}, NO_TISSUE, PLACEHOLDER),
        ({"q": "6.1.1"}, PLACEHOLDER, NO_TISSUE),
        ({"force": "should"}, None, NO_TISSUE),
        ({"severity": "suspect"}, NO_TISSUE, PLACEHOLDER),
        ({"shown": "off"}, PLACEHOLDER, NO_TISSUE),
        ({"shown": "unjudged"}, PLACEHOLDER, NO_TISSUE),
        ({"shown": "low"}, NO_TISSUE, PLACEHOLDER),
        ({"shown": "demoted"}, None, NO_TISSUE),
        ({"shown": "no-such"}, NO_TISSUE, None),
    ],
)
def test_rule_list_narrowed_shows_what_fits(sign_in, officer, department, query, among, not_among):
    judged(make_report(department), officer, 1, 2)
    client = sign_in(officer)
    switch(client, code=PLACEHOLDER, reason="模板已改")
    found = rules(client.get(reverse("reports:rules"), query))
    assert among is None or among in found
    assert not_among not in found


def test_rule_list_sorts_by_measured_precision_unjudged_last(sign_in, officer, department):
    report = make_report(department)
    judged(report, officer, 1, 2)
    judged(report, officer, 1, 0, code=PLACEHOLDER, clause="6.1.1")
    found = rules(sign_in(officer).get(reverse("reports:rules"), {"sort": "precision"}))
    assert found[:2] == [NO_TISSUE, PLACEHOLDER]


def test_rule_list_asks_equally_often_with_one_and_three_judged_rules(
    sign_in, officer, department, django_assert_num_queries, count_queries
):
    report, client = make_report(department), sign_in(officer)
    judged(report, officer, 1, 0)
    client.get(reverse("reports:rules"))
    once = count_queries(lambda: client.get(reverse("reports:rules")))
    judged(report, officer, 1, 1, code=PLACEHOLDER, clause="6.1.1")
    judged(report, officer, 0, 1, code="6.5.3/no-location", clause="6.5.3")
    with django_assert_num_queries(once):
        client.get(reverse("reports:rules"))


def test_rule_page_tells_precision_with_interval_and_opens_to_its_rows(sign_in, officer, department):
    judged(make_report(department), officer, 3, 1)
    client = sign_in(officer)
    text = client.get(url("rule")).content.decode()
    assert "75.0%" in text
    assert "95%区间 30%–95%" in text
    rows = client.get(reverse("reports:findings"), {"code": NO_TISSUE, "state": "judged"})
    assert len(rows.context["table"].rows) == 4


def test_rule_page_of_no_rule_is_not_found(sign_in, officer, department):
    assert sign_in(officer).get("/reports/rules/6.9/no-such/").status_code == 404


def test_rule_switched_off_by_officer_stops_speaking_and_says_who_and_why(sign_in, officer, department):
    client = sign_in(officer)
    response = switch(client, reason="试用期")
    assert response["Location"] == url("rule")
    setting = RuleSetting.objects.get()
    assert (setting.enabled, setting.source, setting.reason, setting.set_by) == (
        False,
        None,
        "试用期",
        officer,
    )
    text = client.get(url("rule")).content.decode()
    assert "测一鸣" in text
    assert "试用期" in text
    assert Event.objects.filter(action="reports.switch_rule").count() == 1


def test_rule_switched_off_for_one_source_stays_on_elsewhere(sign_in, officer, department):
    source = ImportSource.objects.create(department=department, name="旧RIS")
    switch(sign_in(officer), source=str(source.pk), reason="丢换行")
    row = sign_in(officer).get(url("rule")).context["row"]
    assert [(switch.name, switch.enabled) for switch in row.switches] == [
        ("全科", True),
        ("来源“旧RIS”", False),
    ]
    assert row.state == ("due", "1个来源停用")


@pytest.mark.parametrize(
    "sent",
    [{"reason": ""}, {"enabled": "2"}, {"source": "999999"}, {"source": "x"}, {"reason": "长" * 301}],
)
def test_switch_that_cannot_be_is_refused_in_words(sign_in, officer, department, sent):
    response = switch(sign_in(officer), **{"reason": "试用"} | sent)
    assert response.status_code == 400
    assert response.context["switch_problem"]
    assert not RuleSetting.objects.exists()


def test_source_of_another_department_cannot_be_switched(sign_in, officer, department, other_department):
    theirs = ImportSource.objects.create(department=other_department, name="邻县")
    assert switch(sign_in(officer), source=str(theirs.pk), reason="试用").status_code == 400
    assert not RuleSetting.objects.exists()


def test_demoted_rule_says_so_and_is_restored_with_a_reason(sign_in, officer, department):
    judged(make_report(department), officer, 10, 10)
    client = sign_in(officer)
    assert "自动降为提示：当时核对 20 条，确认 10 条" in unwrapped(client.get(url("rule")).content.decode())
    assert client.post(url("rule_restore"), {"reason": " "}).status_code == 400
    assert client.post(url("rule_restore"), {"reason": "词表已修正"})["Location"] == url("rule")
    assert RuleStanding.objects.get().demoted_to_note is False
    text = client.get(url("rule")).content.decode()
    assert "词表已修正" in text
    assert "无数据" in text


def test_head_sees_the_rules_and_changes_none(sign_in, head, department):
    client = sign_in(head)
    assert "停用须写明理由" not in client.get(url("rule")).content.decode()
    assert client.post(url("rule_switch"), {"enabled": "0", "reason": "试用"}).status_code == 403
    assert client.post(reverse("reports:recheck")).status_code == 403


# --- checking again --------------------------------------------------------------------------------


def test_reports_not_yet_read_are_announced_and_checked_from_the_banner(sign_in, officer, head, department):
    make_report(department, findings="右肺见结节，大小XX。")
    asked = "有报告还没有按现行规则检查"
    assert "请质控员重新检查" in sign_in(head).get(reverse("reports:findings")).content.decode()
    client = sign_in(officer)
    assert asked in client.get(reverse("reports:findings")).content.decode()
    response = client.post(reverse("reports:recheck"))
    run = CheckRun.objects.get()
    assert response["Location"] == reverse("reports:check_run", args=[run.pk])
    assert (run.status, run.asked_by, Report.objects.get().rules_version > 0) == ("done", officer, True)
    assert asked not in client.get(reverse("reports:findings")).content.decode()


def test_run_page_tells_what_changed_by_rule(sign_in, officer, department):
    make_report(department, findings="右肺见结节，大小XX。")
    client = sign_in(officer)
    page = client.get(client.post(reverse("reports:recheck"), {"everything": "1"})["Location"])
    found = {line["code"]: (line["added"], line["gone"]) for line in page.context["lines"]}
    assert found[PLACEHOLDER] == (1, 0)
    again = client.get(client.post(reverse("reports:recheck"), {"everything": "1"})["Location"])
    assert again.context["lines"] == []
    assert again.context["untouched"] == len(found)
    assert "没有变化" in again.content.decode()
    assert Finding.objects.filter(code=PLACEHOLDER).count() == 1


def test_run_under_way_shows_progress_and_then_reloads(sign_in, officer, department):
    run = CheckRun.objects.create(department=department, rules_version=1, status="running", progress_total=10)
    client, address = sign_in(officer), reverse("reports:check_run", args=[run.pk])
    assert "hx-trigger" in client.get(address).content.decode()
    assert "正在按" in client.get(reverse("reports:findings")).content.decode()
    htmx = {"HX-Request": "true"}
    assert "HX-Refresh" not in client.get(address, headers=htmx).headers
    CheckRun.objects.update(status="done")
    assert client.get(address, headers=htmx).headers["HX-Refresh"] == "true"


def test_run_of_another_department_does_not_exist(sign_in, officer, other_department):
    run = CheckRun.objects.create(department=other_department, rules_version=1, status="done")
    assert sign_in(officer).get(reverse("reports:check_run", args=[run.pk])).status_code == 404
