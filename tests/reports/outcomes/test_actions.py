"""Outcomes taken in: matched, left for a person, or refused; reports that come later are found."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from reports.archive.models import Report
from reports.imports.actions.files import take_file
from reports.intake.values import IncomingOutcome
from reports.outcomes.actions import receive_outcomes, record_outcome, rematch_outcomes, settle_outcome
from reports.outcomes.models import Outcome
from tests.factories import make_report
from tests.paths import DATA
from trail.models import Event

RIS = DATA / "ris"
KEY = [json.loads(line) for line in (RIS / "outcomes_key.jsonl").read_text(encoding="utf-8").splitlines()]


def take(name, department, kind="outcomes", **more):
    values = {"kind": kind, "department": department, "source": None, "mapping": None, "by": None} | more
    return take_file((RIS / name).read_bytes(), name, **values)[0]


def counts(tally):
    return tally.created, tally.unchanged, len(tally.refused), len(tally.pending)


def given(row=2, **fields):
    values = {"kind": "biopsy", "observed_on": date(2026, 10, 20), "text": "腺癌。", "accession_number": "A1"}
    return IncomingOutcome(row=row, **(values | fields))


@pytest.mark.parametrize("nobody", ["无", "000", "N/A", "？", "待补"])
def test_placeholder_ties_no_outcome_to_a_report_or_a_patient(department, nobody):
    reports = (
        "检查号,受检者ID,姓名,设备类型,检查时间,影像描述,诊断结论,报告时间\n"
        f"T1,{nobody},甲试一,CT,2026-09-01 10:20,双肺清晰。,未见异常。,2026-09-01 11:30\n"
        f"T2,{nobody},乙试二,CT,2026-09-02 08:00,左肺片状影。,炎症。,2026-09-02 09:00\n"
        f"{nobody},P3,丙试三,CT,2026-09-03 08:00,左肺片状影。,炎症。,2026-09-03 09:00\n"
    )
    outcomes = (
        "检查号,受检者ID,检查日期,结局来源,结局日期,结局内容\n"
        f",{nobody},2026-09-02,手术病理,2026-09-10,腺癌\n"
        f"{nobody},{nobody},2026-09-01,手术病理,2026-09-10,鳞癌\n"
    )
    tallies = [
        take_file(
            text.encode(), "x.csv", kind=kind, department=department, source=None, mapping=None, by=None
        )[0]
        for kind, text in (("reports", reports), ("outcomes", outcomes))
    ]
    assert [(t.created, [(r.row, r.found) for r in t.refused]) for t in tallies] == [
        (2, [(4, nobody)]),
        (2, []),
    ]
    assert matches() == {("", "", date(2026, 9, 10), "unmatched", None)}
    assert Report.objects.values("patient_key").distinct().count() == 2


def test_number_of_another_patient_waits_for_a_person(department):
    make_report(department, "A1", patient_id="P1", patient_name="甲试一")
    rows = [given(patient_id="P1", patient_name=name, text=name) for name in ("甲试一", "甲*一", "乙试二")]
    receive_outcomes([*rows, given(patient_id="P2", text="另一人")], department=department, by=None)
    assert list(Outcome.objects.order_by("pk").values_list("match", flat=True)) == [
        *("accession", "accession", "conflict", "conflict"),
    ]


def matches():
    rows = Outcome.objects.order_by("pk").values_list(
        "given_accession", "given_patient_id", "observed_on", "match", "report__accession_number"
    )
    return set(rows)


@pytest.mark.parametrize("name", ["outcomes.xlsx", "outcomes.csv"])
def test_shared_register_matches_waits_and_refuses_as_its_key_says(name, department):
    take("clean.xlsx", department, kind="reports")
    tally = take(name, department)
    refused = [k["row"] + 1 for k in KEY if k["match"].startswith("refused")]
    waiting = [k["row"] + 1 for k in KEY if k["match"] in ("patient_only_unique", "ambiguous", "unmatched")]
    assert [r.row for r in tally.refused] == refused
    assert [r.row for r in tally.pending] == waiting
    assert counts(tally) == (len(KEY) - len(refused), 0, len(refused), len(waiting))
    certain = [k for k in KEY if k["match"] in ("accession", "patient_and_date")]
    found = list(
        Outcome.objects.matched().order_by("pk").values_list("match", "report__accession_number", "kind")
    )
    assert found == [(k["match"], k["accession"], k["kind"]) for k in certain]
    unsure = {k["match"]: k for k in KEY if k["match"] == "patient_only_unique"}
    suggestion = Outcome.objects.filter(match="patient_only_unique").order_by("-pk").first()
    assert (suggestion.report, suggestion.candidates) == (None, [unsure["patient_only_unique"]["accession"]])


def test_both_formats_and_a_second_time_change_nothing(department):
    take("clean.xlsx", department, kind="reports")
    take("outcomes.xlsx", department)
    before = matches()
    assert counts(take("outcomes.csv", department)) == (0, 71, 7, 0)
    assert counts(take("outcomes.xlsx", department)) == (0, 71, 7, 0)
    assert matches() == before


def test_outcomes_that_came_before_their_reports_find_them(department, other_department):
    take("outcomes.csv", department)
    assert Outcome.objects.matched().count() == 0
    take("clean.xlsx", department, kind="reports")
    early = matches()
    Outcome.objects.all().delete()
    take("outcomes.csv", department)
    usual = matches()
    assert usual <= early
    # That these four lie before the examination was told too late to refuse them: they wait, unmatched.
    assert {row[3] for row in early - usual} == {"conflict"}
    assert len(early - usual) == 4


def test_dry_run_writes_no_outcome(department):
    make_report(department, "A1")
    events = Event.objects.count()
    tally = receive_outcomes([given()], department=department, by=None, dry_run=True)
    assert counts(tally) == (1, 0, 0, 0)
    assert (Outcome.objects.count(), Event.objects.count()) == (0, events)


def test_report_of_another_department_is_never_matched(department, other_department):
    make_report(other_department, "A1")
    receive_outcomes([given()], department=department, by=None)
    outcome = Outcome.objects.get()
    assert (outcome.report, outcome.match, outcome.department) == (None, "unmatched", department)


def test_outcome_of_the_future_is_refused(department):
    make_report(department, "A1")
    day = timezone.localdate() + timedelta(1)
    tally = receive_outcomes([given(observed_on=day)], department=department, by=None)
    assert [r.reason for r in tally.refused] == [f"结局日期{day}尚未到来，请核对年份后重新导入。"]
    assert Outcome.objects.count() == 0


def test_rematching_leaves_what_a_person_settled(department, officer):
    receive_outcomes([given()], department=department, by=None)
    settle_outcome(Outcome.objects.get(), report=None, reason="外院检查", by=officer)
    make_report(department, "A1")
    assert rematch_outcomes(department, by=officer) == 0
    assert Outcome.objects.get().match == "dismissed"


def test_settled_outcome_cannot_be_settled_again(department, officer):
    report = make_report(department, "A1")
    receive_outcomes([given(accession_number="X")], department=department, by=None)
    outcome = settle_outcome(Outcome.objects.get(), report=report, reason="", by=officer)
    assert (outcome.match, outcome.report, outcome.settled_by) == ("person", report, officer)
    with pytest.raises(ValueError, match="已由他人处理"):
        settle_outcome(outcome, report=report, reason="", by=officer)


def test_settling_needs_a_reason_or_a_possible_report(department, other_department, officer):
    receive_outcomes([given(accession_number="X")], department=department, by=None)
    outcome = Outcome.objects.get()
    with pytest.raises(ValueError, match="请写明理由"):
        settle_outcome(outcome, report=None, reason=" ", by=officer)
    with pytest.raises(ValueError, match="不属于本科室"):
        settle_outcome(outcome, report=make_report(other_department, "B1"), reason="", by=officer)
    late = make_report(department, "A2", examined_at=timezone.datetime(2026, 11, 1, 9, 0))
    with pytest.raises(ValueError, match="早于该检查日期"):
        settle_outcome(outcome, report=late, reason="", by=officer)
    assert Outcome.objects.get().match == "unmatched"


def test_typed_outcome_belongs_to_its_report_and_is_there_once(department, officer):
    report = make_report(department, "A1")
    values = {
        "kind": "biopsy",
        "observed_on": date(2026, 10, 20),
        "text": "腺癌。",
        "recorded_by": "测一鸣",
        "by": officer,
    }
    outcome = record_outcome(report=report, **values)
    assert (outcome.report, outcome.match) == (report, "person")
    with pytest.raises(ValueError, match="已经登记过"):
        record_outcome(report=report, **values)
    with pytest.raises(ValueError, match="早于检查日期"):
        record_outcome(report=report, **values | {"observed_on": date(2026, 10, 1)})
    with pytest.raises(ValueError, match="尚未到来"):
        record_outcome(report=report, **values | {"observed_on": timezone.localdate() + timedelta(1)})
    assert Outcome.objects.count() == 1
    assert Report.objects.with_outcome().count() == 1
