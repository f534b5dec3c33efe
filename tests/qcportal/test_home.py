"""工作台: each role sees what waits for it, figures open to their rows, and nothing grows with the rows."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.sampling.models import Audit
from qcportal.home import page as contexts
from qcportal.home import quarter as quarter_module
from qcportal.home.packets import Packet
from qcportal.home.page import OwnReports, home_of
from qcportal.home.quarter import Past, quarter_at_hand
from qcportal.home.tasks.task import Task
from reports.imports.models import ImportBatch, ImportSource
from reports.outcomes.models import Outcome
from scoring.downloads.models import PacketGrant
from scoring.sheets.domain.score import score_sheet
from scoring.sheets.domain.sheet_input import Sample, SheetInput
from scoring.sheets.models import Sheet
from standards.loader import current_edition
from tests.audits.factories import DIFFERS, assigned_audit, drawn_audit, judge, planned_audit, reviews_of
from tests.factories import make_outcome, make_report
from tests.reports.findings.factories import make_finding
from tests.scoring.tampering import tamper
from trail.chain import record

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _november(monkeypatch):
    """The last ended quarter is 2026's third, which the factories fill."""
    monkeypatch.setattr(contexts.timezone, "localdate", lambda value=None: timezone_day(value))


def timezone_day(value=None):
    return TODAY if value is None else timezone.localtime(value).date()


@pytest.fixture
def home(rf):
    """home(user) -> the value of that user's home page."""

    def _home(user):
        request = rf.get("/")
        request.user, request.session = user, {}
        return home_of(request)

    return _home


def batch(department, status, name="九月.csv"):
    source, _ = ImportSource.objects.get_or_create(department=department, name="RIS导出")
    return ImportBatch.objects.create(
        department=department, source=source, kind="reports", status=status, file_name=name, size=1
    )


def signed(department, user, *, end: date, total: int = 29, verdict: str = "pass") -> Sheet:
    """A signed sheet of a settled quarter, without cases."""
    now = timezone.now()
    audit = Audit.objects.create(
        department=department,
        label=f"{end.year}年第{end.month // 3}季度",
        window_start=end - timedelta(days=90),
        window_end=end,
        cut_off_on=end,
        edition=current_edition().id,
        status=Audit.Status.SETTLED,
        seed="s",
        pool_hash="x",
        drawn_at=now,
    )
    sheet = Sheet.objects.create(
        audit=audit,
        status=Sheet.Status.SIGNED,
        edition=audit.edition,
        hospital_level="tertiary",
        submitted_by=user,
        submitted_at=now,
        signed_by=user,
        signed_at=now,
        total=total,
        verdict=verdict,
        content={},
        content_hash="x",
    )
    detail = {"number": 1, "total": total, "verdict": verdict, "hash": "x"}
    record("scoring.sign", by=user, target=sheet, detail=detail)
    return sheet


def test_quarter_without_audit_asks_to_open_one(department, officer, home):
    found = home(officer)
    assert found.quarter.label == "2026年第3季度"
    assert [(s.label, s.state) for s in found.quarter.steps] == [
        ("报告导入", "current"),
        ("结局登记", "todo"),
        ("抽样", "todo"),
        ("评审", "todo"),
        ("评分表", "todo"),
        ("签发", "todo"),
        ("迎检包", "todo"),
    ]
    assert found.tasks == (Task("due", "待办", "2026年第3季度尚未抽样", reverse("audits:new"), "建立抽样"),)


def test_quarter_planned_asks_to_draw(department, officer, home):
    planned_audit(department)
    assert [task.text for task in home(officer).tasks] == ["2026年第3季度已建立，待抽取"]


def test_quarter_drawn_without_assessors_asks_to_assign(department, officer, head, home):
    drawn_audit(department)
    late = "月度质控逾期未完成：2026-09"  # the quarter's reports all came in September
    assert [t.text for t in home(officer).tasks] == [late, "10 份病例尚未分配评审医师"]
    assert [t.text for t in home(head).tasks] == [late, "10 份病例尚未分配评审医师"]


def test_quarter_half_judged_says_where_it_stands(department, officer, assessor, home):
    audit = assigned_audit(department, [assessor])
    for place, review in enumerate(reviews_of(audit)[:6]):
        judge(review, **({"conclusion": DIFFERS} if place == 0 else {}))
    quarter = home(officer).quarter
    assert [(s.label, s.state, s.note) for s in quarter.steps if s.label in ("抽样", "评审", "评分表")] == [
        ("抽样", "done", "10 份"),
        ("评审", "current", "6/10"),
        ("评分表", "todo", ""),
    ]
    figures = quarter.figures
    assert (figures.rate.numerator, figures.rate.denominator, figures.rate_text) == (5, 6, "83.3%")
    assert figures.interval.label == "44%–97%"
    score = quarter.score
    # Section 1 is open (0…10), four reports are: at worst 6 + 0, at best 10 + 10 + 9.
    found = (score.low, score.high, score.verdict, quarter.state.label)
    assert found == (6, 29, "unjudged_rows", "评审中 6/10")
    assert home(officer).next == ("查看评审", reverse("audits:detail", args=[audit.pk]))


def test_quarter_of_another_department_stays_hidden(other_department, department, officer, home):
    drawn_audit(other_department)
    assert home(officer).quarter.audit is None


def test_quarter_signed_and_none_since_stays_shown(department, head, home):
    sheet = signed(department, head, end=date(2026, 9, 30))
    quarter = home(head).quarter
    assert (quarter.audit, quarter.sheet) == (sheet.audit, sheet)
    assert (quarter.score.low, quarter.score.high, quarter.score.verdict) == (29, 29, "pass")


def test_quarter_signed_long_ago_gives_way_to_the_ended_one(department, head):
    signed(department, head, end=date(2026, 6, 30))
    assert quarter_at_hand(department, head, TODAY).label == "2026年第3季度"
    assert quarter_at_hand(department, head, date(2026, 2, 1)).audit is not None


def test_reviews_wait_for_their_assessor_only(department, officer, assessor, home):
    audit = assigned_audit(department, [assessor])
    first = reviews_of(audit)[0]
    url = reverse("audits:judge", args=[first.pk])
    assert home(assessor).tasks == (Task("due", "待评", "10 份病例待我评审，从第1份继续", url, "继续评审"),)
    assert [task.word for task in home(officer).tasks] == ["逾期"]  # September's monthly check


def test_imports_running_and_failed_are_shown_with_their_state(department, other_department, officer, home):
    batch(department, "failed", "坏.xlsx")
    batch(department, "checked", "好.csv")
    batch(department, "done", "旧.csv")
    batch(other_department, "failed", "别处.csv")
    found = [(t.kind, t.text) for t in home(officer).tasks if "导入“" in t.text]
    assert found == [("fail", "导入“坏.xlsx”：未能导入"), ("open", "导入“好.csv”：试导入完成，待确认")]


def test_unjudged_findings_of_the_last_month_are_counted_and_open_to_their_rows(
    department, other_department, officer, head, member, home, sign_in
):
    report = make_report(department, "A1", reported_at=datetime(2026, 11, 20, 9))
    make_finding(report, "结节")
    make_finding(report, "边界", severity="note")
    make_finding(make_report(department, "A2", reported_at=datetime(2026, 10, 1, 9)), "结节")
    others = {"reported_at": datetime(2026, 11, 20, 9), "reporting_physician": "别人"}
    make_finding(make_report(department, "A3", **others), "结节")
    make_finding(make_report(other_department, "A4", **others), "结节")
    since = "2026-10-25"
    url = f"{reverse('reports:findings')}?state=open&severity=binding&since={since}"
    found = {
        user.username: [t for t in home(user).tasks if "文本检查" in t.text]
        for user in (officer, head, member)
    }
    assert found == {
        "officer": [Task("open", "待办", "近30天的报告有 2 条文本检查提示待核对", url, "去核对")],
        "head": [Task("info", "可查看", "近30天的报告有 2 条文本检查提示，质控员尚未核对", url, "查看")],
        "member": [Task("info", "可查看", "我近30天的报告有 1 条文本检查提示，质控员尚未核对", url, "查看")],
    }
    assert len(sign_in(officer).get(url).context["table"].rows) == 2


def test_outcomes_pending_are_counted_and_open_to_their_rows(department, other_department, officer, home):
    for number in ("X1", "X2"):
        outcome = make_outcome(None, department=department, given_accession=number)
        assert outcome.match == Outcome.Match.UNMATCHED
    make_outcome(None, department=other_department, given_accession="X3")
    task = next(t for t in home(officer).tasks if "结局" in t.text)
    assert task == Task(
        "open",
        "待办",
        "2 条结局不能自动确定属于哪份报告",
        reverse("reports:outcomes") + "?state=pending",
        "核对",
    )


def test_sheet_submitted_waits_for_the_head_not_for_its_submitter(department, officer, head, home):
    sheet = tamper(signed(department, officer, end=date(2026, 9, 30)), status="submitted")
    assert [t.text for t in home(head).tasks if t.word == "待签发"] == ["2026年第3季度评分表待签发"]
    assert home(head).next == ("审阅", reverse("scoring:detail", args=[sheet.pk]))
    Sheet.objects.filter(pk=sheet.pk).update(submitted_by=head)
    head = type(head).objects.get(pk=head.pk)
    assert [t.text for t in home(head).tasks if t.word == "待签发"] == []


def test_past_quarters_show_four_newest_with_their_verdicts(department, other_department, head, home):
    ends = [date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)]
    points = {ends[3]: {"total": 20, "verdict": "fail"}}
    for end in ends:
        signed(department, head, end=end, **points.get(end, {}))
    signed(other_department, head, end=date(2026, 9, 30))
    found = [(p.label, p.total, p.verdict, p.rate) for p in home(head).past]
    assert found == [
        ("2026年第3季度", 29, "pass", "无数据"),
        ("2026年第2季度", 20, "fail", "无数据"),
        ("2026年第1季度", 29, "pass", "无数据"),
        ("2025年第4季度", 29, "pass", "无数据"),
    ]
    assert all(isinstance(p, Past) and p.rows_url for p in home(head).past)


def test_inspector_sees_granted_packets_until_their_last_day(department, head, inspector, home):
    sheet = signed(department, head, end=date(2026, 9, 30))
    assert home(inspector).packets == ()
    PacketGrant.objects.create(sheet=sheet, inspector=inspector, until=TODAY)
    (packet,) = home(inspector).packets
    assert isinstance(packet, Packet)
    assert (packet.label, packet.department, packet.until) == (str(sheet), "示例医院 放射科", TODAY)
    PacketGrant.objects.update(until=TODAY - timedelta(1))
    assert home(inspector).packets == ()


def test_figures_that_count_a_report_still_to_be_judged_are_withheld_from_its_reader(
    department, officer, head, assessor, monkeypatch
):
    audit = assigned_audit(department, [assessor], n=10)
    first = reviews_of(audit)[0]
    judge(first, conclusion=DIFFERS)
    reading = {officer.pk: {first.case.report_id}}
    monkeypatch.setattr(quarter_module, "withheld_ids", lambda user: reading.get(user.pk, set()))
    shown = [quarter_at_hand(department, user, TODAY).figures for user in (officer, head)]
    assert [figures and figures.rate.denominator for figures in shown] == [None, 1]


def test_inspector_sees_no_quarter_and_no_figures(department, inspector, home):
    drawn_audit(department)
    found = home(inspector)
    assert (found.quarter, found.past, found.tasks, found.own) == (None, None, (), None)


def test_member_sees_own_reports_only(department, member, home):
    make_report(department, "MINE", reporting_physician="书写甲")
    make_report(department, "THEIRS", reporting_physician="别人", reviewing_physician="另一人")
    found = home(member)
    assert found.own == OwnReports(1, date(2026, 10, 12))
    assert (found.quarter, found.past, found.packets) == (None, None, None)


def test_administrator_without_departments_is_told_to_make_one(db, home):
    from tests import people

    assert [t.text for t in home(people.admin()).tasks] == ["还没有科室：先建立科室，再建立账号"]


def test_administrator_sees_gaps_and_their_rows(department, other_department, officer, head, admin, home):
    from staff.accounts.models import RoleGrant, User

    User.objects.create_user("empty", full_name="无角色")
    RoleGrant.objects.filter(user=head).update(until=TODAY + timedelta(3))
    found = {t.text: t.url for t in home(admin).tasks}
    accounts = reverse("staff:accounts")
    assert found["没有质控员的科室：FAR"] == reverse("staff:account_new")
    assert found["1 个启用的账号没有有效角色"] == f"{accounts}?state=no_role"
    assert found["1 个账号的角色即将到期"] == f"{accounts}?state=ending"
    assert found["尚无安全管理员、审计员：请在服务器上用 manage.py add_admin --role 建立"] == accounts


def test_page_of_every_role_answers_and_masks_nothing_it_may_not_show(
    sign_in, department, officer, head, assessor, member, inspector, admin, security_admin, auditor
):
    drawn_audit(department)
    for user in (officer, head, assessor, member, inspector, admin, security_admin, auditor):
        body = sign_in(user).get(reverse("home")).content.decode()
        assert "受检甲" not in body
        assert "要处理的事" in body


@pytest.mark.parametrize("who", ["officer", "head", "admin", "security_admin", "auditor", "inspector"])
def test_home_with_one_and_three_rows_asks_equally_often(
    who, request, department, head, inspector, home, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    user = head if who == "head" else inspector if who == "inspector" else request.getfixturevalue(who)

    def rows(n):
        ends = [date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30)][n[0] : n[1]]
        for place, end in enumerate(ends):
            sheet = signed(department, head, end=end)
            PacketGrant.objects.create(sheet=sheet, inspector=inspector, until=TODAY)
            batch(department, "checked", f"{n}{place}.csv")
            make_outcome(None, department=department, given_accession=f"{n}{place}")

    def count():
        fresh = type(user).objects.get(pk=user.pk)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            home(fresh)
        return len(caught)

    rows((0, 1))
    one = count()
    rows((1, 3))
    assert count() == one
    assert one <= 40


def test_facts_about_the_points_are_what_the_sheet_gives():
    sheet = current_edition().sheet
    full = {row.id: max(row.states, key=lambda s: s.points).state for row in sheet.rows if row.states}
    totals = [
        score_sheet(SheetInput("tertiary", full, Sample(10, 0), Sample(10, k)), sheet).total for k in range(6)
    ]
    assert totals == [30, 29, 23, 22, 21, 20]  # as templates/qcportal/_facts.html says
