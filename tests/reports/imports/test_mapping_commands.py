"""--mapping FILE: what a person says of a file's columns, values and constants, used by the commands."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from reports.archive.models import Report
from reports.imports.models import ImportSource
from reports.outcomes.models import Outcome

REPORTS = "甲,乙,丙,丁,戊\nA1,CT,双肺清晰。,未见异常。,2026-03-05 10:00\n"
COLUMNS = dict(
    zip("甲乙丙丁戊", ("accession_number", "modality", "findings", "impression", "reported_at"), strict=True)
)


def run(tmp_path, text, mapping, command="import_reports", **more):
    file, said = tmp_path / "导出.csv", tmp_path / "列.json"
    file.write_text(text, encoding="utf-8")
    said.write_text(mapping if isinstance(mapping, str) else json.dumps(mapping), encoding="utf-8")
    out = io.StringIO()
    try:
        call_command(command, str(file), "--department", "RAD", "--mapping", str(said), stdout=out, **more)
    except SystemExit as end:
        return end.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_columns_of_the_mapping_are_used_and_not_remembered(department, tmp_path):
    code, answer = run(tmp_path, REPORTS, {"columns": COLUMNS})
    assert (code, answer["created"], answer["refused"]) == (0, 1, [])
    assert Report.objects.get().findings == "双肺清晰。"
    assert ImportSource.objects.get().mapping == {}


def test_mapping_of_the_file_comes_before_that_of_the_source(department, tmp_path):
    ImportSource.objects.create(
        department=department, kind="reports", name="RIS", mapping={"甲": "patient_id"}
    )
    assert run(tmp_path, REPORTS, {"columns": COLUMNS}, source="RIS")[1]["created"] == 1


def test_unknown_codes_are_listed_and_their_meaning_given(department, tmp_path):
    head = "检查号,设备,影像描述,诊断结论,报告时间,审核医师,状态\n"
    rows = "".join(f"A{i},CT,双肺清晰。,未见异常。,2026-03-05 10:00,李,50\n" for i in range(8))
    text = f"{head}{rows}B1,CT,双肺清晰。,未见异常。,2026-03-05 10:00,,30\n"
    code, answer = run(tmp_path, text, {"columns": {}})
    unknown = {"field": "report_status", "label": "状态", "value": "30", "count": 1, "rows": [10]}
    assert (code, answer["created"], answer["unknown_values"]) == (1, 8, [unknown])
    code, answer = run(tmp_path, text, {"values": {"report_status": {"30": "已书写"}}})
    assert (code, answer["created"], "unknown_values" in answer) == (0, 1, False)
    assert not Report.objects.get(accession_number="B1").is_final


def test_kind_of_all_outcomes_is_a_constant(department, tmp_path):
    text = "检查号,结果日期,结果\nA1,2026-03-05,腺癌\n"
    run(tmp_path, text, {"constants": {"kind": "手术病理"}}, "import_outcomes")
    assert Outcome.objects.get().kind == "surgical_pathology"


@pytest.mark.parametrize("mapping", ["{", {"columns": {"甲": "nothing"}}, {"cols": {}}])
def test_mapping_that_cannot_be_used_stops_the_command_with_exit_2(department, tmp_path, mapping):
    with pytest.raises(CommandError) as error:
        run(tmp_path, REPORTS, mapping)
    assert (error.value.returncode, Report.objects.count()) == (2, 0)


def test_mapping_that_is_no_text_stops_the_command_with_exit_2(department, tmp_path):
    (tmp_path / "x.csv").write_text(REPORTS, encoding="utf-8")
    (tmp_path / "m.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="UTF-8编码的JSON") as error:
        call_command(
            "import_reports",
            str(tmp_path / "x.csv"),
            "--department",
            "RAD",
            "--mapping",
            str(tmp_path / "m.json"),
        )
    assert error.value.returncode == 2
