"""A window drawn again: with a reason that is shown only, and by the head once something was judged."""

import json
from datetime import date, datetime, time, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from audits.conflicts import RefusedError
from audits.judging.actions.assignment import assign_fairly
from audits.quarter.actions.quarters import cancel_audit, draw_audit, extend_audit, open_audit, settle_audit
from audits.quarter.actions.repeating import needs_reason
from audits.quarter.queries.draw_chain import draw_chain
from audits.sampling.domain.window import Window, audit_window, quarter_window
from audits.sampling.models import Audit
from audits.sampling.queries.draw_chain import minute
from tests.audits.factories import (
    UNTIL,
    assigned_audit,
    describe,
    drawn_audit,
    judge,
    planned_audit,
    reviews_of,
)
from tests.factories import make_outcome, make_report
from tests.scoring.sheets.factories import signed_sheet
from trail.models import Event

REASON = "原窗口登记错误，已报医务处备案"
Q3 = quarter_window(2026, 3)
OVERLAPS = {
    "a day earlier": audit_window(UNTIL - timedelta(1)),
    "a day later": audit_window(UNTIL + timedelta(1)),
    "the first day alone": Window(Q3.start - timedelta(60), Q3.start),
    "the last day alone": Window(Q3.end, Q3.end + timedelta(60)),
    "the last two days": audit_window(date(2026, 12, 29)),
    "within": Window(date(2026, 8, 1), date(2026, 8, 31)),
    "around": Window(date(2026, 1, 1), date(2026, 12, 31)),
}


@pytest.fixture
def judged(department, assessor):
    """The third quarter, of which one description was ruled on."""
    audit = assigned_audit(department, [assessor])
    describe(reviews_of(audit)[0])
    audit.refresh_from_db()
    return audit


def told(audit) -> list[str]:
    """The chain of draws as its page shows it; [] where there is nothing to remark."""
    chain = draw_chain(audit)
    return [chain.summary, *(line.sentence for line in chain.lines)] if chain.is_remarkable else []


def opened(department, window, *, by=None, reason=""):
    return open_audit(department=department, window=window, by=by, repeat_reason=reason)


@pytest.mark.parametrize("window", OVERLAPS.values(), ids=list(OVERLAPS))
def test_open_audit_over_judged_days_needs_the_head_and_a_reason(department, judged, officer, head, window):
    for by, reason in ((officer, ""), (officer, REASON), (None, REASON), (head, ""), (head, "  ")):
        with pytest.raises(RefusedError, match="已有评定，与所选窗口重叠；重新抽样须由科主任写明理由"):
            opened(department, window, by=by, reason=reason)
    assert Audit.objects.count() == 1
    audit = opened(department, window, by=head, reason=f" {REASON} ")
    assert (audit.repeat_reason, audit.repeat_by) == (REASON, head)
    assert Event.objects.order_by("-seq").first().detail["repeat_reason"] == REASON


@pytest.mark.parametrize(
    "window",
    [
        Window(Q3.start - timedelta(90), Q3.start - timedelta(1)),
        Window(Q3.end + timedelta(1), Q3.end + timedelta(90)),
        audit_window(date(2026, 12, 31)),
        quarter_window(2026, 2),
        quarter_window(2026, 4),
    ],
)
def test_open_audit_of_the_quarter_before_or_after_needs_nothing(department, judged, officer, window):
    audit = opened(department, window, by=officer, reason="不需要")
    assert (audit.repeat_reason, audit.repeat_by) == ("", None)


def test_open_audit_quarter_after_quarter_to_the_month_end_needs_nothing(department, assessor, officer):
    for until in (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)):
        at = datetime.combine(until - timedelta(9), time(9))
        make_outcome(make_report(department, f"{until:%m}", examined_at=at, reported_at=at))
        audit = opened(department, audit_window(until), by=officer)
        audit = draw_audit(audit, version=audit.version, by=officer)
        assign_fairly(audit, assessors=[assessor], version=audit.version, by=officer)
        judge(reviews_of(audit)[0])
        assert (audit.repeat_reason, told(audit)) == ("", [])


def test_open_audit_over_days_judged_elsewhere_needs_nothing(department, other_department, judged, officer):
    assert opened(other_department, OVERLAPS["a day earlier"], by=officer).repeat_reason == ""


@pytest.mark.parametrize("state", ["planned", "drawn"])
def test_open_audit_over_days_of_one_not_judged_yet_is_refused_even_to_the_head(department, head, state):
    {"planned": planned_audit, "drawn": drawn_audit}[state](department)
    with pytest.raises(RefusedError, match="已经建立，与所选窗口重叠；请打开已有的抽样"):
        opened(department, OVERLAPS["a day earlier"], by=head, reason=REASON)


def test_open_audit_over_a_settled_one_needs_the_head(department, assessor, officer):
    audit = assigned_audit(department, [assessor], n=10)
    for review in reviews_of(audit):
        judge(review)
    settle_audit(audit, version=audit.version, by=officer)
    with pytest.raises(RefusedError, match="已评10/10，评分表未建立）的抽样已有评定"):
        opened(department, OVERLAPS["a day later"], by=officer)


def test_open_audit_over_a_signed_one_needs_the_head(department, assessor, officer, head):
    signed_sheet(department, by=officer, head=head, assessor=assessor)
    with pytest.raises(RefusedError, match="重新抽样须由科主任写明理由"):
        opened(department, OVERLAPS["a day later"], by=officer)


def test_cancel_audit_once_ruled_on_needs_the_head(department, judged, officer, head):
    for by in (officer, None):
        with pytest.raises(RefusedError, match="这次抽样已有1项评定，须由科主任写明理由作废"):
            cancel_audit(judged, reason="结果不好看", version=judged.version, by=by)
    assert cancel_audit(judged, reason=REASON, version=judged.version, by=head).status == "cancelled"


def test_draw_again_after_cancelling_a_judged_one_needs_the_head_and_is_printed(
    department, judged, officer, head
):
    old = cancel_audit(judged, reason="窗口有误", version=judged.version, by=head)
    with pytest.raises(RefusedError, match="已作废）的抽样已有评定"):
        opened(department, audit_window(UNTIL), by=officer)
    audit = opened(department, audit_window(UNTIL), by=head, reason=REASON)
    audit = draw_audit(audit, version=audit.version, by=officer)
    quarter = "2026年第3季度（2026-07-01 至 2026-09-30）"
    first, second = (f"{minute(one.drawn_at)}由{one.drawn_by or '命令行'}抽取" for one in (old, audit))
    seq = Event.objects.get(action="audits.open", target_id=str(audit.pk)).seq
    assert told(audit) == [
        "本抽样窗口共抽样2次，作废1次（其中已有1份作过评定），1次的随机种子由人指定。",
        f"第1次：{quarter}，{first}；随机种子由人指定（test-seed），并非服务器随机产生；"
        "已评定1份，其中描述不规范0份、结论不符合0份；"
        f"于{minute(old.drawn_at)}由{head.full_name}作废，理由：窗口有误。",
        f"第2次（本次）：{quarter}，{second}；再次抽样的理由（{head}）：{REASON}；"
        f"随机种子由服务器生成，抽取前已公布哈希（留痕第{seq}条），核对一致。",
    ]


def test_draw_again_after_cancelling_one_not_judged_needs_a_reason_and_no_head(department, assessor, officer):
    old = drawn_audit(department, by=officer)
    cancel_audit(old, reason="窗口选错", version=old.version, by=officer)
    for by, reason in ((officer, " "), (assessor, REASON), (None, REASON)):
        with pytest.raises(RefusedError, match="已作废）已抽取过，与所选窗口重叠；再次抽样须"):
            opened(department, audit_window(UNTIL), by=by, reason=reason)
    audit = opened(department, audit_window(UNTIL), by=officer, reason=REASON)
    audit = draw_audit(audit, version=audit.version, by=officer)
    assert (audit.repeat_reason, audit.repeat_by) == (REASON, officer)
    assert told(audit)[0] == "本抽样窗口共抽样2次，作废1次（均未作评定），1次的随机种子由人指定。"
    assert f"未作评定；于{minute(old.drawn_at)}由{officer.full_name}作废，理由：窗口选错。" in told(audit)[1]


def test_plan_cancelled_before_the_draw_needs_no_reason_and_is_told(department, officer):
    old = opened(department, audit_window(UNTIL), by=officer)
    seed = old.secret_seed
    old = cancel_audit(old, reason="窗口选错", version=old.version, by=officer)
    assert (old.seed, old.secret_seed) == (seed, "")
    drawn_audit(department, by=officer)
    audit = Audit.objects.exclude(pk=old.pk).get()
    assert audit.repeat_reason == ""
    assert told(audit)[0] == "本抽样窗口共抽样1次，另有1次建立后未抽取即作废，1次的随机种子由人指定。"
    assert "未抽取；随机种子由服务器生成，建立时已公布哈希" in told(audit)[1]


def test_draw_audit_planned_before_an_overlapping_one_was_judged_is_refused(department, judged, officer):
    # As it stands in departments that planned both before overlaps were looked at.
    window = OVERLAPS["a day earlier"]
    values = {"window_start": window.start, "window_end": window.end, "cut_off_on": UNTIL}
    planned = Audit.objects.create(
        department=department, label="旧", seed="s", edition=judged.edition, **values
    )
    with pytest.raises(RefusedError, match="重新抽样须由科主任写明理由"):
        draw_audit(planned, version=planned.version, by=officer)


def test_draw_audit_planned_without_a_reason_takes_one_at_the_draw(department, officer, head):
    # As it stands in departments that planned again before a reason was asked for.
    old = drawn_audit(department, by=officer)
    planned = Audit.objects.create(
        department=department,
        label="旧",
        seed="s",
        edition=old.edition,
        window_start=old.window_start,
        window_end=date(2026, 9, 29),
        cut_off_on=UNTIL,
    )
    cancel_audit(old, reason="窗口选错", version=old.version, by=officer)
    assert needs_reason(planned)
    with pytest.raises(RefusedError, match="再次抽样须由质控员或科主任写明理由"):
        draw_audit(planned, version=planned.version, by=officer)
    audit = draw_audit(planned, version=planned.version, by=officer, repeat_reason=REASON)
    assert (audit.repeat_reason, audit.repeat_by, needs_reason(audit)) == (REASON, officer, False)
    assert Event.objects.order_by("-seq").first().detail["repeat_reason"] == REASON
    assert "再次抽样的理由" in told(audit)[2]
    assert "建立时的程序没有公布哈希，无从核对" in told(audit)[2]


def test_extension_adds_its_reason_to_that_of_the_plan(department, officer):
    old = drawn_audit(department, by=officer, n=4)
    cancel_audit(old, reason="窗口选错", version=old.version, by=officer)
    audit = opened(department, audit_window(UNTIL), by=officer, reason=REASON)
    given = {"start": date(2026, 6, 1), "reason": "合格报告不足10份"}
    audit = extend_audit(audit, **given, version=audit.version, by=officer)
    assert audit.repeat_reason == f"{REASON}\n合格报告不足10份"


def test_extend_audit_over_judged_days_needs_the_head(department, judged, officer, head):
    audit = opened(department, quarter_window(2026, 4), by=officer)
    given = {"start": date(2026, 9, 1), "reason": "合格报告不足10份"}
    with pytest.raises(RefusedError, match="重新抽样须由科主任写明理由"):
        extend_audit(audit, **given, version=audit.version, by=officer)
    audit = extend_audit(audit, **given, version=audit.version, by=head)
    assert (audit.repeat_reason, audit.repeat_by, audit.window_start) == (
        given["reason"],
        head,
        given["start"],
    )


def run(**options) -> None:
    call_command("draw", department="RAD", until="2026-09-29", **options)


def test_draw_command_over_judged_days_needs_the_head_and_a_reason(department, judged, officer, head, capsys):
    for options in ({}, {"reason": REASON}, {"reason": REASON, "by": "officer"}, {"by": "head"}):
        with pytest.raises(CommandError, match="重新抽样须由科主任写明理由") as failure:
            run(**options)
        assert failure.value.returncode == 2
    with pytest.raises(CommandError, match="没有用户名为“nobody”的在用账号"):
        run(reason=REASON, by="nobody")
    assert Audit.objects.count() == 1
    run(reason=REASON, by="head")
    audit = Audit.objects.get(pk=json.loads(capsys.readouterr().out)["audit"])
    assert (audit.repeat_reason, audit.repeat_by, audit.drawn_by) == (REASON, head, head)


def test_draw_command_draws_a_planned_audit_with_a_reason_given_to_it(
    department, judged, officer, head, capsys
):
    values = {"window_start": date(2026, 6, 30), "window_end": date(2026, 9, 29), "cut_off_on": UNTIL}
    planned = Audit.objects.create(
        department=department, label="旧", seed="s", edition=judged.edition, **values
    )
    with pytest.raises(CommandError, match="重新抽样须由科主任写明理由"):
        run(reason=REASON, by="officer")
    run(reason=REASON, by="head")
    assert json.loads(capsys.readouterr().out)["audit"] == planned.pk
    planned.refresh_from_db()
    assert (planned.status, planned.repeat_reason, planned.repeat_by) == ("drawn", REASON, head)


def test_audit_repeated_with_a_reason_and_no_name_is_refused_by_the_database(department, judged):
    with pytest.raises(IntegrityError), transaction.atomic():
        Audit.objects.filter(pk=judged.pk).update(repeat_reason=REASON)
