"""A window drawn again: refused once something was judged, unless the head gives a reason that is shown."""

import json
from datetime import date, datetime, time, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from audits.conflicts import RefusedError
from audits.judging.actions.assignment import assign_fairly
from audits.quarter.actions.quarters import cancel_audit, draw_audit, extend_audit, open_audit, settle_audit
from audits.quarter.queries.earlier_draws import earlier_notes
from audits.sampling.domain.window import Window, audit_window, quarter_window
from audits.sampling.models import Audit
from scoring.packet.queries.draw import draw_part
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
        assert (audit.repeat_reason, earlier_notes(audit)) == ("", ())


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
    with pytest.raises(RefusedError, match="评审完成）的抽样已有评定"):
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
    at = f"{old.drawn_at.astimezone():%Y-%m-%d %H:%M}"
    told = (
        "此前抽取过、已作废：2026年第3季度（2026-07-01 至 2026-09-30），"
        f"{at}抽取，已作1项评定。作废理由：窗口有误",
        f"重新抽样，{head}写明的理由：{REASON}",
    )
    assert earlier_notes(audit) == told
    assert draw_part(audit).notes[:2] == told
    assert earlier_notes(old) == ()


def test_draw_again_after_cancelling_one_not_judged_needs_no_head_and_is_printed(department, officer):
    old = drawn_audit(department, by=officer)
    cancel_audit(old, reason="窗口选错", version=old.version, by=officer)
    audit = opened(department, audit_window(UNTIL), by=officer)
    audit = draw_audit(audit, version=audit.version, by=officer)
    assert "已作废：2026年第3季度" in draw_part(audit).notes[0]
    assert draw_part(audit).notes[0].endswith("未作评定。作废理由：窗口选错")


def test_draw_audit_planned_before_an_overlapping_one_was_judged_is_refused(department, judged, officer):
    # As it stands in departments that planned both before overlaps were looked at.
    window = OVERLAPS["a day earlier"]
    values = {"window_start": window.start, "window_end": window.end, "cut_off_on": UNTIL}
    planned = Audit.objects.create(
        department=department, label="旧", seed="s", edition=judged.edition, **values
    )
    with pytest.raises(RefusedError, match="重新抽样须由科主任写明理由"):
        draw_audit(planned, version=planned.version, by=officer)


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


def test_audit_repeated_with_a_reason_and_no_name_is_refused_by_the_database(department, judged):
    with pytest.raises(IntegrityError), transaction.atomic():
        Audit.objects.filter(pk=judged.pk).update(repeat_reason=REASON)
