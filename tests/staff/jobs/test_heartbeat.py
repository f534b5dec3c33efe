"""Which process has a job, and a second try after a fault of the database that passes."""

import os
import subprocess
import sys

import pytest
from django.db import DataError, OperationalError

from staff.jobs.heartbeat import _start_of, is_alive, this_process
from staff.jobs.retry import twice

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")


@linux
def test_process_is_alive_until_it_is_killed_even_before_its_parent_has_noticed():
    host = this_process().split(":")[0]
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = f"{host}:{child.pid}:{_start_of(child.pid)}"
    assert (is_alive(this_process()), is_alive(name)) == (True, True)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, its entry still in the table
    assert is_alive(name) is False
    child.wait()
    assert is_alive(name) is False


@linux
def test_number_used_again_is_another_process_and_a_process_elsewhere_is_unknown():
    host, number, start = this_process().split(":")
    assert is_alive(f"{host}:{number}:{int(start) - 1}") is False
    assert [is_alive(name) for name in ("", f"another:{number}:{start}", f"{host}:{number}:")] == [None] * 3


@pytest.mark.parametrize(
    ("faults", "made"),
    [
        ([], 1),
        ([OperationalError("deadlock")], 2),
        ([OperationalError("gone")] * 2, None),
        ([DataError()], None),
    ],
)
def test_work_is_tried_twice_after_a_fault_that_passes_and_once_after_another(db, faults, made):
    tried = []

    def work():
        tried.append(1)
        if len(tried) <= len(faults):
            raise faults[len(tried) - 1]
        return len(tried)

    if made:
        assert twice(work) == made
    else:
        with pytest.raises(type(faults[0])):
            twice(work)
        assert len(tried) == len(faults)
