"""`serve` and its processes: one on a data folder, private, and gone together whichever of them is killed."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

import pytest
from django.conf import settings

from qcportal.server.data_folder import InUseError, hold, make_private, open_to_others
from tests.qcportal.test_deploy import manage

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal and /proc are Linux's")


def mode(path) -> str:
    return oct(stat.S_IMODE(Path(path).stat().st_mode))


# --- the folder is private ------------------------------------------------------------------------------


@pytest.fixture
def open_mask():
    before = os.umask(0o022)
    yield 0o022
    os.umask(before)


def test_data_folder_is_made_private_and_what_is_written_after_is_too(tmp_path, open_mask):
    folder = tmp_path / "parent" / "var"
    make_private(folder)
    (folder / "log").write_text("")
    (folder / "files").mkdir()
    assert [mode(folder), mode(folder / "log"), mode(folder / "files")] == ["0o700", "0o600", "0o700"]


def test_data_folder_of_an_older_installation_is_tightened(tmp_path, open_mask):
    (tmp_path / "qcportal.sqlite3-journal").write_text("")
    for name in ("files", "keys"):
        (tmp_path / name).mkdir()
    tmp_path.chmod(0o755)
    assert len(open_to_others(tmp_path)) == 4
    make_private(tmp_path)
    assert open_to_others(tmp_path) == []
    assert [mode(tmp_path), mode(tmp_path / "qcportal.sqlite3-journal")] == ["0o700", "0o600"]


def test_folder_shared_by_everyone_is_not_closed_but_said(tmp_path):
    tmp_path.chmod(0o1777)
    done = manage(tmp_path, "check", "--fail-level", "WARNING")
    assert mode(tmp_path) == "0o1777"
    assert done.returncode == 1
    assert f"(qcportal.W001) 本机的其他账号可以读取 {tmp_path}，其中有患者资料。" in done.stderr


@pytest.mark.slow
def test_database_elsewhere_that_others_can_read_is_said(tmp_path):
    (tmp_path / "data").mkdir()
    database = tmp_path / "elsewhere.db"
    database.touch()
    database.chmod(0o644)
    url = f"sqlite:///{database}"
    done = manage(tmp_path / "data", "check", "--fail-level", "WARNING", DATABASE_URL=url)
    assert f"本机的其他账号可以读取 {database}" in done.stderr
    database.chmod(0o600)
    done = manage(tmp_path / "data", "check", "--fail-level", "WARNING", DATABASE_URL=url)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_command_makes_the_database_for_its_owner_only(tmp_path, open_mask):
    folder = tmp_path / "var"
    assert manage(folder, "migrate", "-v0").returncode == 0
    assert [mode(folder), mode(folder / "qcportal.sqlite3")] == ["0o700", "0o600"]


# --- one server on a folder -----------------------------------------------------------------------------


def test_lock_is_refused_while_held_and_free_after_its_process_was_killed(tmp_path):
    code = "import sys, time; from pathlib import Path; from qcportal.server.data_folder import hold\n"
    code += "held = hold(Path(sys.argv[1]), 'server'); print('held', flush=True); time.sleep(60)"
    line = [sys.executable, "-c", code, str(tmp_path)]
    other = subprocess.Popen(line, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "held\n"
    with pytest.raises(InUseError) as refused:
        hold(tmp_path, "server")
    assert refused.value.pid == str(other.pid)
    other.kill()
    other.wait()
    hold(tmp_path, "server").close()  # the file still lies there


@pytest.mark.slow
def test_second_server_and_second_worker_on_a_folder_are_refused_with_a_sentence(tmp_path):
    with hold(tmp_path, "server"):
        done = manage(tmp_path, "serve")
        assert done.returncode == 1
        assert f"{tmp_path} 已有一个服务在运行（进程号 {os.getpid()}），不能再启动第二个。" in done.stderr
    with hold(tmp_path, "worker"):
        for command in ("qcluster", "serve"):
            done = manage(tmp_path, command)
            assert done.returncode == 1
            assert f"{tmp_path} 的后台任务已在运行（进程号 {os.getpid()}）" in done.stderr


# --- gone together --------------------------------------------------------------------------------------


def processes(folder) -> dict[int, str]:
    """Every process that runs on the folder, with its command line."""
    found = {}
    for place in Path("/proc").iterdir():
        try:
            if f"QC_DATA_DIR={folder}".encode() in (place / "environ").read_bytes().split(b"\0"):
                line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if line:  # a zombie has none
                    found[int(place.name)] = line
        except (OSError, ValueError):
            continue
    return found


@contextmanager
def running(folder, *words):
    env = os.environ | {"QC_DATA_DIR": str(folder), "QC_JOBS_INLINE": "0"}
    env.pop("DATABASE_URL", None)  # of its own: what runs is killed
    child = subprocess.Popen([sys.executable, "manage.py", *words], cwd=settings.BASE_DIR, env=env)
    try:
        yield child
    finally:
        for pid in [child.pid, *processes(folder)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        child.wait(10)


def wait_for(what, seconds=60):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def answers(port) -> bool:
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).status == 200
    except OSError:
        return False


def first(folder, pattern) -> int:
    """The oldest process whose command line matches: the parent of the others."""
    return min(pid for pid, line in processes(folder).items() if re.search(pattern, line))


@pytest.fixture
def port():
    with create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@linux
@pytest.mark.slow
@pytest.mark.parametrize("killed", ["manage.py serve", "gunicorn", "manage.py qcluster"])
def test_killed_with_nine_serve_or_either_master_leaves_none_and_the_next_start_works(tmp_path, port, killed):
    manage(tmp_path, "migrate", "-v0")
    serve = ("serve", "--port", str(port))
    with running(tmp_path, *serve) as child:
        # serve, gunicorn and two workers; the cluster, its sentinel, worker, monitor and pusher
        wait_for(lambda: answers(port) and len(processes(tmp_path)) >= 9)
        os.kill(first(tmp_path, killed), signal.SIGKILL)
        child.wait(30)
        wait_for(lambda: not processes(tmp_path), 5)
        assert not answers(port)
    with running(tmp_path, *serve):
        wait_for(lambda: answers(port))


@linux
@pytest.mark.slow
def test_killed_with_nine_a_worker_alone_leaves_none(tmp_path):
    manage(tmp_path, "migrate", "-v0")
    with running(tmp_path, "qcluster") as child:
        wait_for(lambda: len(processes(tmp_path)) >= 5)
        child.kill()
        child.wait(10)
        wait_for(lambda: not processes(tmp_path), 5)


@linux
@pytest.mark.slow
def test_second_server_beside_a_running_one_is_refused_and_the_first_goes_on(tmp_path, port):
    manage(tmp_path, "migrate", "-v0")
    with running(tmp_path, "serve", "--port", str(port)):
        wait_for(lambda: answers(port) and len(processes(tmp_path)) >= 9)
        before = set(processes(tmp_path))
        for words in (("serve", "--port", str(port + 1)), ("qcluster",)):
            done = manage(tmp_path, *words)
            assert done.returncode == 1
            assert "已有一个服务在运行" in done.stderr or "后台任务已在运行" in done.stderr
        assert set(processes(tmp_path)) == before
        assert answers(port)
