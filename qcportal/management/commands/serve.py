"""Web server and worker from one command, stopped together (docs/quality.md F4)."""

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from functools import partial
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from audits.follow_up.actions.candidates import schedule_candidates
from qcportal.backup.actions import schedule_backups
from qcportal.management.commands.qcluster import worker_running
from qcportal.notices.digest import schedule_digests
from qcportal.server.data_folder import InUseError, hold
from qcportal.server.lifetime import die_with
from qcportal.watching.request_counts import clear_counts
from reports.findings.actions.rechecking import recheck_where_due
from reports.undo.tending import schedule_imports, tend_imports
from scoring.records.actions import schedule_verification
from scoring.unmasking.actions.retention import schedule_packets
from staff.accounts.actions.requests import schedule_expiry
from staff.leaving.actions import schedule_accounts
from staff.retention.actions import schedule_clean_up
from staff.sessions.actions import schedule_sessions
from trail.anchors import keep_anchor, schedule_anchors

STOP_SECONDS = 20


class Command(BaseCommand):
    help = "启动网页服务和后台任务；任何一个停止，另一个随之停止。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *args: Any, host: str, port: int, workers: int, **options: Any) -> None:
        self.lock = _only_server()
        _refuse_pending_migrations()
        _refuse_taken_port(host, port)
        clear_counts()
        schedule_anchors()
        schedule_backups()
        schedule_candidates()
        schedule_packets()
        schedule_imports()
        tend_imports()
        schedule_verification()
        schedule_accounts()
        schedule_sessions()
        schedule_digests()
        schedule_clean_up()
        schedule_expiry()
        keep_anchor()
        recheck_where_due()  # new rules read the reports of the past
        connection.close()
        # Lines of our own making: nothing a user typed is in them.
        end_with_us = partial(die_with, os.getpid())
        lines = _command_lines(host, port, workers)
        children = [subprocess.Popen(line, preexec_fn=end_with_us) for line in lines]  # noqa: S603  # ours
        asked = _Stop()
        self.stdout.write(f"qcportal：http://{host}:{port}/ （Ctrl+C 停止）")
        self.stdout.flush()
        while not asked.stopping and all(child.poll() is None for child in children):
            time.sleep(0.2)
        failed = not asked.stopping
        _stop(children)
        if failed:
            raise CommandError("网页服务或后台任务意外停止，已全部停止；请查看上面的输出。")


class _Stop:
    """Remembers that a signal asked us to stop."""

    def __init__(self) -> None:
        self.stopping = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, *_: Any) -> None:
        self.stopping = True


def _only_server() -> IO[str]:
    """The lock of the data folder, held while the server runs; CommandError when another has it."""
    folder = settings.QC_DATA_DIR
    try:
        lock = hold(folder, "server")
    except InUseError as other:
        raise CommandError(
            f"数据目录 {folder} 已有一个服务在运行（进程号 {other.pid or '未知'}），不能再启动第二个。"
            "请先停止它，或用 QC_DATA_DIR 指定另一个目录。"
        ) from None
    try:
        hold(folder, "worker").close()
    except InUseError as other:
        raise CommandError(worker_running(other)) from None
    return lock


def _refuse_pending_migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("数据库结构不是最新的：请先运行 manage.py migrate。")


def _refuse_taken_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port), reuse_port=False):
            pass
    except OSError as error:
        raise CommandError(
            f"无法使用 {host}:{port}（{error.strerror}）：请换一个端口，例如 --port {port + 1}。"
        ) from None


def _command_lines(host: str, port: int, workers: int) -> tuple[Sequence[str], ...]:
    web = [sys.executable, "-m", "gunicorn", "qcportal.wsgi:application", "--bind", f"{host}:{port}"]
    web += ["--config", "python:qcportal.server.web_server"]
    # Threads let a worker answer while another request waits; a long PDF holds up one thread only.
    web += ["--workers", str(workers), "--threads", "4", "--timeout", "120", "--log-level", "warning"]
    worker = [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"]
    return web, worker


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
