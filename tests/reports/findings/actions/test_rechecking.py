"""New rules read the reports of the past: with progress, in any number of pieces, rulings kept."""

import pytest
from django.core.management import call_command

from reports.archive.models import Report
from reports.conflicts import RefusedError
from reports.domain.textcheck.registry import RULES_VERSION
from reports.findings.actions import rechecking
from reports.findings.actions.rechecking import (
    begin_recheck,
    recheck,
    recheck_where_due,
    run_recheck,
    set_keeps_lines,
    switch_rule,
)
from reports.findings.actions.rulings import rule_finding
from reports.findings.models import CheckRun, Finding, RuleSetting
from reports.imports.models import ImportSource
from tests.factories import make_report
from tests.reports.findings import small_rules
from tests.reports.findings.small_rules import PLACEHOLDER, TIME
from trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules_and_jobs_at_once(monkeypatch):
    small_rules.use(monkeypatch)
    # The test's own transaction never commits: what waits for the commit is done where it is asked for.
    monkeypatch.setattr(rechecking.transaction, "on_commit", lambda job: job())


@pytest.fixture
def reports(department):
    return [make_report(department, f"A{i}", findings=f"右肺XX结节{i}。") for i in range(3)]


def current():
    rows = Finding.objects.filter(is_current=True).order_by("report__accession_number", "code")
    return [(row.report.accession_number, row.code) for row in rows]


def test_recheck_reads_every_report_and_counts_what_changed(department, officer, reports):
    run = recheck(department, by=officer)
    assert current() == [(f"A{i}", PLACEHOLDER) for i in range(3)]
    run_recheck(run.pk)
    run.refresh_from_db()
    assert (run.status, run.progress_done, run.progress_total, run.added, run.gone, run.kept) == (
        "done",
        3,
        3,
        3,
        0,
        0,
    )
    assert run.by_code == {PLACEHOLDER: {"added": 3, "gone": 0, "kept": 0}}
    assert (run.asked_by, run.rules_version) == (officer, RULES_VERSION)
    assert run.finished_at is not None


def test_new_rules_keep_the_rulings_and_show_what_changed(department, officer, reports, monkeypatch):
    recheck(department, by=officer)
    first = Finding.objects.earliest("report__accession_number")
    rule_finding(first, verdict="dismiss", version=0, by=officer)
    Report.objects.filter(accession_number="A2").update(findings="右肺结节。")
    run = recheck(department, by=None)
    run.refresh_from_db()
    assert run.by_code == {PLACEHOLDER: {"added": 0, "gone": 1, "kept": 2}}
    first.refresh_from_db()
    assert (first.state, first.ruled_by, first.is_current) == ("dismissed", officer, True)


def test_recheck_killed_half_way_and_run_again_does_the_rest_once(department, reports, monkeypatch):
    monkeypatch.setattr("reports.findings.actions.checking.CHUNK", 1)
    run = begin_recheck(department, by=None, queue=False)
    seen = []

    class Killed(BaseException):
        pass

    def die_at_the_second(done):
        seen.append(done)
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        run_recheck(run.pk, progress=die_at_the_second)
    run.refresh_from_db()
    assert (run.status, run.progress_done, len(current())) == ("running", 1, 1)
    run_recheck(run.pk)
    run.refresh_from_db()
    assert (run.status, run.progress_done, run.added, len(current())) == ("done", 3, 3, 3)


def test_second_recheck_while_one_is_open_joins_it(department, reports):
    first = begin_recheck(department, by=None, queue=False)
    assert begin_recheck(department, by=None, queue=False) == first
    assert CheckRun.objects.count() == 1


def test_recheck_that_fails_says_so_and_can_be_asked_again(department, reports, monkeypatch):
    run = begin_recheck(department, by=None, queue=False)
    with monkeypatch.context() as faulty:
        faulty.setattr(rechecking, "check_waiting", lambda **_: 1 / 0)
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            run_recheck(run.pk)
    run.refresh_from_db()
    assert (run.status, "内部错误" in run.problem) == ("failed", True)
    recheck(department, by=None)
    assert len(current()) == 3


def test_start_of_the_server_rechecks_only_where_reports_wait(department, other_department, reports):
    make_report(other_department, "B1")
    Report.objects.filter(department=other_department).update(rules_version=RULES_VERSION)
    runs = recheck_where_due()
    assert [run.department for run in runs] == [department]
    assert recheck_where_due() == []


def test_rule_switched_off_takes_its_findings_back_and_on_again_brings_them(department, officer, reports):
    recheck(department, by=None)
    switch_rule(department, PLACEHOLDER, enabled=False, reason="模板用XX作标记", by=officer)
    assert current() == []
    switch_rule(department, PLACEHOLDER, enabled=True, by=officer)
    assert len(current()) == 3
    setting = RuleSetting.objects.get()
    assert (setting.enabled, setting.set_by) == (True, officer)


def test_rule_switched_off_for_a_source_stays_on_elsewhere(department, officer, reports):
    source = ImportSource.objects.create(department=department, name="旧RIS")
    Report.objects.filter(accession_number="A1").update(source=source)
    recheck(department, by=None)
    switch_rule(department, PLACEHOLDER, enabled=False, source=source, reason="旧模板", by=officer)
    assert current() == [("A0", PLACEHOLDER), ("A2", PLACEHOLDER)]
    event = Event.objects.get(action="reports.switch_rule")
    assert event.detail == {"code": PLACEHOLDER, "enabled": False, "source": "旧RIS", "reason": "旧模板"}


@pytest.mark.parametrize(
    ("code", "reason", "foreign"), [("9/none", "因", False), (TIME, "", False), (TIME, "因", True)]
)
def test_switch_that_cannot_be_is_refused_in_words(
    department, other_department, officer, code, reason, foreign
):
    source = ImportSource.objects.create(department=other_department, name="他院") if foreign else None
    with pytest.raises(RefusedError):
        switch_rule(department, code, enabled=False, reason=reason, source=source, by=officer)
    assert not RuleSetting.objects.exists()


def test_source_said_to_lose_lines_is_checked_again(department, officer, reports):
    source = ImportSource.objects.create(department=department, name="旧RIS")
    Report.objects.filter(accession_number="A1").update(source=source)
    set_keeps_lines(source, keeps_lines=False, by=officer)
    assert ImportSource.objects.get().keeps_lines is False
    assert len(current()) == 3


def test_recheck_command_answers_what_changed(department, reports, capsys):
    call_command("recheck", "--department", "RAD")
    assert capsys.readouterr().out == (
        f'{{"department": "RAD", "rules_version": {RULES_VERSION}, "reports": 3, "added": 3, "gone": 0, '
        f'"kept": 0, "by_code": {{"{PLACEHOLDER}": {{"added": 3, "gone": 0, "kept": 0}}}}}}\n'
    )
