"""Opening, extending, drawing, settling and cancelling a quarterly audit."""

from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from audits.conflicts import ConflictError, RefusedError
from audits.quarter.actions.quarters import (
    cancel_audit,
    draw_audit,
    extend_audit,
    open_audit,
    reopen_audit,
    settle_audit,
)
from audits.sampling.domain.frozen_list import Entry, list_hash
from audits.sampling.domain.verify import verify_draw
from audits.sampling.domain.window import audit_window
from audits.sampling.models import Audit
from reports.archive.models import Report
from tests.audits.factories import assigned_audit, drawn_audit, judge, planned_audit, reviews_of
from tests.factories import make_outcome, make_report, make_revision, pool_of
from trail.models import Event

UNTIL = date(2026, 9, 30)


def actions() -> list[str]:
    return list(Event.objects.order_by("seq").values_list("action", flat=True))


def test_open_audit_commits_to_a_secret_seed_before_the_pool_is_seen(department, officer):
    audit = open_audit(department=department, window=audit_window(UNTIL), by=officer)
    prefix, _, random_hex = audit.secret_seed.partition("-")
    assert (prefix, len(random_hex), audit.status) == (str(audit.pk), 32, "planned")
    assert (audit.seed, audit.commitment) == ("", sha256(audit.secret_seed.encode()).hexdigest())
    assert (audit.window_start, audit.window_end) == (date(2026, 7, 1), UNTIL)
    assert audit.label == "2026年第3季度"
    assert actions() == ["audits.open"]


def test_open_audit_same_window_twice_refused(department, officer):
    planned_audit(department)
    with pytest.raises(RefusedError, match="已经建立"):
        planned_audit(department)
    assert Audit.objects.count() == 1


def test_open_audit_same_window_after_cancelling_allowed(department, officer):
    audit = planned_audit(department)
    cancel_audit(audit, reason="窗口选错", version=audit.version, by=officer)
    assert planned_audit(department).pk != audit.pk


def test_open_audit_same_window_of_other_department_allowed(department, other_department):
    planned_audit(department)
    assert planned_audit(other_department).department == other_department


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"readers": 3}, "应为1或2"),
        ({"cut_off": date(2026, 9, 29)}, "早于窗口末日"),
        ({"seed": "a\nb"}, "控制字符"),
        ({"seed": "x" * 121}, "过长"),
    ],
)
def test_open_audit_unfit_value_refused(department, more, sentence):
    with pytest.raises(RefusedError, match=sentence):
        planned_audit(department, **more)
    assert Audit.objects.count() == 0


def test_draw_audit_freezes_list_cases_and_document(department, officer):
    audit = drawn_audit(department, by=officer)
    entries = [Entry(*row) for row in audit.pool_list]
    assert audit.pool_hash == list_hash(entries)
    assert (audit.pool_size, audit.status, audit.drawn_by) == (15, "drawn", officer)
    cases = list(audit.cases.all())
    assert [case.position for case in cases] == list(range(1, 11))
    assert [case.report.accession_number for case in cases] == audit.draw["drawn"]
    assert all(case.outcomes.count() == 1 for case in cases)
    assert verify_draw(audit.draw).ok
    assert actions() == ["audits.open", "audits.draw"]


def test_draw_audit_same_seed_and_list_gives_same_ten(department, officer):
    first = drawn_audit(department)
    cancel_audit(first, reason="重来", version=first.version, by=officer)
    second = planned_audit(department, by=officer, repeat_reason="核对")
    second = draw_audit(second, version=second.version, by=officer)
    assert (second.draw, second.pool_hash) == (first.draw, first.pool_hash)


def test_draw_audit_list_names_nobody(department, officer):
    audit = drawn_audit(department)
    stored = str([audit.pool_list, audit.draw, audit.ledger])
    assert not [word for word in ("受检甲", "书写甲", "P-A0001") if word in stored]


def test_draw_audit_ledger_accounts_for_every_report(department):
    pool_of(department, 12)
    make_report(department, "NO-OUTCOME", reported_at=datetime(2026, 9, 20, 8))
    early = make_report(
        department, "EARLY", reported_at=datetime(2026, 9, 20, 8), examined_at=datetime(2026, 9, 20, 7)
    )
    make_outcome(early, observed_on=date(2026, 9, 19))
    unsigned = make_report(department, "UNSIGNED", reported_at=datetime(2026, 9, 20, 8), is_signed=False)
    make_outcome(unsigned, observed_on=date(2026, 10, 20))
    doubtful = make_report(
        department, "DOUBTFUL", reported_at=datetime(2026, 9, 20, 8), examined_at=datetime(2026, 9, 20, 7)
    )
    make_outcome(
        None,
        department=department,
        match="ambiguous",
        candidates=[doubtful.accession_number],
        observed_on=date(2026, 9, 25),
        given_accession="",
    )
    untimed = make_report(department, "UNTIMED", reported_at=None, examined_at=datetime(2026, 9, 20, 7))
    make_outcome(untimed)
    make_report(department, "OUTSIDE", reported_at=datetime(2026, 10, 1, 0, 0))
    audit = planned_audit(department)
    audit = draw_audit(audit, version=audit.version, by=None)
    rows = {row["accession_number"]: row["reasons"] for row in audit.ledger["rows"]}
    assert rows == {
        "NO-OUTCOME": ["no_outcome"],
        "EARLY": ["outcome_before_examination"],
        "UNSIGNED": ["not_signed"],
        "DOUBTFUL": ["outcome_unconfirmed"],
        "UNTIMED": ["no_report_time"],
    }
    assert (audit.ledger["total"], audit.ledger["eligible"], audit.ledger["excluded"]) == (17, 12, 5)


def test_draw_audit_window_days_are_beijing_days(department):
    pool_of(department, 10)
    for number, moment in {
        "LAST-MINUTE": datetime(2026, 9, 30, 23, 59),
        "NEXT-DAY": datetime(2026, 10, 1, 0, 0),
        "FIRST-MINUTE": datetime(2026, 7, 1, 0, 0),
        "DAY-BEFORE": datetime(2026, 6, 30, 23, 59),
    }.items():
        make_outcome(make_report(department, number, reported_at=moment, examined_at=moment))
    audit = planned_audit(department)
    audit = draw_audit(audit, version=audit.version, by=None)
    listed = {row[0] for row in audit.pool_list}
    assert listed >= {"LAST-MINUTE", "FIRST-MINUTE"}
    assert not listed & {"NEXT-DAY", "DAY-BEFORE"}


def test_draw_audit_other_departments_reports_stay_out(department, other_department):
    pool_of(other_department, 10)
    audit = drawn_audit(department, n=10)
    assert set(audit.cases.values_list("report__department", flat=True)) == {department.pk}


def test_draw_audit_fewer_than_ten_draws_all_and_says_so(department):
    audit = drawn_audit(department, n=7)
    assert audit.cases.count() == 7
    assert audit.status == "drawn"


def test_draw_audit_empty_pool_refused_and_stays_planned(department):
    audit = planned_audit(department)
    with pytest.raises(RefusedError, match="没有一份合格报告"):
        draw_audit(audit, version=audit.version, by=None)
    audit.refresh_from_db()
    assert (audit.status, audit.version) == ("planned", 1)


def test_draw_audit_twice_refused(department):
    audit = drawn_audit(department)
    with pytest.raises(RefusedError, match="已经抽取过"):
        draw_audit(audit, version=audit.version, by=None)


def test_draw_audit_stale_page_conflicts_and_writes_nothing(department):
    pool_of(department, 12)
    audit = planned_audit(department)
    with pytest.raises(ConflictError):
        draw_audit(audit, version=audit.version + 1, by=None)
    audit.refresh_from_db()
    assert (audit.status, audit.cases.count()) == ("planned", 0)


def test_draw_audit_later_amendment_does_not_touch_the_case(department):
    audit = drawn_audit(department)
    case = audit.cases.select_related("report", "revision").first()
    make_revision(Report.objects.get(pk=case.report_id), impression="1、改写后的结论。")
    case.refresh_from_db()
    assert case.revision.number == 1


def test_extend_audit_short_pool_moves_start_with_reason(department, officer):
    pool_of(department, 5)
    audit = planned_audit(department)
    audit = extend_audit(
        audit, start=date(2026, 4, 1), reason="本季度结局不足", version=audit.version, by=officer
    )
    assert (audit.window_start, audit.extended_reason) == (date(2026, 4, 1), "本季度结局不足")
    assert audit.label == "延长抽样窗口（2026-04-01 至 2026-09-30）"


def test_extend_audit_enough_reports_refused(department):
    pool_of(department, 10)
    audit = planned_audit(department)
    with pytest.raises(RefusedError, match="不能延长"):
        extend_audit(audit, start=date(2026, 4, 1), reason="想多抽", version=audit.version, by=None)


@pytest.mark.parametrize(
    ("start", "reason", "sentence"),
    [(date(2026, 4, 1), " ", "理由"), (date(2026, 8, 1), "结局不足", "早于原首日")],
)
def test_extend_audit_unfit_value_refused(department, start, reason, sentence):
    audit = planned_audit(department)
    with pytest.raises(RefusedError, match=sentence):
        extend_audit(audit, start=start, reason=reason, version=audit.version, by=None)


def test_cancel_audit_without_reason_refused(department):
    audit = drawn_audit(department)
    with pytest.raises(RefusedError, match="理由"):
        cancel_audit(audit, reason=" ", version=audit.version, by=None)


def test_settle_audit_all_judged_closes_rulings(department, assessor, officer):
    audit = assigned_audit(department, [assessor])
    for review in reviews_of(audit):
        judge(review)
    audit = settle_audit(audit, version=audit.version, by=officer)
    assert audit.status == "settled"
    with pytest.raises(RefusedError, match="评审完成"):
        judge(reviews_of(audit)[0])
    event = Event.objects.order_by("-seq").first()
    assert event.detail == {
        "description": {"size": 10, "failed": 0},
        "conclusion": {"size": 10, "failed": 0},
    }


def test_settle_audit_open_case_refused_with_what_is_open(department, assessor, officer):
    audit = assigned_audit(department, [assessor])
    for review in reviews_of(audit)[1:]:
        judge(review)
    with pytest.raises(RefusedError, match=r"第1份的影像描述待评一 1002评定。"):
        settle_audit(audit, version=audit.version, by=officer)


def test_drawn_at_is_aware(department):
    assert drawn_audit(department).drawn_at <= datetime.now(UTC)


def test_reopen_audit_opens_the_rulings_again_with_a_reason(department, assessor, officer):
    audit = assigned_audit(department, [assessor], n=1)
    judge(reviews_of(audit)[0])
    audit = settle_audit(audit, version=audit.version, by=officer)
    with pytest.raises(RefusedError, match="理由"):
        reopen_audit(audit, reason=" ", version=audit.version, by=officer)
    audit = reopen_audit(audit, reason="评分表退回", version=audit.version, by=officer)
    assert audit.status == "drawn"
    assert Event.objects.order_by("-seq").first().detail == {"reason": "评分表退回"}


def test_reopen_audit_running_refused(department):
    audit = drawn_audit(department)
    with pytest.raises(RefusedError, match="评审完成"):
        reopen_audit(audit, reason="评分表退回", version=audit.version, by=None)
