"""check_text and findings: one JSON line per report; exit 0 done, 1 with refusals, 2 not run."""

import io
import json
import os
import subprocess
import sys
from datetime import datetime

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from reports.archive.models import Report
from reports.domain.textcheck.registry import RULES_VERSION
from reports.findings.actions.rulings import rule_finding
from reports.findings.models import Finding
from tests.factories import make_report
from tests.reports.findings import small_rules
from tests.reports.findings.small_rules import PLACEHOLDER

FINDING = {
    "code": PLACEHOLDER,
    "clause": "6.1.1",
    "field": "findings",
    "start": 2,
    "end": 4,
    "excerpt": "XX",
    "severity": "violation",
    "message": "残留占位符。",
}


@pytest.fixture(autouse=True)
def _rules(monkeypatch):
    small_rules.use(monkeypatch)
    command = "reports.management.commands.check_text"
    monkeypatch.setattr(f"{command}.bound_rules", lambda: small_rules.RULES)


@pytest.fixture
def file_of(tmp_path):
    def _file(*lines):
        path = tmp_path / "reports.jsonl"
        path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
        return str(path)

    return _file


def told(capsys):
    said = capsys.readouterr()
    return [json.loads(line) for line in said.out.splitlines()], said.err.splitlines()


def test_check_text_answers_each_line_in_order(file_of, capsys):
    path = file_of(
        '\ufeff{"accession_number": "A1", "findings": "右肺XX。"}',
        "",
        '{"accession_number": "A2", "findings": "正常。"}',
    )
    call_command("check_text", path)
    assert told(capsys) == (
        [{"accession_number": "A1", "findings": [FINDING]}, {"accession_number": "A2", "findings": []}],
        [],
    )


def test_check_text_with_statements_lists_what_was_read(file_of, capsys):
    call_command(
        "check_text", file_of('{"accession_number": "A1", "findings": "左肾见囊肿。"}'), "--statements"
    )
    ((answer,), _) = told(capsys)
    (row,) = answer["statements"]
    assert (row["structure"], row["side"], row["word"], row["polarity"]) == ("肾", "左", "囊肿", "present")


def test_check_text_bad_line_is_named_and_the_others_are_answered(file_of, capsys):
    path = file_of("{", b"\xff\xfe", '{"accession_number": "A2", "findings": "", "finding": "x"}')
    with pytest.raises(SystemExit) as caught:
        call_command("check_text", path)
    assert caught.value.code == 1
    assert told(capsys) == (
        [{"accession_number": "A2", "findings": []}],
        [
            "第1行：不是有效的JSON（第2个字符附近）。",
            "第2行：不是UTF-8编码。",
            "第3行：未用到的键：finding。",
        ],
    )


def test_check_text_file_that_cannot_be_read_is_exit_2(tmp_path):
    with pytest.raises(CommandError) as caught:
        call_command("check_text", str(tmp_path / "none.jsonl"))
    assert caught.value.returncode == 2


def test_check_text_reads_standard_input_and_needs_no_database(tmp_path):
    answer = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "check_text", "-"],
        input=b'{"accession_number": "A1", "findings": ""}',
        capture_output=True,
        env=os.environ
        | {"QC_DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/none/db.sqlite3"},
        check=True,
    )
    assert json.loads(answer.stdout)["accession_number"] == "A1"


@pytest.fixture
def stored(department):
    for accession, day, text in (("A2", 20, "右肺XX。"), ("A1", 12, "右肺XX。"), ("A3", 12, "正常。")):
        make_report(department, accession, findings=text, reported_at=datetime(2026, 10, day, 11, 0))
    make_report(department, "A4", findings="右肺XX。", is_final=False)
    return department


def found(*options):
    out = io.StringIO()
    call_command("findings", "--department", "RAD", *options, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_findings_lists_every_final_report_by_time_and_number(stored):
    assert found() == [
        {"accession_number": "A1", "findings": [FINDING]},
        {"accession_number": "A3", "findings": []},
        {"accession_number": "A2", "findings": [FINDING]},
    ]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (("--since", "2026-10-13"), ["A2"]),
        (("--until", "2026-10-12"), ["A1", "A3"]),
        (("--since", "2026-10-12", "--until", "2026-10-20"), ["A1", "A3", "A2"]),
        (("--since", "2027-01-01"), []),
    ],
)
def test_findings_of_a_period_has_both_its_days(stored, options, numbers):
    assert [line["accession_number"] for line in found(*options)] == numbers


def test_findings_leaves_dismissed_ones_and_past_ones_out(stored, officer):
    found()
    first = Finding.objects.get(report__accession_number="A1")
    rule_finding(first, verdict="dismiss", version=0, by=officer)
    Finding.objects.filter(report__accession_number="A2").update(is_current=False)
    assert [line["findings"] for line in found()] == [[], [], []]


def test_findings_masks_the_patient(department):
    report = make_report(department, "A1", patient_name="XX", findings="右肺XX。")
    assert found() == [
        {"accession_number": "A1", "findings": [FINDING | {"excerpt": report.masked("XX")}]},
    ]
    assert report.masked("XX") != "XX"


def test_findings_quotes_no_other_patient_whose_request_does_not_fit(department):
    report = make_report(department, "A1", patient_name="王受检", findings="双肺纹理清晰。")
    Finding.objects.create(
        report=report,
        department=department,
        code="6.3.1/identity-mismatch",
        clause="6.3.1",
        field="patient_name",
        start=0,
        end=3,
        excerpt="王受检",
        severity="violation",
        said_severity="violation",
        message="报告姓名“王受检”与申请单“李某乙”不一致。",
        fingerprint="x" * 32,
        rules_version=RULES_VERSION,
        revision_number=1,
    )
    Report.objects.update(rules_version=RULES_VERSION)
    (finding,) = found()[0]["findings"]
    assert (finding["excerpt"], finding["message"]) == ("王**", "报告姓名“王**”与申请单“李**”不一致。")


def test_findings_of_an_amended_report_are_those_of_its_present_text(stored):
    found()
    Report.objects.filter(accession_number="A1").update(findings="正常。", rules_version=0)
    assert found()[0] == {"accession_number": "A1", "findings": []}


@pytest.mark.parametrize("options", [("--since", "昨天"), ("--since", "2026-10-13", "--until", "2026-10-12")])
def test_findings_with_days_that_cannot_be_is_exit_2(stored, options):
    with pytest.raises(CommandError) as caught:
        found(*options)
    assert getattr(caught.value, "returncode", 2) in (1, 2)


def test_findings_of_a_department_there_is_not_is_exit_2(db):
    with pytest.raises(CommandError) as caught:
        call_command("findings", "--department", "NONE")
    assert caught.value.returncode == 2
