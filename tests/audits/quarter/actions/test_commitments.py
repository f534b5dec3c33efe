"""The hash of the seed is published before the list is frozen; the seed stays secret until the draw."""

import json
from datetime import date
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from audits.conflicts import RefusedError
from audits.monthly.actions.months import draw_month, open_month
from audits.monthly.models import MonthlyAudit
from audits.monthly.queries.draw_chain import chained_months
from audits.quarter.actions.quarters import draw_audit, open_audit
from audits.quarter.queries.draw_chain import chained_draws, draw_chain
from audits.sampling.domain.window import audit_window
from audits.sampling.models import Audit
from standards.loader import CURRENT
from tests.audits.factories import UNTIL, drawn_audit
from tests.audits.monthly.factories import MONTH, drawn_month, reports_of
from tests.factories import pool_of
from trail.models import Event

FORGED = "9-" + "0" * 32


def quarter(department, officer) -> Audit:
    pool_of(department, 12)
    return open_audit(department=department, window=audit_window(UNTIL), by=officer)


def month(department, officer) -> MonthlyAudit:
    reports_of(department)
    return open_month(department=department, month=MONTH, by=officer, size=3)


KINDS = [(quarter, draw_audit), (month, draw_month)]


@pytest.mark.parametrize(("plan", "draw"), KINDS)
def test_draw_reveals_the_seed_whose_hash_was_published_before(department, officer, plan, draw):
    planned = plan(department, officer)
    secret, opened = planned.secret_seed, Event.objects.order_by("-seq").first()
    assert opened.detail["commitment"] == planned.commitment == sha256(secret.encode()).hexdigest()
    assert secret not in json.dumps(list(Event.objects.values_list("detail", flat=True)))
    audit = draw(planned, version=planned.version, by=officer)
    drawn = Event.objects.order_by("-seq").first()
    assert (audit.seed, audit.secret_seed, audit.draw["seed"]) == (secret, "", secret)
    assert (drawn.detail["seed"], drawn.detail["commitment"]) == (secret, opened.detail["commitment"])
    assert opened.seq < drawn.seq
    assert "seed_given" not in drawn.detail


@pytest.mark.parametrize("changed", [{"secret_seed": FORGED}, {"commitment": sha256(b"x").hexdigest()}])
@pytest.mark.parametrize(("plan", "draw"), KINDS)
def test_draw_with_a_seed_other_than_published_is_refused(department, officer, plan, draw, changed):
    planned = plan(department, officer)
    type(planned).objects.filter(pk=planned.pk).update(**changed)
    with pytest.raises(RefusedError, match="与建立时在留痕中公布的哈希不符"):
        draw(planned, version=planned.version, by=officer)
    planned.refresh_from_db()
    assert (planned.status, planned.seed) == ("planned", "")
    event = Event.objects.get(action="audits.seed_differs")
    assert (event.target_id, event.actor_id, event.result) == (str(planned.pk), officer.pk, "refused")


def test_draw_with_seed_and_hash_both_changed_is_refused_by_the_trail(department, officer):
    planned = quarter(department, officer)
    hashed = sha256(FORGED.encode()).hexdigest()
    Audit.objects.filter(pk=planned.pk).update(secret_seed=FORGED, commitment=hashed)
    with pytest.raises(RefusedError, match="与建立时在留痕中公布的哈希不符"):
        draw_audit(planned, version=planned.version, by=officer)


def test_seed_changed_after_the_draw_is_found_on_the_page(department, officer):
    planned = quarter(department, officer)
    audit = draw_audit(planned, version=planned.version, by=officer)
    assert (draw_chain(audit).problems, draw_chain(audit).is_remarkable) == ((), False)
    Audit.objects.filter(pk=audit.pk).update(seed=FORGED, commitment=sha256(FORGED.encode()).hexdigest())
    audit.refresh_from_db()
    assert draw_chain(audit).problems == ("第1次抽样的种子与事先公布的哈希不符：种子或哈希被改动。",)
    assert draw_chain(audit).is_remarkable


def test_chosen_seed_is_chosen_by_the_trail_whatever_the_row_says(department, officer):
    audit = drawn_audit(department, by=officer)
    events = Event.objects.filter(target_id=str(audit.pk), target_type="audits.audit")
    assert [event.detail.get("seed_given") for event in events.order_by("seq")] == [True, True]
    assert (audit.seed_chosen, audit.commitment) == (True, "")
    Audit.objects.filter(pk=audit.pk).update(
        seed_chosen=False, commitment=sha256(audit.seed.encode()).hexdigest()
    )
    audit.refresh_from_db()
    assert [one.seed_origin for one in chained_draws(audit)] == ["chosen"]
    assert "1次的随机种子由人指定" in draw_chain(audit).summary


def test_month_by_a_chosen_seed_is_marked(department, officer):
    audit = drawn_month(department, officer)
    (line,) = chained_months(department, [MONTH])[MONTH]
    assert (line.seed_origin, line.seed, line.is_this) == ("chosen", audit.seed, True)


def test_draw_command_commits_first_and_says_so(department, capsys):
    pool_of(department, 12)
    call_command("draw", department="RAD", until="2026-09-30")
    answer = json.loads(capsys.readouterr().out)
    assert answer["seed_origin"] == "committed"
    assert answer["commitment"] == sha256(answer["seed"].encode()).hexdigest()
    assert list(Event.objects.order_by("seq").values_list("action", flat=True)) == [
        "audits.open",
        "audits.draw",
    ]


def test_draw_command_takes_no_seed_for_a_planned_audit_and_tells_none(department, officer, capsys):
    planned = quarter(department, officer)
    with pytest.raises(CommandError, match="种子哈希已公布，不能再换种子") as failure:
        call_command("draw", department="RAD", until="2026-09-30", seed="mine")
    assert planned.secret_seed not in str(failure.value)
    call_command("draw", department="RAD", until="2026-09-30")
    assert json.loads(capsys.readouterr().out)["seed"] == planned.secret_seed


def test_database_refuses_a_drawn_audit_with_a_secret_seed_or_without_a_seed(department, officer):
    audit = drawn_audit(department, by=officer)
    for changed in ({"secret_seed": FORGED, "seed_chosen": False}, {"seed": ""}, {"commitment": "c" * 64}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Audit.objects.filter(pk=audit.pk).update(**changed)


def test_earlier_version_planned_with_an_open_seed_is_drawn_by_it_and_told(department):
    pool_of(department, 12)
    values = {"window_start": date(2026, 7, 1), "window_end": UNTIL, "cut_off_on": UNTIL}
    planned = Audit.objects.create(department=department, label="旧", seed="5-abc", edition=CURRENT, **values)
    audit = draw_audit(planned, version=planned.version, by=None)
    assert audit.draw["seed"] == "5-abc"
    assert "建立时的程序没有公布哈希，无从核对" in draw_chain(audit).lines[0].sentence
