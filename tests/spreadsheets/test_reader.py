"""An uploaded file is opened in a process with limits; whatever it does, there is an answer in words."""

import sys
import threading
import time
from pathlib import Path

import pytest

from spreadsheets import FileRefused, reading, sheets_of
from spreadsheets.reader import ROWS_AT_ONCE, TOO_LARGE
from spreadsheets.reading import STOPPED
from spreadsheets.values import DAMAGED, CellError
from tests.spreadsheets.packages import number, package, rows, text

pytestmark = pytest.mark.usefixtures("reader_process")

TAKEN = "import sys; sys.stdin.buffer.read(); "
ENDS = {
    "aborts": (TAKEN + "import os; os.abort()", STOPPED),
    "is_killed_for_its_memory": (TAKEN + "import os; os.kill(os.getpid(), 9)", STOPPED),
    "never_ends": (TAKEN + "import time; time.sleep(60)", STOPPED),
    "takes_nothing": ("import time; time.sleep(60)", STOPPED),
    "fails": (TAKEN + "raise KeyError", DAMAGED),
    "ends_at_once": ("pass", DAMAGED),
    "says_half": (TAKEN + "import pickle; pickle.dump(('sheet', 'a', '', True), sys.stdout.buffer)", DAMAGED),
    "says_what_is_no_message": (TAKEN + "print('甲')", DAMAGED),
    "says_what_would_run_a_program": (
        TAKEN + "import os, pickle; pickle.dump(('rows', os.system), sys.stdout.buffer)",
        DAMAGED,
    ),
}


@pytest.mark.parametrize("case", ENDS)
def test_reader_that_dies_or_hangs_is_a_refusal_and_nothing_else(case, monkeypatch):
    program, sentence = ENDS[case]
    monkeypatch.setattr(reading, "_COMMAND", (sys.executable, "-c", program))
    monkeypatch.setattr(reading, "SECONDS", 1)
    with pytest.raises(FileRefused) as refused:
        sheets_of(b"a" * 1_000_000, "x.xlsx")
    assert str(refused.value) == sentence


def test_reader_that_cannot_be_started_is_a_refusal(monkeypatch):
    monkeypatch.setattr(reading, "_COMMAND", ("/nowhere/python",))
    with pytest.raises(FileRefused) as refused:
        sheets_of(b"a,b", "x.csv")
    assert str(refused.value) == "服务器暂时没有余力读取文件，请稍后再试。"


LIMITED = "from spreadsheets import reader; {}; reader.main()"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("reader.MEMORY = 20 << 20", TOO_LARGE),
        ("reader.MAX_ANSWER = 1 << 20", TOO_LARGE),
        ("reader.SECONDS = 1; reader.read = lambda *_: all(n == 0 for n in iter(int, 1))", STOPPED),
    ],
)
def test_file_that_takes_more_than_it_may_is_refused(change, sentence, monkeypatch):
    monkeypatch.setattr(reading, "_COMMAND", (sys.executable, "-c", LIMITED.format(change)))
    began = time.monotonic()
    with pytest.raises(FileRefused) as refused:
        sheets_of(package(rows(*([number(i)] * 20 for i in range(20_000)))), "x.xlsx")
    assert str(refused.value) == sentence
    assert time.monotonic() - began < 30  # its own limit ended it, not the patience of the one who waits


def test_reader_is_given_none_of_the_environment(monkeypatch):
    program = (
        TAKEN + "import os, pickle; pickle.dump(('refused', ' '.join(sorted(os.environ))), sys.stdout.buffer)"
    )
    monkeypatch.setattr(reading, "_COMMAND", (sys.executable, "-c", program))
    monkeypatch.setenv("SECRET_KEY", "geheim")
    with pytest.raises(FileRefused) as refused:
        sheets_of(b"a,b", "x.csv")
    assert {*str(refused.value).split()} <= {"LC_CTYPE", "PYTHONPATH", "PYTHONUTF8"}


def test_files_read_at_once_by_several_threads_do_not_wait_for_each_other():
    found = {}

    def read(name):
        found[name] = sheets_of(f"检查号\n{name}\n".encode(), "x.csv")[0].rows[1].cells

    threads = [threading.Thread(target=read, args=(f"A{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {f"A{i}": (f"A{i}",) for i in range(4)}


SHARED_BY = {
    "csv": lambda cells: "\n".join(",".join(row) for row in cells).encode(),
    "web_page": lambda cells: (
        "<table>" + "".join(f"<tr><td>{'<td>'.join(row)}" for row in cells) + "</table>"
    ).encode(),
}


@pytest.mark.parametrize("kind", SHARED_BY)
def test_text_that_occurs_again_takes_its_memory_once(kind):
    count = 2 * ROWS_AT_ONCE + 5  # in several messages of the reader
    written = [(f"A{i}", "胸部CT平扫", "1") for i in range(count)]
    (sheet,) = sheets_of(SHARED_BY[kind](written), "x.csv")
    assert [row.cells for row in sheet.rows] == written
    assert len({id(row.cells[1]) for row in sheet.rows}) == 1


@pytest.mark.parametrize("bound", [0, 10])
def test_texts_remembered_are_bounded_and_the_cells_the_same(bound, monkeypatch):
    monkeypatch.setattr(reading, "MAX_SHARED", bound)
    written = [(f"A{i}", f"P{i // 2}", "胸部CT平扫") for i in range(ROWS_AT_ONCE + 5)]
    (sheet,) = sheets_of(SHARED_BY["csv"](written), "x.csv")
    assert [row.cells for row in sheet.rows] == written


def test_equal_cells_of_different_types_stay_what_they_are():
    values = [number(1), text("1"), '<c t="b"><v>1</v></c>', '<c t="e"><v>1</v></c>']
    (sheet,) = sheets_of(package(rows(values, values)), "x.xlsx")
    assert [[(type(cell), cell) for cell in row.cells] for row in sheet.rows] == [
        [(float, 1.0), (str, "1"), (bool, True), (CellError, "1")]
    ] * 2


def test_stored_file_is_handed_over_without_its_bytes(tmp_path, monkeypatch):
    path = tmp_path / "stored"
    path.write_bytes("检查号,结论\nA1,甲\n".encode())
    monkeypatch.setattr(Path, "read_bytes", None)
    (sheet,) = sheets_of(path, "导出.csv")
    assert [row.cells for row in sheet.rows] == [("检查号", "结论"), ("A1", "甲")]


@pytest.mark.parametrize(("content", "words"), [(b"", "0字节"), (b"a" * 20, "上限为100 MB")])
def test_stored_file_that_is_empty_or_too_large_is_refused(content, words, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    path = tmp_path / "stored"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=words):
        sheets_of(path, "导出.csv")


COUNTED = "from spreadsheets import reader; reader.MAX_ANSWER = {}; reader.main()"


@pytest.mark.parametrize(("kept", "is_refused"), [(200_000, True), (500_000, False)])
def test_answer_is_measured_by_the_memory_its_cells_take(kept, is_refused, monkeypatch):
    """A text that recurs counts once: 2,000 rows of 49 characters and their accession numbers."""
    monkeypatch.setattr(reading, "_COMMAND", (sys.executable, "-c", COUNTED.format(kept)))
    data = "".join(f"A{i:05},{'x' * 49}\n" for i in range(2_000)).encode()
    if is_refused:
        with pytest.raises(FileRefused) as refused:
            sheets_of(data, "x.csv")
        assert str(refused.value) == TOO_LARGE
    else:
        assert len(sheets_of(data, "x.csv")[0].rows) == 2_000
