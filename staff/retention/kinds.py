"""The kinds that every installation has: trail, sessions, failures, searches, jobs, files without a row."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q, QuerySet
from django_q.models import Task

from staff.access.retention import Kind, Order, basis_of_records, register_basis, register_kind
from staff.searching.models import StoredSearch
from trail.checkpoints import Cut, cut, due, may_cut
from trail.models import Checkpoint

RowsBefore = Callable[[datetime], QuerySet[Any]]
# A purge and what led to it stay in the trail for ever: they explain what is missing.
_PURGES = (Checkpoint.ACTION, "staff.purge", "staff.purge_ask", "staff.purge_confirm", "staff.retention")

OWNER_NEEDED = (
    "本系统的数据库账号无权删除操作留痕。两人确认后，请由数据库管理员在服务器上"
    "以数据表所有者的连接执行 manage.py run_purges。"
)
_EPHEMERAL: tuple[tuple[str, str, int, RowsBefore], ...] = (
    ("sessions", "已过期的登录会话", 1, lambda at: Session.objects.filter(expire_date__lt=at)),
    ("attempts", "登录失败计数", 30, lambda at: AccessAttempt.objects.filter(attempt_time__lt=at)),
    ("searches", "检索文字", 30, lambda at: StoredSearch.objects.filter(used_at__lt=at)),
    ("jobs", "后台任务的运行结果", 30, lambda at: Task.objects.filter(stopped__lt=at)),
)


def register() -> None:
    """Register these kinds; once, when the app is made ready."""
    register_basis(lambda: Q(action__in=_PURGES))
    law = "《网络安全法》第二十一条：日志留存不少于六个月"
    register_kind(
        Kind("trail", "操作留痕", 1096, 184, law, _count_trail, _purge_trail, hindrance=_trail_hindrance)
    )
    for code, label, days, rows in _EPHEMERAL:
        _register_rows(code, label, days, rows)
    why = "上传或生成中断后留下、没有任何记录引用的文件"
    register_kind(
        Kind("orphans", "无记录的文件", 1, 1, why, _count_orphans, _purge_orphans, by_schedule=True)
    )


def _register_rows(code: str, label: str, days: int, rows: RowsBefore) -> None:
    def purge(order: Order) -> int:
        return int(rows(order.before).delete()[0])

    why = "用后即无保存必要"
    register_kind(Kind(code, label, days, 1, why, lambda at: rows(at).count(), purge, by_schedule=True))


def _count_trail(before: datetime) -> int:
    return due(before, basis_of_records())


def _purge_trail(order: Order) -> int:
    return cut(Cut(order.before, order.asked_by, order.confirmed_by), basis_of_records())


def _trail_hindrance() -> str:
    return "" if may_cut() else OWNER_NEEDED


def _count_orphans(before: datetime) -> int:
    return sum(1 for _ in _orphans(before))


def _purge_orphans(order: Order) -> int:
    found = list(_orphans(order.before))
    for path in found:
        default_storage.delete(path)
    return len(found)


def _orphans(before: datetime) -> Iterator[str]:
    """Files in the folders of uploads and results that no row names, written before the moment."""
    fields = [
        field
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.FileField)
    ]
    named: dict[str, set[str]] = {}
    for field in fields:
        folder = field.generate_filename(field.model(), "x").rpartition("/")[0]
        # The base manager: a row that a default manager hides has its file all the same.
        rows = field.model._base_manager.exclude(**{field.name: ""})
        named.setdefault(folder, set()).update(rows.values_list(field.name, flat=True))
    for folder, names in named.items():
        for path in _files_in(folder):
            if path not in names and _written_before(path, before):
                yield path


def _files_in(folder: str) -> list[str]:
    try:
        return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]] if folder else []
    except OSError:
        return []


def _written_before(path: str, moment: datetime) -> bool:
    try:
        return bool(default_storage.get_modified_time(path) < moment)
    except OSError:
        return False
