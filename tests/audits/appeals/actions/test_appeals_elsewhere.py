"""Appeals against a month's problems and against a confirmed finding."""

import pytest

from audits.appeals.actions.appeals import acknowledge, lodge_appeal
from audits.appeals.models import Appeal
from audits.appeals.queries.own_findings import own_findings, ruled_problems, unread_findings, waiting_count
from audits.conflicts import RefusedError
from audits.judging.domain.appeals import Subject
from audits.monthly.actions.checking import check_case
from audits.monthly.actions.months import close_month, reopen_month
from audits.monthly.models import MonthlyFault
from audits.monthly.queries.results import month_result
from reports.findings.actions.rulings import rule_finding
from reports.findings.models import Finding
from tests import people
from tests.audits.appeals.factories import REASON, assigned, decided, writer
from tests.audits.monthly.factories import FAULT, cases_of, check_all, closed_month, drawn_month
from tests.factories import make_report
from tests.reports.findings.factories import make_finding


@pytest.fixture
def second(department):
    return people.second_assessor(department)


@pytest.fixture
def physician(department):
    """Whose name the factories' reports bear."""
    return writer(department, "physician", "书写甲")


@pytest.fixture
def month(department, officer):
    return closed_month(department, officer, faulty=2)


@pytest.fixture
def finding(department, officer):
    made = make_finding(make_report(department), "类圆形结节")
    return rule_finding(made, verdict="confirm", version=made.version, by=officer)


def appeal_month(case, by):
    return lodge_appeal(Subject.MONTHLY, case.pk, reason=REASON, by=by)


def test_month_is_seen_once_it_is_closed(department, officer, physician):
    audit = check_all(drawn_month(department, officer), officer, faulty=1)
    assert ruled_problems(physician) == []
    close_month(audit, summary="抽查3份，1份有问题。", version=audit.version, by=officer)
    (problem,) = ruled_problems(physician)
    assert (problem.subject, problem.source, problem.codes, problem.summary) == (
        Subject.MONTHLY,
        "2026年9月月度质控 第1份",
        ("6.4.3.2",),
        "未指明参照组织",
    )


def test_month_upheld_appeal_leaves_the_figures_and_keeps_the_row(month, physician, officer, second):
    first = cases_of(month)[0]
    assert month_result(month).faulty.part == 2
    appeal = decided(assigned(appeal_month(first, physician), second, officer))
    result = month_result(month)
    assert (result.faulty.part, result.problems) == (1, 1)
    assert MonthlyFault.objects.filter(case=first).count() == 1
    assert appeal.change == "有问题 → 未见问题"


def test_month_appeal_upheld_for_one_of_two_problems_leaves_the_other(department, officer, physician, second):
    audit = drawn_month(department, officer)
    check_all(audit, officer)
    case = cases_of(audit)[0]
    another = type(FAULT)(clause="6.4.2.1", reason="未描述。")
    check_case(case, verdict="nonconforming", faults=[FAULT, another], version=case.version, by=officer)
    audit.refresh_from_db()
    close_month(audit, summary="1份有问题。", version=audit.version, by=officer)
    faults = list(case.faults.order_by("pk"))
    appeal = lodge_appeal(Subject.MONTHLY, case.pk, reason=REASON, by=physician, faults=[faults[0].pk])
    appeal = decided(assigned(appeal, second, officer))
    assert [fault.clause for fault in month_result(audit).faults[case.pk]] == ["6.4.2.1"]
    assert appeal.change == "部分更正，仍为“有问题”"


def test_month_appealed_case_is_closed_to_its_judge(month, physician, officer):
    appeal = appeal_month(cases_of(month)[0], physician)
    month = reopen_month(month, reason="小结有误", version=month.version, by=officer)
    case = cases_of(month)[0]
    with pytest.raises(RefusedError, match=f"第{appeal.pk}号申诉正在处理"):
        check_case(case, verdict="conforming", version=case.version, by=officer)


def test_month_judge_may_not_decide(month, physician, officer):
    officer.role_grants.create(role="assessor", department=month.department)
    appeal = appeal_month(cases_of(month)[0], physician)
    with pytest.raises(RefusedError, match="复核人不能是原评审人"):
        assigned(appeal, officer, officer)


def test_finding_waits_once_it_is_confirmed(department, officer, physician):
    made = make_finding(make_report(department), "类圆形结节")
    assert (own_findings(physician).count(), unread_findings(physician).count()) == (1, 0)
    acknowledge(Subject.FINDING, made.pk, by=physician)
    rule_finding(made, verdict="confirm", version=made.version, by=officer)
    assert (unread_findings(physician).count(), waiting_count(physician)) == (1, 1)
    acknowledge(Subject.FINDING, made.pk, by=physician)
    assert waiting_count(physician) == 0


def test_finding_not_confirmed_cannot_be_appealed(department, physician):
    made = make_finding(make_report(department), "类圆形结节")
    with pytest.raises(RefusedError, match="尚未由质控员确认"):
        lodge_appeal(Subject.FINDING, made.pk, reason=REASON, by=physician)
    assert not Appeal.objects.exists()


def test_finding_upheld_appeal_dismisses_it_with_the_reason(finding, physician, officer, second):
    appeal = lodge_appeal(Subject.FINDING, finding.pk, reason=REASON, by=physician)
    appeal = decided(assigned(appeal, second, officer))
    finding = Finding.objects.get()
    assert (finding.state, finding.ruled_by, finding.ruling_reason) == (
        "dismissed",
        second,
        f"第{appeal.pk}号申诉成立：参照组织已写明，问题不成立。",
    )
    assert (appeal.change, own_findings(physician).count()) == ("已确认 → 已驳回", 1)
    assert unread_findings(physician).count() == 1
    acknowledge(Subject.FINDING, finding.pk, by=physician)
    assert unread_findings(physician).count() == 0


@pytest.mark.parametrize("verdict", ["confirm", "reopen", "dismiss"])
def test_finding_dismissed_by_an_appeal_is_not_ruled_again(finding, physician, officer, second, verdict):
    decided(assigned(lodge_appeal(Subject.FINDING, finding.pk, reason=REASON, by=physician), second, officer))
    settled = Finding.objects.get()
    with pytest.raises(RefusedError, match="已由申诉复核裁定"):
        rule_finding(settled, verdict=verdict, version=settled.version, by=officer)
    assert (Finding.objects.get().state, Finding.objects.get().version) == ("dismissed", settled.version)


def test_finding_rejected_appeal_may_be_ruled_again(finding, physician, officer, second):
    appeal = lodge_appeal(Subject.FINDING, finding.pk, reason=REASON, by=physician)
    decided(assigned(appeal, second, officer), upheld=False)
    kept = Finding.objects.get()
    assert rule_finding(kept, verdict="dismiss", version=kept.version, by=officer).state == "dismissed"


def test_finding_rejected_appeal_is_read_anew(finding, physician, officer, second):
    acknowledge(Subject.FINDING, finding.pk, by=physician)
    appeal = lodge_appeal(Subject.FINDING, finding.pk, reason=REASON, by=physician)
    assert unread_findings(physician).count() == 0
    decided(assigned(appeal, second, officer), upheld=False)
    assert unread_findings(physician).count() == 1


def test_finding_who_confirmed_it_may_not_decide(finding, physician, officer):
    officer.role_grants.create(role="assessor", department=finding.department)
    appeal = lodge_appeal(Subject.FINDING, finding.pk, reason=REASON, by=physician)
    with pytest.raises(RefusedError, match="复核人不能是原评审人"):
        assigned(appeal, officer, officer)


def test_finding_on_anothers_report_is_not_seen(finding, department):
    other = people.person("other", "书写丑", "member", department)
    operator = people.person("operator", "技师丙", "member", department)
    assert [own_findings(user).count() for user in (other, operator)] == [0, 0]
