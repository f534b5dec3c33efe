"""manage.py draw and manage.py verify_draw."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from audits.sampling.models import Audit
from tests.audits.factories import drawn_audit, planned_audit
from tests.factories import pool_of


def run_draw(capsys, **options) -> dict:
    call_command("draw", department="RAD", until="2026-09-30", **options)
    return json.loads(capsys.readouterr().out)


def run_verify(capsys, path) -> tuple[int, dict]:
    try:
        call_command("verify_draw", str(path))
        code = 0
    except SystemExit as stop:
        code = stop.code
    return code, json.loads(capsys.readouterr().out)


def test_draw_command_prints_the_draw_and_stores_it(department, capsys):
    pool_of(department, 15)
    answer = run_draw(capsys, seed="given")
    audit = Audit.objects.get()
    assert answer["seed"] == "given"
    assert answer["document"] == audit.draw
    assert [row["accession_number"] for row in answer["drawn"]] == audit.draw["drawn"]
    assert answer["window"] == {"start": "2026-07-01", "end": "2026-09-30"}
    assert (answer["pool_size"], len(answer["reserve"]), answer["insufficient"]) == (15, 5, False)


def test_draw_command_fewer_than_ten_says_insufficient(department, capsys):
    pool_of(department, 4)
    answer = run_draw(capsys)
    assert (len(answer["drawn"]), answer["insufficient"]) == (4, True)
    assert any("不足10份" in note for note in answer["notes"])


def test_draw_command_window_not_over_says_what_will_be_missing(department, capsys, monkeypatch):
    pool_of(department, 12)
    monkeypatch.setattr("audits.management.commands.draw.timezone.localdate", lambda: date(2026, 9, 1))
    call_command("draw", department="RAD", until="2026-09-30")
    assert capsys.readouterr().err == "窗口尚未结束：之后完成的报告和登记的结局都不在名单内。\n"


def test_draw_command_planned_audit_keeps_its_seed(department, capsys):
    pool_of(department, 12)
    planned_audit(department)
    assert run_draw(capsys)["seed"] == "test-seed"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"department": "NONE", "until": "2026-09-30"}, "没有代码为“NONE”的科室"),
        ({"department": "RAD", "until": "30.09.2026"}, "YYYY-MM-DD"),
        ({"department": "RAD", "until": "20260930"}, "YYYY-MM-DD"),
        ({"department": "RAD", "until": "2026-W40-2"}, "YYYY-MM-DD"),
        ({"department": "RAD", "until": "2026-02-30"}, "YYYY-MM-DD"),
        ({"department": "RAD", "until": "9998-12-31"}, "在今天之后，还没有报告可抽"),
        ({"department": "RAD", "until": "9999-12-31"}, "在今天之后，还没有报告可抽"),
        ({"department": "RAD", "until": "0001-01-01"}, "截止日 0001-01-01 过早，无法向前推算三个月"),
        ({"department": "RAD", "until": "0001-05-01"}, "没有一份合格报告"),
        ({"department": "RAD", "until": "2026-09-30"}, "没有一份合格报告"),
    ],
)
def test_draw_command_cannot_run_exits_2_in_chinese(department, options, sentence):
    with pytest.raises(CommandError, match=sentence) as failure:
        call_command("draw", **options)
    assert failure.value.returncode == 2
    assert not Audit.objects.exists()


def test_draw_command_already_drawn_exits_2(department):
    drawn_audit(department)
    with pytest.raises(CommandError, match="已经建立"):
        call_command("draw", department="RAD", until="2026-09-30")


def test_verify_draw_command_output_of_draw_exits_0(department, capsys, tmp_path):
    pool_of(department, 15)
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(run_draw(capsys), ensure_ascii=False), encoding="utf-8")
    code, answer = run_verify(capsys, path)
    assert (code, answer["ok"], answer["problems"]) == (0, True, [])


def test_verify_draw_command_changed_list_exits_1(department, capsys, tmp_path):
    document = drawn_audit(department).draw
    document["list"][0]["system"] = "other"
    path = tmp_path / "packet.json"
    path.write_text(json.dumps({"packet": [{"draw": document}]}), encoding="utf-8-sig")
    code, answer = run_verify(capsys, path)
    assert (code, answer["ok"]) == (1, False)
    assert any("名单校验值不符" in problem for problem in answer["problems"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "文件内容不能读取"), ("[]", "没有季度或月度的抽样记录"), ("[" * 100_000, "文件内容不能读取")],
)
def test_verify_draw_command_unfit_file_exits_2(tmp_path, text, sentence):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(CommandError, match=sentence) as failure:
        call_command("verify_draw", str(path))
    assert failure.value.returncode == 2


def test_verify_draw_command_missing_file_exits_2(tmp_path):
    with pytest.raises(CommandError, match="读不到文件"):
        call_command("verify_draw", str(tmp_path / "none.json"))
