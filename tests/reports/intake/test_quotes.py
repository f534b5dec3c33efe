"""A quote out of place refuses the lines it may have run together; every other line is read as it stands."""

import time

import pytest

from reports.intake.reports import read_reports
from spreadsheets import FileRefused, sheets_of
from staff.intake.register import read_register

HEAD = "检查号,描述,结论,医师"
AFTER = "Z9,后,好,丁"


def lines(body, *, separator=",", end="\n"):
    """(number, cells, uncertain) of every row below the head."""
    text = "\n".join([HEAD, body, AFTER]).replace(",", separator).replace("\n", end)
    (sheet,) = sheets_of(text.encode(), "x.csv")
    return [(r.number, r.cells, bool(r.problem)) for r in sheet.rows[1:]]


def uncertain(found):
    """(first cell, uncertain) of each row."""
    return [(cells[0], problem) for _, cells, problem in found]


SWALLOWING = {
    "closed before text": ('A1,"甲,乙,丙\nA2,丁,戊,己\nA3,庚"，辛,壬,癸', 3),
    "closed at a separator by chance": ('A1,"甲,乙,丙\nA2,丁,戊,己\nA3,庚",壬,癸', 3),
    "closed at a line end by chance": ('A1,甲,"乙,丙\nA2,丁,戊,己"', 2),
    "closed in another column": ('A1,"甲,乙,丙\nA2,丁,己",戊', 2),
    "closed by the next cell's own": ('A1,"甲,乙,丙\nA2,"丁",戊,己', 2),
    "lost at the end of a line": ('"A1","甲","乙","丙\n"A2","丁","戊","己"', 2),
    "doubled at the end of a line": ('"A1","甲","乙","丙""\n"A2","丁","戊","己"', 2),
    "ends too early": ('A1,"甲"乙,丙,丁', 1),
    "lost inside a line": ('"A1","甲","乙,"丙"', 1),
    "blank before the separator": ('A1,"甲" ,乙,丙', 1),
}


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("case", SWALLOWING)
def test_quote_out_of_place_refuses_the_lines_it_may_have_run_together(case, separator, end):
    body, count = SWALLOWING[case]
    found = lines(f"A0,前,好,丙\n{body}", separator=separator, end=end)
    assert uncertain(found) == [
        ("A0", False),
        *((f"A{i}", True) for i in range(1, count + 1)),
        ("Z9", False),
    ]
    assert [number for number, _, _ in found] == list(range(2, count + 4))


RIGHT = {
    "line breaks": ('A1,"甲\n乙,丙",丁,戊', ("A1", "甲\n乙,丙", "丁", "戊")),
    "doubled quotes": ('A1,"""甲""边界清","乙\n""丙""",丁', ("A1", '"甲"边界清', '乙\n"丙"', "丁")),
    "inches": ('A1,5",27" 屏,3"', ("A1", '5"', '27" 屏', '3"')),
    "quotes within a field": ('A1,见"晕征",乙"丙"丁,戊', ("A1", '见"晕征"', '乙"丙"丁', "戊")),
    "an empty cell in quotes": ('A1,"","乙\n丙",丁', ("A1", "", "乙\n丙", "丁")),
    "as many commas below marks": (
        'A1,甲,乙,"腺癌\nCK7(+),P40(-),Ki67,好"',
        ("A1", "甲", "乙", "腺癌\nCK7(+),P40(-),Ki67,好"),
    ),
    "as many commas, no record": ('A1,甲,乙,"丙\n丁,戊,己,庚"', ("A1", "甲", "乙", "丙\n丁,戊,己,庚")),
}


@pytest.mark.parametrize("case", RIGHT)
def test_quotes_in_their_place_and_of_the_text_stay_as_they_stand(case):
    body, cells = RIGHT[case]
    assert lines(body) == [(2, cells, False), (3, tuple(AFTER.split(",")), False)]


def test_refusal_names_the_lines_and_the_quote():
    (sheet,) = sheets_of(f'{HEAD}\nA1,"肿块,乙,丙\nA2,丁"，戊,己,庚\n'.encode(), "x.csv")
    words = (
        '第2行的双引号“"肿块,乙,丙”没有正确配对，第2行至第3行可能被并入一个单元格，内容无法确定。'
        "请在原文件中补齐或删去多余的双引号（文字中的双引号应写成两个），或从RIS重新导出。"
    )
    assert [r.problem for r in sheet.rows] == ["", words, words]


def test_quote_never_closed_in_a_long_file_is_named_once_and_costs_linear_time():
    good = "".join(f"A{i},双肺纹理清晰，未见实变。,未见异常。,乙\n" for i in range(100_000))
    began = time.monotonic()
    (sheet,) = sheets_of(f"{HEAD}\n{good}".replace("A20,双", 'A20,"双').encode(), "x.csv")
    assert time.monotonic() - began < 5  # a bound against work by the square, not a benchmark
    run = '第22行的双引号“"双肺纹理清晰，未见实变”没有正确配对，第22行至第100001行可能被并入一个单元格，'
    assert [(r.number, r.problem[: len(run)]) for r in sheet.rows[20:]] == [(21, ""), (22, run)]


def test_rows_after_the_next_quote_are_read_however_long_the_uncertain_run_was():
    good = "".join(f"A{i},{'双' * 100},未见异常。,乙\n" for i in range(50_000))
    text = f"{HEAD}\n{good}".replace("A20,双", 'A20,"双') + f'Y8,甲,"乙",丙\n{AFTER}\n'
    (sheet,) = sheets_of(text.encode(), "x.csv")
    assert [(r.number, r.cells[0], bool(r.problem)) for r in sheet.rows[20:]] == [
        (21, "A19", False),
        (22, "A20", True),
        (50_003, "Z9", False),
    ]


def test_head_that_a_quote_runs_together_refuses_the_file_and_says_which_line():
    with pytest.raises(FileRefused, match='表头所在的第1行无法确定：双引号“"x,影像描述,诊断结论”之后不是'):
        read_reports('检查号,"设备"x,影像描述,诊断结论,报告时间\n'.encode(), "x.csv")


def test_register_refuses_the_lines_of_an_open_quote_and_reads_the_others():
    text = '工号,姓名,职称,执业证书编号\n1,甲一,主治,11\n2,乙二,"主任,22\n3,丙三,主治,33\n'
    found = read_register(text.encode(), "x.csv", {})
    assert [row.full_name for row in found.rows] == ["甲一"]
    words = (
        '第3行的双引号“"主任,22”没有正确配对，第3行至第4行可能被并入一个单元格，内容无法确定。'
        "请在原文件中补齐或删去多余的双引号（文字中的双引号应写成两个），或从RIS重新导出。"
    )
    assert [(r.row, r.reason) for r in found.refusals] == [(3, f"第3行：{words}"), (4, f"第4行：{words}")]


def test_number_with_a_stray_quote_is_refused():
    head = "检查号,设备,影像描述,诊断结论,报告时间"
    result = read_reports(f'{head}\nA1",CT,5",乙,2026-03-05 10:00\n'.encode(), "x.csv")
    assert ([r.accession_number for r in result.reports], [(r.row, r.code) for r in result.refusals]) == (
        [],
        [(2, "number_mangled")],
    )
