"""Tried by an attacker: draw, judge six discordant, cancel, draw again. The packet tells it."""

from dataclasses import replace

import pytest

from audits.conflicts import RefusedError
from audits.judging.actions.assignment import assign_fairly
from audits.quarter.actions.quarters import cancel_audit, draw_audit, open_audit
from audits.sampling.domain.window import audit_window
from audits.sampling.queries.draw_chain import minute
from reports.archive.models import Report
from scoring.packet.json import render_json
from scoring.packet.queries.document import packet_document
from scoring.packet.verify import verify_packet
from scoring.sheets.actions.sheets import create_sheet
from scoring.sheets.queries.scored import scored_sheet
from scoring.verification.draw_events import draw_events_check
from tests.audits.factories import DIFFERS, UNTIL, judge, reviews_of
from tests.factories import pool_of

REASON = "名单漏了一台设备"


@pytest.fixture
def story(department, officer, head, assessor):
    """(first draw, second draw, packet of the second): six of the first were discordant and given up."""
    pool_of(department, 15)
    first = open_audit(department=department, window=audit_window(UNTIL), by=officer)
    first = draw_audit(first, version=first.version, by=officer)
    assign_fairly(first, assessors=[assessor], version=first.version, by=officer)
    for review in reviews_of(first)[:6]:
        judge(review, conclusion=DIFFERS)
    first.refresh_from_db()
    with pytest.raises(RefusedError, match="已有6项评定，须由科主任写明理由作废"):
        cancel_audit(first, reason=REASON, version=first.version, by=officer)
    name = Report.objects.filter(cases__audit=first).first().patient_name
    first = cancel_audit(first, reason=f"{REASON}，涉及{name}", version=first.version, by=head)
    with pytest.raises(RefusedError, match="重新抽样须由科主任写明理由"):
        open_audit(department=department, window=audit_window(UNTIL), by=officer, repeat_reason=REASON)
    second = open_audit(
        department=department, window=audit_window(UNTIL), by=head, repeat_reason=REASON, seed="mine"
    )
    second = draw_audit(second, version=second.version, by=officer)
    sheet = create_sheet(audit=second, by=officer)
    return first, second, packet_document(scored_sheet(sheet))


def test_packet_tells_of_the_draw_given_up_its_rulings_and_the_chosen_seed(story, officer, head):
    first, _, packet = story
    given_up, own = packet.draws.window
    assert (given_up.state, given_up.judged, given_up.discordant) == ("cancelled", 6, 6)
    assert [line.judgement_zh for line in given_up.rulings] == ["不符合"] * 6
    assert (own.is_this, own.seed_origin, own.reason, own.reason_by) == (True, "chosen", REASON, str(head))
    assert (given_up.commitment, given_up.seed) == (first.commitment, first.seed)
    assert "受检" not in given_up.cancelled_reason
    found = {check.name: check for check in verify_packet(render_json(packet)).checks}
    assert (found["draws"].ok, found["draws_shown"].ok) == (True, None)
    at = minute(first.drawn_at)
    assert found["draws_shown"].sentence.startswith(
        "本抽样窗口共抽样2次，作废1次（其中已有6份作过评定），1次的随机种子由人指定。 "
        f"第1次：2026年第3季度（2026-07-01 至 2026-09-30），{at}由{officer}抽取；"
    )
    assert f"由{head.full_name}作废，理由：{REASON}，涉及" in found["draws_shown"].sentence


def test_chain_agrees_with_the_trail_here_and_a_forged_commitment_does_not(story):
    _, _, packet = story
    (check,) = draw_events_check(packet)
    assert (check.ok, check.sentence) == (
        True,
        "历次抽样的种子哈希与名单，与本机留痕所记的3条一致：哈希公布在先，冻结名单在后。",
    )
    given_up, own = packet.draws.window
    for forged in (
        replace(given_up, commitment="0" * 64),
        replace(given_up, list_hash="0" * 64),
        replace(given_up, audit=99),
        replace(given_up, drawn_seq=own.drawn_seq + 50),
    ):
        (check,) = draw_events_check(replace(packet, draws=replace(packet.draws, window=(forged, own))))
        assert (check.ok, "与本机留痕第" in check.sentence) == (False, True)


def test_packet_without_a_chain_is_not_held_against_the_trail(story):
    assert draw_events_check(replace(story[2], draws=None)) == ()
