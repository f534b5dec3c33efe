"""manage.py demo: the whole story told once through the actions, and looked at from many sides."""

import json
from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from audits.follow_up.domain.follow_up import Tally
from audits.follow_up.queries import records_between, tally_of, untaken_between
from audits.judging.models import Fault, Review
from audits.measures.models import Measure
from audits.measures.queries.calendar import year_months
from audits.monthly.domain.monthly import verify_monthly_draw
from audits.monthly.models import MonthlyAudit
from audits.sampling.domain.verify import verify_draw
from audits.sampling.models import Audit, Case
from demo.content import DEFAULT_SEED, demo_department
from demo.content.days import four_quarters, twelve_months
from demo.content.follow_up import follow_ups_of
from demo.steps.accounts import weakness
from reports.archive.content import content_of, from_json
from reports.archive.models import Report, Revision
from reports.findings.models import Finding, RuleStanding
from reports.imports.models import CriticalAlert, ImportBatch
from reports.outcomes.models import Outcome
from reports.qualified.queries.periods import exceptions
from scoring.downloads.models import PacketGrant
from scoring.records.queries import verify_records
from scoring.sheets.models import Sheet
from scoring.sheets.queries.signed_records import signed_document
from scoring.unmasking.models import UnmaskRequest
from staff.access.profile import ADMINISTRATORS
from staff.accounts.models import RoleGrant, User
from staff.departments.models import Department
from staff.register.models import Qualification
from trail import chain
from trail.models import Event

PASSWORD = "Demo-schluessel-26"
TODAY = date(2025, 11, 20)
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DERIVED = ("age_days", "extra")


def told(*arguments):
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return json.loads(out.getvalue())


def refused(*arguments):
    with pytest.raises(CommandError) as caught:
        call_command("demo", *arguments, stdout=StringIO())
    assert caught.value.returncode == 2
    return str(caught.value)


@pytest.fixture(scope="module")
def story(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demonstration made once for all tests of this file, and taken back after the last."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setenv("QC_DEMO_PASSWORD", PASSWORD)
        with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("demo"), PASSWORD_HASHERS=FAST):
            yield told("--today", TODAY.isoformat())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def demo():
    return demo_department(TODAY, DEFAULT_SEED)


@pytest.fixture
def here(story, db):
    return Department.objects.get(code="DEMO")


# First, while nothing is there yet: the story stays until the last test of this file.
def test_account_of_somebody_else_is_left_alone(db):
    User.objects.create_user("head", password="Test-passw0rd", full_name="真主任")
    sentence = refused()
    assert sentence.startswith("账号“head”已经存在（真主任），演示不会改动已有账号。")
    assert not Department.objects.filter(code="DEMO").exists()
    assert User.objects.count() == 1


def test_quarters_stand_as_the_story_says(story):
    shown = ("label", "reports", "amended", "outcomes", "pending", "refused", "judged", "status", "verdict")
    assert [tuple(quarter[name] for name in shown) for quarter in story["quarters"]] == [
        ("2025年第1季度", 128, 2, 40, 2, 0, 10, "已签发", "pass"),
        ("2025年第2季度", 120, 3, 19, 2, 0, 10, "已签发", "fail"),
        ("2025年第3季度", 132, 3, 45, 2, 0, 10, "待签发", "pass"),
        ("2025年第4季度", 124, 3, 38, 2, 0, 6, "评审中", None),
    ]
    totals = [quarter["total"] for quarter in story["quarters"]]
    assert totals[0] >= 25
    assert totals[1] <= 15
    assert totals[2] >= 26
    assert totals[3] is None


def test_accounts_are_one_a_role_and_open_with_the_password_given(story, here):
    assert [(a["username"], a["role"]) for a in story["accounts"]] == [
        ("qc_officer", "qc_officer"),
        ("assessor", "assessor"),
        ("assessor2", "assessor"),
        ("head", "head"),
        ("member", "member"),
        ("inspector", "inspector"),
        ("admin", "admin"),
        ("security_admin", "security_admin"),
        ("auditor", "auditor"),
    ]
    for told_account in story["accounts"]:
        user = User.objects.get(username=told_account["username"])
        assert told_account["password"] == PASSWORD
        assert user.check_password(PASSWORD)
        assert not user.must_change_password
        places = list(user.role_grants.values_list("role", "department__code"))
        where = None if told_account["role"] in ADMINISTRATORS else "DEMO"
        assert places == [(told_account["role"], where)]


def test_reports_arrive_exactly_as_they_were_made(here, demo):
    stored = {report.accession_number: report for report in Report.objects.filter(department=here)}
    every = (*demo.earlier, *demo.reports)
    assert set(stored) == {report.accession_number for report in every}
    for made in every:
        report = stored[made.accession_number]
        assert _compared(content_of(report)) == _compared(made.content)
        assert (report.system, report.is_final, report.is_signed) == (made.system, True, True)


def test_amended_reports_keep_both_versions(here, demo):
    amended = {report.accession_number: report for report in demo.reports if report.earlier}
    second = Revision.objects.filter(report__department=here, number=2).select_related("report")
    assert {revision.report.accession_number for revision in second} == set(amended)
    for revision in Revision.objects.filter(report__accession_number__in=amended, number=1):
        made = amended[revision.report.accession_number]
        assert _compared(from_json(revision.content)) == _compared(made.earlier)


def _compared(content):
    return {name: value for name, value in content.items() if name not in DERIVED}


def test_outcomes_count_only_when_the_identity_is_certain(here, demo):
    certain = {r.accession_number for r in demo.reports if r.outcome and r.outcome.tied_by != "patient_only"}
    matched = Outcome.objects.filter(department=here, report__isnull=False)
    assert set(matched.values_list("report__accession_number", flat=True)) == certain
    assert Outcome.objects.filter(department=here).pending().count() == 8
    assert set(matched.values_list("match", flat=True)) == {"accession", "patient_and_date"}


def test_imports_are_listed_as_done(here):
    batches = ImportBatch.objects.filter(department=here)
    kinds = ("reports", "outcomes", "alerts")
    assert set(batches.values_list("kind", "status")) == {(kind, "done") for kind in kinds}
    assert batches.count() == 14  # three a quarter, and the months before without outcomes


def test_findings_of_the_past_are_ruled_on_and_the_running_quarter_waits(here, demo):
    binding = Finding.objects.filter(department=here, is_current=True, severity__in=("violation", "suspect"))
    running = demo.quarters[-1]
    of_now = binding.filter(reported_at__date__gte=running.window_start)
    assert set(of_now.values_list("state", flat=True)) >= {"open"}
    assert not binding.exclude(pk__in=of_now).filter(state="open").exists()
    assert set(binding.values_list("state", flat=True)) == {"open", "confirmed", "dismissed"}
    assert not RuleStanding.objects.filter(department=here, demoted_to_note=True).exists()


def test_critical_alerts_are_recorded_for_most_and_ask_where_they_are_not(here):
    recorded = set(CriticalAlert.objects.filter(department=here).values_list("accession_number", flat=True))
    asked = Finding.objects.filter(department=here, is_current=True, code="4.1/critical-suspect")
    assert recorded
    assert not recorded & set(asked.values_list("report__accession_number", flat=True))
    assert 0 < asked.count() < len(recorded)


def test_ledger_accounts_for_every_report_of_the_window(here):
    for audit in Audit.objects.filter(department=here):
        ledger = audit.ledger
        assert ledger["eligible"] == audit.pool_size
        assert ledger["eligible"] + ledger["excluded"] == ledger["total"]
        assert {row["code"] for row in ledger["by_reason"]} >= {"no_outcome", "outcome_unconfirmed"}


def test_drawn_ten_can_be_drawn_again_by_anyone(here):
    for audit in Audit.objects.filter(department=here):
        assert verify_draw(audit.draw).problems == ()
        cases = Case.objects.filter(audit=audit)
        assert cases.count() == 10
        systems = [case.system for case in cases]
        five = ("nervous", "respiratory", "digestive_urogenital", "skeletal", "circulatory")
        assert {system: systems.count(system) for system in five} == dict.fromkeys(five, 2)


def test_rulings_are_the_truths_of_the_reports(here, demo):
    made = {report.accession_number: report for report in demo.reports}
    judged = Review.objects.filter(case__audit__department=here, conclusion_at__isnull=False)
    assert judged.count() == 36
    for review in judged.select_related("case__report"):
        report = made[review.case.report.accession_number]
        assert review.judgement == report.truth.judgement
        assert (review.description == "nonconforming") == bool(report.description_faults)
        faults = Fault.objects.filter(review=review).values_list("clause", "excerpt")
        assert list(faults) == [(f.clause, f.excerpt) for f in report.description_faults]


def test_nobody_judges_a_report_they_took_part_in(here):
    for review in Review.objects.filter(case__audit__department=here).select_related("assessor"):
        report = review.case.report
        part = {report.reporting_physician, report.reviewing_physician, report.signed_by, report.operator}
        assert review.assessor.full_name not in part


def test_member_sees_own_reports_and_no_others(here, demo):
    member = User.objects.get(username="member")
    every = (*demo.earlier, *demo.reports)
    own = {r.accession_number for r in every if r.content["reporting_physician"] == member.full_name}
    shown = Report.objects.visible_to(member).values_list("accession_number", flat=True)
    assert len(own) > 20
    assert set(shown) == own


def test_failed_quarter_has_a_request_for_names_that_waits_for_the_head(here):
    request = UnmaskRequest.objects.get(sheet__audit__department=here)
    assert (request.status, request.asked_by.username, request.inspector.username) == (
        UnmaskRequest.Status.ASKED,
        "qc_officer",
        "inspector",
    )
    assert signed_document(request.sheet).result.verdict_zh == "不合格"


def test_signed_packets_are_whole_and_granted_to_the_inspector(here):
    signed = Sheet.objects.filter(audit__department=here, status="signed")
    assert signed.count() == 2
    for sheet in signed:
        assert signed_document(sheet).content_hash() == sheet.content_hash
        assert (sheet.submitted_by.username, sheet.signed_by.username) == ("qc_officer", "head")
        assert {note.row for note in sheet.evidence_notes.all()} >= {"1.1", "1.2", "1.3", "1.5"}
    grants = PacketGrant.objects.filter(sheet__in=signed).values_list("inspector__username", "until")
    assert set(grants) == {("inspector", timezone.localdate() + timedelta(90))}


def test_trail_tells_who_did_what_and_its_chain_holds(here):
    assert chain.verify(Event.objects.order_by("pk")) == []
    done = set(Event.objects.values_list("action", flat=True))
    assert done >= {
        "reports.import",
        "outcomes.import",
        "audits.draw",
        "audits.rule_conclusion",
        "scoring.sign",
    }


def test_every_record_of_the_demonstration_is_as_the_trail_has_it(here):
    found = verify_records()
    assert found.differences == ()
    assert {kind: unrecorded for kind, (_, _, unrecorded) in found.counts.items() if unrecorded} == {}


def test_second_time_is_refused_and_changes_nothing(story, here):
    before = (Report.objects.count(), Event.objects.count(), User.objects.get(username="head").password)
    sentence = refused("--today", TODAY.isoformat())
    assert "演示科室 DEMO 已经存在，未作任何改动" in sentence
    assert "--again" in sentence
    assert before == (
        Report.objects.count(),
        Event.objects.count(),
        User.objects.get(username="head").password,
    )


@pytest.mark.slow
def test_again_sets_the_old_department_aside_and_deletes_nothing(story, here, monkeypatch):
    monkeypatch.delenv("QC_DEMO_PASSWORD")
    reports, events = Report.objects.count(), Event.objects.count()
    answer = told("--today", TODAY.isoformat(), "--again", "--seed", "又一次")
    old = Department.objects.get(pk=here.pk)
    new = Department.objects.get(code="DEMO")
    assert (old.code, Report.objects.filter(department=old).count()) == ("DEMO-1", reports)
    assert Report.objects.filter(department=new).count() == 504 + 72  # and the months before
    assert Event.objects.count() > events
    assert set(RoleGrant.objects.values_list("department__code", flat=True)) == {"DEMO", None}
    passwords = [account["password"] for account in answer["accounts"]]
    assert len(set(passwords)) == len(passwords) == 9
    assert User.objects.get(username="head").check_password(answer["accounts"][3]["password"])


def test_weakness_of_a_password_is_said():
    assert weakness(PASSWORD) == ""
    assert "密码太短" in weakness("demo")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--today", "2026/11/20"), "--today 应为 YYYY-MM-DD 格式的日期，收到“2026/11/20”。"),
        (("--today", "2999-01-01"), "之间，收到 2999-01-01。"),
        (("--seed", " "), "--seed 应为1至60个可见字符。"),
    ],
)
def test_unfit_argument_is_refused_with_a_sentence(db, arguments, words):
    assert words in refused(*arguments)


def test_story_is_told_for_a_day_early_in_a_quarter():
    labels = [span.label for span in four_quarters(date(2026, 10, 20))]
    assert labels == ["2025年第4季度", "2026年第1季度", "2026年第2季度", "2026年第3季度"]


def test_register_of_the_demonstration_knows_everybody_and_has_its_gaps(here, demo):
    names = set(here.members.values_list("full_name", "staff_number"))
    assert names == {(person.name, person.staff_number) for person in demo.people}
    found = Counter(code for e in exceptions(here) for code in e.answer.codes)
    assert set(found) == {"4.3a/training-expired", "4.3b/equipment-training", "4.4/residency-stage-one"}
    assert sum(found.values()) < 50
    assert here.groups.count() == 4
    assert here.groups.filter(lead=None).count() == 1
    assert Qualification.objects.awaiting().filter(member__department=here).count() == 1
    assert here.members.exclude(exempt_reason="").count() == 1
    linked = here.members.exclude(user=None).values_list("user__username", flat=True)
    assert set(linked) == {"member", "assessor", "assessor2"}


def test_follow_ups_and_conferences_are_as_the_story_says(here, demo):
    today = timezone.localdate()
    tallies, held, untaken = [], [], []
    for quarter in demo.quarters:
        records = records_between(here, quarter.window_start, quarter.window_end, on=today)
        tallies.append(tally_of(records))
        held.append(here.conferences.held_between(quarter.window_start, quarter.window_end).count())
        untaken.append(len(untaken_between(here, quarter.window_start, quarter.window_end, on=today)))
    passing, failing, last, running = tallies
    planned = [len(follow_ups_of(demo, quarter)) for quarter in demo.quarters]
    assert (passing, last) == (Tally(planned[0], 0, 0), Tally(planned[2], 0, 0))
    assert [count > 0 for count in untaken] == [False, True, False, True]
    assert (failing.complete, failing.incomplete) == (4, 2)
    assert (running.complete > 0, running.total > running.complete) == (True, True)
    assert (held[1], min(held[0], held[2], held[3]) > 0) == (0, True)
    assert here.follow_ups.candidates().count() > 50


def test_twelve_months_are_checked_and_can_be_drawn_again(here):
    months = list(MonthlyAudit.objects.filter(department=here).order_by("month"))
    assert [(one.month, one.status) for one in months] == [
        *((month, "closed") for month in twelve_months(TODAY)[:-1]),
        (twelve_months(TODAY)[-1], "drawn"),
    ]
    assert [one.cases.count() for one in months] == [10] * 12
    assert all(verify_monthly_draw(one.draw).ok for one in months)
    assert months[-1].cases.exclude(verdict="").count() == 6


def test_measures_stand_at_every_stage_and_nobody_closed_their_own(here):
    measures = Measure.objects.filter(department=here).select_related("audit")
    states = {measure.status for measure in measures}
    assert measures.overdue(TODAY).count() == 1
    closed = [measure for measure in measures if measure.status == "closed"]
    assert all(one.closed_by.username == "head" and one.closed_by != one.owner_user for one in closed)
    assert states == {"open", "checked", "closed"}
    assert any(entry.kind == "reopen" for one in measures for entry in one.entries.all())


def test_failing_quarter_leaves_problems_without_a_measure(here):
    failed = Audit.objects.get(department=here, label="2025年第2季度")
    shown = year_months(here, twelve_months(TODAY), TODAY)
    lacking = [month.month for month in shown if month.uncovered and month.is_finished]
    assert len(lacking) == 1
    assert failed.window_start <= lacking[0] <= failed.window_end
