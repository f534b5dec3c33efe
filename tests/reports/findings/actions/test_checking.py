"""What the checks say is stored as a difference; rulings survive it, and what lies around a report counts."""

from datetime import datetime

import pytest

from reports.archive.models import Report
from reports.domain.textcheck.registry import RULES_VERSION
from reports.findings.actions.checking import check_waiting, recheck_accessions, waiting
from reports.findings.actions.rulings import rule_finding
from reports.findings.models import Finding, RuleSetting
from reports.imports.actions.receive import receive_reports
from reports.imports.models import CriticalAlert, ImagingRequest, ImportSource
from reports.intake.values import IncomingReport
from tests.reports.findings import small_rules
from tests.reports.findings.small_rules import ALERT, PLACEHOLDER, PRIOR, REQUEST, TIME
from trail.models import Event


@pytest.fixture(autouse=True)
def _rules(monkeypatch):
    small_rules.use(monkeypatch)


def incoming(accession="A1", *, findings="右肺XX结节。", day=12, **fields):
    values = {
        "row": 2,
        "accession_number": accession,
        "modality": "CT",
        "patient_id": f"P-{accession}",
        "patient_name": "受检甲",
        "findings": findings,
        "impression": "1、右肺结节。",
        "examined_at": datetime(2026, 10, day, 9, 30),
        "examined_at_precision": "minute",
        "reported_at": datetime(2026, 10, day, 11, 0),
        "reported_at_precision": "minute",
        "reporting_physician": "书写甲",
    }
    return IncomingReport(**(values | fields))


def take(department, *rows, **options):
    return receive_reports(rows, department=department, by=None, **options)


def said(**query):
    rows = Finding.objects.filter(is_current=True, **query).order_by(
        "report__accession_number", "code", "start"
    )
    return [(row.report.accession_number, row.code, row.start, row.end) for row in rows]


def test_report_on_arrival_is_checked_and_its_finding_stored_whole(department):
    take(department, incoming())
    row = Finding.objects.select_related("report").get()
    stored = {name: getattr(row, name) for name in ("code", "clause", "field", "start", "end", "excerpt")}
    assert stored == {
        "code": PLACEHOLDER,
        "clause": "6.1.1",
        "field": "findings",
        "start": 2,
        "end": 4,
        "excerpt": "XX",
    }
    assert (row.severity, row.said_severity, row.state, row.is_current) == (
        "violation",
        "violation",
        "open",
        True,
    )
    assert (row.reporting_physician, row.reported_at) == ("书写甲", row.report.reported_at)
    assert (row.rules_version, row.revision_number) == (RULES_VERSION, 1)
    assert Report.objects.get().rules_version == RULES_VERSION


def test_check_leaves_one_event_with_counts_and_no_identity(department):
    take(department, incoming())
    event = Event.objects.get(action="reports.check")
    assert event.detail == {"reports": 1, "added": 1, "removed": 0, "rules_version": RULES_VERSION}


def test_report_taken_without_checks_waits_until_it_is_checked(department):
    take(department, incoming(), checks=False)
    assert (said(), waiting(department).count()) == ([], 1)
    changes = check_waiting(department=department, by=None)
    assert changes.by_code == {PLACEHOLDER: {"added": 1, "gone": 0, "kept": 0}}
    assert (said(), waiting(department).count()) == ([("A1", PLACEHOLDER, 2, 4)], 0)


def test_same_file_again_changes_no_finding(department):
    take(department, incoming())
    before = list(Finding.objects.values())
    take(department, incoming())
    assert list(Finding.objects.values()) == before


def test_report_that_is_not_final_has_no_findings(department):
    take(department, incoming(report_status="草稿"))
    assert said() == []


def test_final_report_recalled_loses_its_findings(department):
    take(department, incoming(report_status="已审核"))
    assert said() == [("A1", PLACEHOLDER, 2, 4)]
    take(department, incoming(report_status="撤回", reported_at=datetime(2026, 10, 13, 9, 0)))
    assert said() == []


def test_amended_report_keeps_the_ruling_of_the_same_sentence_and_drops_what_was_mended(department, officer):
    take(department, incoming(findings="左肺XX。右肺XX结节。"))
    first, second = Finding.objects.order_by("start")
    rule_finding(second, verdict="dismiss", version=0, by=officer)
    amended = incoming(findings="左肺清晰，气管通畅。右肺XX结节。", reported_at=datetime(2026, 10, 12, 15, 0))
    take(department, amended)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_current, first.state) == (False, "open")
    assert (second.is_current, second.state, second.start) == (True, "dismissed", 12)
    assert Finding.objects.count() == 2
    assert list(Finding.objects.current()) == []


def test_dismissed_finding_that_went_and_came_back_with_its_sentence_is_still_dismissed(department, officer):
    take(department, incoming())
    rule_finding(Finding.objects.get(), verdict="dismiss", version=0, by=officer)
    take(department, incoming(findings="右肺结节。", reported_at=datetime(2026, 10, 12, 15, 0)))
    assert said() == []
    take(department, incoming(findings="补充：\n右肺XX结节。", reported_at=datetime(2026, 10, 12, 16, 0)))
    row = Finding.objects.get()
    assert (row.is_current, row.state) == (True, "dismissed")


def test_sentence_that_says_something_else_is_a_new_finding(department, officer):
    take(department, incoming())
    rule_finding(Finding.objects.get(), verdict="dismiss", version=0, by=officer)
    take(department, incoming(findings="左肺XX结节。", reported_at=datetime(2026, 10, 12, 15, 0)))
    assert [(f.state, f.is_current) for f in Finding.objects.order_by("pk")] == [
        ("dismissed", False),
        ("open", True),
    ]


def test_prior_that_arrives_later_lets_the_later_report_be_checked_again(department):
    take(department, incoming("A2", patient_id="P-1", findings="右肺结节。", day=20))
    assert said() == []
    take(department, incoming("A1", patient_id="P-1", findings="右肺结节。", day=12))
    assert said() == [("A2", PRIOR, 0, 0)]


def test_prior_of_the_same_file_is_known_whatever_the_order(department):
    rows = [
        incoming("A3", patient_id="P-1", findings="结节。", day=25),
        incoming("A1", patient_id="P-1", findings="结节。", day=12),
        incoming("B1", patient_id="P-2", findings="结节。", day=20),
        incoming("A2", patient_id="P-1", findings="结节，与前片对比。", day=20),
    ]
    take(department, *rows)
    assert said() == [("A3", PRIOR, 0, 0)]
    assert Finding.objects.get().message == "有2次既往检查，未写对比。"


def test_examination_on_the_same_day_given_by_day_alone_is_no_prior(department):
    take(
        department,
        incoming("A1", patient_id="P-1", findings="结节。", examined_at_precision="day"),
        incoming("A2", patient_id="P-1", findings="结节。", examined_at=datetime(2026, 10, 12, 15, 0)),
    )
    assert said() == []


def test_reports_of_nobody_known_are_no_priors_of_each_other(department):
    take(
        department,
        incoming("A1", patient_id=None, findings="结节。"),
        incoming("A2", patient_id=None, findings="结节。", day=20),
    )
    assert said() == []


def test_alert_records_that_come_in_let_their_reports_be_checked_again(department):
    take(department, incoming(findings="正常。", impression="主动脉夹层。"))
    assert said() == []  # no alert was ever recorded here: not known
    CriticalAlert.objects.create(
        department=department, accession_number="Z9", content="气胸", content_hash="1"
    )
    recheck_accessions(department, ["A1", "Z9", ""], by=None)
    assert said() == [("A1", ALERT, 3, 5)]
    CriticalAlert.objects.create(
        department=department, accession_number="A1", content="夹层", content_hash="2"
    )
    recheck_accessions(department, ["A1"], by=None)
    assert said() == []


def test_newest_request_is_the_one_that_is_asked(department):
    values = {"department": department, "accession_number": "A1"}
    for number, question, day in (("Q2", "右肺结节", 11), ("Q1", "肝脏", 10), ("Q3", "脾脏", None)):
        at = datetime(2026, 10, day, 8, 0).astimezone() if day else None
        ImagingRequest.objects.create(
            request_number=number, clinical_question=question, requested_at=at, content_hash=number, **values
        )
    take(department, incoming(findings="正常。"))
    assert said() == []
    ImagingRequest.objects.filter(request_number="Q2").delete()
    recheck_accessions(department, ["A1"], by=None)
    assert said() == [("A1", REQUEST, 0, 0)]


def test_missing_examination_time_is_known_only_where_the_export_has_the_column(department):
    full, poor = (ImportSource.objects.create(department=department, name=n) for n in ("全", "缺"))
    empty = {"examined_at": None, "examined_at_precision": "", "findings": "正常。"}
    take(department, incoming("A1", findings="正常。"), incoming("A2", **empty), source=full)
    take(department, incoming("B1", **empty), source=poor)
    assert said() == [("A2", TIME, 0, 0)]


def test_rule_switched_off_in_the_department_is_not_looked_for_but_a_source_may_keep_it(department, officer):
    on = ImportSource.objects.create(department=department, name="甲")
    at = datetime(2026, 10, 1).astimezone()
    for source, enabled in ((None, False), (on, True)):
        RuleSetting.objects.create(
            department=department, source=source, code=PLACEHOLDER, enabled=enabled, set_by=officer, set_at=at
        )
    take(department, incoming("A1"))
    take(department, incoming("B1"), source=on)
    assert said() == [("B1", PLACEHOLDER, 2, 4)]


def test_findings_of_another_department_are_left_alone(department, other_department):
    take(other_department, incoming("A1", patient_id="P-1", day=25))
    before = list(Finding.objects.values())
    take(department, incoming("A1", patient_id="P-1", findings="正常。"))
    assert list(Finding.objects.values()) == before


@pytest.mark.parametrize("checks", [True, False])
def test_number_of_queries_of_a_recheck_is_the_same_for_one_report_and_many(
    department, count_queries, checks
):
    one = [incoming("A1")]
    many = [incoming(f"B{i}", patient_id="P-1", day=1 + i) for i in range(20)]
    take(department, *one, *many, checks=checks)
    numbers = [row.accession_number for row in many]
    few = count_queries(lambda: recheck_accessions(department, ["A1"], by=None))
    assert count_queries(lambda: recheck_accessions(department, numbers, by=None)) == few
