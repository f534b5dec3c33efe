"""The import commands with files that would take a reader down: a sentence or a refused row."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.hostile_files import CELLS, KINDS, REGISTER, WHOLE
from tests.spreadsheets.packages import package, rows

pytestmark = pytest.mark.usefixtures("reader_process")

COMMANDS = {f"import_{kind}": lines for kind, lines in KINDS.items()} | {"import_staff": REGISTER}


@pytest.fixture
def run(tmp_path, department):
    def _run(command, content):
        path = tmp_path / ("导出.xlsx" if content[:2] == b"PK" else "导出.csv")
        path.write_bytes(content)
        out = io.StringIO()
        try:
            call_command(command, str(path), "--department", department.code, "--dry-run", stdout=out)
        except SystemExit as end:
            return end.code, json.loads(out.getvalue())
        return 0, json.loads(out.getvalue())

    return _run


@pytest.mark.parametrize("command", COMMANDS)
def test_file_that_implies_too_much_ends_the_command_with_a_sentence(run, command):
    for make, words in WHOLE.values():
        with pytest.raises(CommandError) as error:
            run(command, make(COMMANDS[command][0]))
        said = str(error.value)
        assert (error.value.returncode, words in said, "\n" in said) == (2, True, False)


@pytest.mark.parametrize("command", COMMANDS)
def test_rows_with_cells_that_no_store_holds_are_refused_alone(run, command):
    head, good = COMMANDS[command]
    bad = [[cell, *good[1:]] for cell, _ in CELLS.values()]
    code, answer = run(command, package(rows(head, good, *bad)))
    assert (code, answer["created"], [r["row"] for r in answer["refused"]]) == (1, 1, [3, 4, 5, 6, 7])
    for refused, (_, words) in zip(answer["refused"], CELLS.values(), strict=True):
        assert words in refused["reason"]
