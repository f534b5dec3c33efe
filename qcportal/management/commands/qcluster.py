"""The job worker of django-q2, one on a data folder, whose processes end with it."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django_q.management.commands.qcluster import Command as ClusterCommand

from qcportal.server.data_folder import InUseError, hold
from qcportal.server.lifetime import children_die_with_this
from qcportal.watching.thread import watch_in_worker


class Command(ClusterCommand):
    help = "启动后台任务。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            # Not closed here: the processes of the cluster hold it too, until the last has ended.
            self.lock = hold(settings.QC_DATA_DIR, "worker")
        except InUseError as other:
            raise CommandError(worker_running(other)) from None
        children_die_with_this()
        watch_in_worker()
        super().handle(*args, **options)


def worker_running(other: InUseError) -> str:
    """Why no second worker starts."""
    return (
        f"数据目录 {settings.QC_DATA_DIR} 的后台任务已在运行（进程号 {other.pid or '未知'}），"
        "不能再启动一份。请先停止它，或用 QC_DATA_DIR 指定另一个目录。"
    )
