"""The command line: JSON, exit 0 done, 1 with refusals, 2 could not run (docs/quality.md C1)."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from reports.archive.models import Report
from reports.findings.models import Finding
from reports.imports.models import CriticalAlert, ImagingRequest, ImportBatch, ImportSource
from reports.management import importing
from reports.outcomes.models import Outcome
from reports.undo.actions import begin_undo, undo
from tests.paths import DATA

RIS = DATA / "ris"


def run(command, name, *options, code="RAD"):
    """(exit code, answer)"""
    out = io.StringIO()
    try:
        call_command(command, str(RIS / name), "--department", code, *options, stdout=out)
    except SystemExit as end:
        return end.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def refused(command, path, *options, code="RAD"):
    with pytest.raises(CommandError) as error:
        call_command(command, str(path), "--department", code, *options)
    assert "\n" not in str(error.value)
    return error.value.returncode, str(error.value)


def test_clean_file_is_done_with_exit_0(department):
    assert run("import_reports", "clean.xlsx") == (
        0,
        {"created": 228, "updated": 0, "unchanged": 0, "refused": [], "completed": 0},
    )


def test_file_with_refusals_takes_the_good_rows_with_exit_1(department):
    code, answer = run("import_reports", "vendor_gbk.csv")
    reason = (
        "字段数29，表头28：多半是文本内的逗号或引号没有加引号，各列已错位。请在RIS中修正后重新导出该记录。"
    )
    assert (code, answer) == (
        1,
        {
            "created": 228,
            "updated": 0,
            "unchanged": 0,
            "refused": [{"row": 123, "column": "", "reason": reason}],
            "completed": 0,
        },
    )
    assert Report.objects.count() == 228


def test_dry_run_answers_the_same_and_writes_nothing(department):
    code, answer = run("import_reports", "messy.xlsx", "--dry-run")
    assert (Report.objects.count(), ImportSource.objects.count()) == (0, 0)
    assert (code, answer) == run("import_reports", "messy.xlsx")


def test_outcomes_answer_names_what_waits(department):
    run("import_reports", "clean.xlsx")
    code, answer = run("import_outcomes", "outcomes.xlsx")
    assert (code, answer["created"], answer["updated"], answer["unchanged"]) == (1, 71, 0, 0)
    assert [r["row"] for r in answer["refused"]] == [72, 73, 74, 75, 77, 78, 79]
    assert [r["row"] for r in answer["pending"]] == [28, 38, 65, 68, 69, 70, 71, 76]
    assert Outcome.objects.count() == 71


@pytest.mark.parametrize(
    ("command", "name", "model", "rows"),
    [
        ("import_requests", "requests.csv", ImagingRequest, 228),
        ("import_alerts", "critical_alerts.csv", CriticalAlert, 10),
    ],
)
def test_papers_are_foretold_then_taken_and_the_second_time_unchanged(command, name, model, rows, department):
    created = {"created": rows, "updated": 0, "unchanged": 0, "refused": []}
    assert run(command, name, "--dry-run") == (0, created)
    assert (model.objects.count(), ImportSource.objects.count()) == (0, 0)
    assert run(command, name) == (0, created)
    assert run(command, name) == (0, created | {"created": 0, "unchanged": rows})
    assert model.objects.count() == rows


def test_papers_with_a_bad_row_name_it_and_take_the_others_with_exit_1(department, tmp_path):
    path = tmp_path / "危急值.csv"
    path.write_text("检查号,危急值内容,通知时间\nA1,气胸,\nA2,脑疝,2026-13-01\n", encoding="gb18030")
    reason = (
        "“通知时间”的内容“2026-13-01”不是确定的日期时间（没有这一天或这一时刻）。"
        "请改为如2025-09-08 10:24的写法。"
    )
    assert run("import_alerts", path) == (
        1,
        {
            "created": 1,
            "updated": 0,
            "unchanged": 0,
            "refused": [{"row": 3, "column": "通知时间", "reason": reason}],
        },
    )


def test_columns_that_go_nowhere_are_named_and_a_report_from_the_future_refused(department, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        "检查号,危急值内容,检出,告知,回执\nA1,气胸,2026-03-05 10:00,2026-03-05 10:05,是\n", "utf-8"
    )
    assert run("import_alerts", path) == (
        0,
        {"created": 1, "updated": 0, "unchanged": 0, "refused": [], "unused_columns": ["回执"]},
    )
    path.write_text("检查号,设备,影像描述,诊断结论,报告时间,备注\nA1,CT,甲,乙,2199-01-01 10:00,急\n", "utf-8")
    code, answer = run("import_reports", path)
    assert (code, answer["created"], [r["column"] for r in answer["refused"]], answer["unused_columns"]) == (
        1,
        0,
        ["报告时间"],
        ["备注"],
    )


@pytest.mark.parametrize(("columns", "incomplete"), [("", 0), (",通知时间", 1)])
def test_alert_is_incomplete_only_where_its_file_had_the_column(department, tmp_path, columns, incomplete):
    run("import_reports", "clean.xlsx")
    path = tmp_path / "x.csv"
    path.write_text(f"检查号,危急值内容,发现时间{columns}\nS20250108CT001,气胸,2026-03-05 10:00\n", "utf-8")
    assert run("import_alerts", path)[0] == 0
    assert Finding.objects.filter(code="4.1/alert-incomplete").count() == incomplete


def test_source_is_remembered_with_its_mapping(department):
    run("import_reports", "clean.xlsx", "--source", "甲院RIS")
    source = ImportSource.objects.get(department=department)
    assert (source.name, source.kind) == ("甲院RIS", "reports")
    assert set(Report.objects.values_list("source", flat=True)) == {source.pk}


def test_mapping_of_a_source_is_used(department, tmp_path):
    head, row = "甲,乙,丙,丁,戊,己", "A1,CT,2026-03-05 10:00,双肺清晰。,未见异常。,张三"
    fields = ("accession_number", "modality", "reported_at", "findings", "impression", "patient_name")
    path = tmp_path / "x.csv"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    assert refused("import_reports", path)[0] == 2
    mapping = dict(zip(head.split(","), fields, strict=True))
    ImportSource.objects.update_or_create(
        department=department, name="映射", kind="reports", defaults={"mapping": mapping}
    )
    assert run("import_reports", path, "--source", "映射")[1]["created"] == 1
    assert Report.objects.get().patient_name == "张三"


def test_unknown_department_is_one_line_naming_the_known_ones(department):
    sentence = "没有代码为“NONE”的科室（现有：RAD）。请先用 add_department 建立。"
    assert refused("import_reports", RIS / "clean.xlsx", code="NONE") == (2, sentence)


def test_missing_file_and_folder_are_one_line(department, tmp_path):
    assert refused("import_reports", tmp_path / "无.csv") == (
        2,
        f"找不到文件{tmp_path / '无.csv'}，请核对路径。",
    )
    assert refused("import_outcomes", tmp_path) == (2, f"{tmp_path}是文件夹，请给出其中的CSV或表格文件。")


@pytest.mark.parametrize(
    "name",
    [
        "truncated.xlsx",
        "mixed_encoding.csv",
        "empty.csv",
        "dtd_bomb.xlsx",
        "old_format.xlsx",
        "duplicate_header.csv",
    ],
)
@pytest.mark.parametrize("command", ["import_reports", "import_outcomes", "import_requests", "import_alerts"])
def test_broken_file_is_one_line_and_writes_nothing(name, command, department):
    code, sentence = refused(command, RIS / "broken" / name)
    assert (code, sentence.startswith(f"{name}：")) == (2, True)
    assert (Report.objects.count(), Outcome.objects.count()) == (0, 0)


def test_outcomes_given_as_reports_say_what_is_missing(department):
    code, sentence = refused("import_reports", RIS / "outcomes.csv")
    assert code == 2
    assert "影像描述" in sentence


def test_source_name_too_long_is_one_line(department):
    assert refused("import_reports", RIS / "clean.xlsx", "--source", "源" * 61) == (
        2,
        "来源名称有61个字，上限为60个。",
    )


def test_installation_without_a_database_is_one_line(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
        "QC_DATA_DIR": str(tmp_path)
    }
    command = [sys.executable, "manage.py", "import_reports", str(RIS / "clean.xlsx"), "--department", "RAD"]
    done = subprocess.run(command, cwd=DATA.parent.parent, env=environment, capture_output=True, text=True)
    sentence = "CommandError: 数据库尚未建立或无法连接，请先运行 manage.py migrate。"
    assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", sentence)


OUTCOMES = "检查号,途径,结局日期,结局内容\n" + "".join(
    f"A{n},{way},2025-03-0{n},右肺腺癌。\n" for n, way in enumerate("甲甲甲乙", start=1)
)


def test_writings_without_a_meaning_stop_the_command_with_their_list_and_the_page(department, tmp_path):
    path, mapping = tmp_path / "x.csv", tmp_path / "m.json"
    path.write_text(OUTCOMES, "utf-8")
    columns = {"检查号": "accession_number", "途径": "kind", "结局日期": "observed_on", "结局内容": "text"}
    mapping.write_text(json.dumps({"columns": columns}), "utf-8")
    code, sentence = refused("import_outcomes", path, "--mapping", str(mapping))
    assert code == 2
    assert "“途径”的“甲”（3行）" in sentence
    assert "“乙”" not in sentence  # one row alone is a slip
    assert reverse("reports:imports") in sentence
    assert reverse("reports:sources") in sentence
    assert (Outcome.objects.count(), ImportBatch.objects.count()) == (0, 0)
    values = {"kind": {"甲": "手术病理", "乙": None}}
    mapping.write_text(json.dumps({"columns": columns, "values": values}), "utf-8")
    assert run("import_outcomes", path, "--mapping", str(mapping))[0] == 0
    assert list(Outcome.objects.values_list("kind", flat=True)) == ["surgical_pathology"] * 3


def test_missing_column_stops_the_command_with_the_page(department, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("检查号,危急值内涵,发现时间\nA1,气胸,2025-03-05 10:00\n", "utf-8")
    code, sentence = refused("import_alerts", path)
    assert (code, reverse("reports:imports") in sentence) == (2, True)


def test_import_of_a_command_is_a_batch_that_can_be_undone(department, officer, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("检查号,危急值内容,接收人\nA1,气胸,乙\n", "utf-8")
    run("import_alerts", path, "--dry-run")
    assert ImportBatch.objects.count() == 0
    run("import_alerts", path)
    batch = ImportBatch.objects.get()
    assert (batch.status, batch.kind, batch.created_by, batch.file_name) == ("done", "alerts", None, "x.csv")
    assert (batch.counts["created"], CriticalAlert.objects.get().batch) == (1, batch)
    begin_undo(batch, reason="不是本院的登记", by=officer)
    undo(batch.pk)
    assert CriticalAlert.objects.count() == 0


def test_command_that_breaks_off_leaves_its_batch_failed(department, tmp_path, monkeypatch):
    def broken(*args, **more):
        raise RuntimeError("disk")

    path = tmp_path / "x.csv"
    path.write_text("检查号,危急值内容,接收人\nA1,气胸,乙\n", "utf-8")
    monkeypatch.setattr(importing, "take_rows", broken)
    with pytest.raises(RuntimeError):
        run("import_alerts", path)
    assert ImportBatch.objects.get().status == "failed"


def test_file_changed_while_it_is_read_is_refused_and_leaves_no_batch(tmp_path, department, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text("检查号,危急值内容,接收人\nA1,气胸,乙\n", "utf-8")
    read = importing.read_file

    def read_and_change(*args, **options):
        found = read(*args, **options)
        path.write_bytes(path.read_bytes() + b"\n")
        return found

    monkeypatch.setattr(importing, "read_file", read_and_change)
    code, sentence = refused("import_alerts", path)
    assert (code, "文件在读取时被改动，没有写入任何数据" in sentence) == (2, True)
    assert (ImportBatch.objects.count(), CriticalAlert.objects.count()) == (0, 0)
