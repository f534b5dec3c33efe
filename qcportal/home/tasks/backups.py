"""What the administrator must do about backups and restore drills."""

from datetime import datetime

from django.utils import timezone

from qcportal.home.tasks.task import Task
from qcportal.links import link
from staff.security.queries.backups import backup_state


def backup_tasks() -> list[Task]:
    """A failure or an overdue backup, a missing second copy, a drill that failed or is overdue."""
    state = backup_state()
    found = []
    if state.failed_at:
        found.append(_task("fail", "失败", "最近一次备份失败：请查看留痕中的原因", state.failed_at))
    if state.backup_overdue:
        text = "备份超期" if state.backup_at else "尚无备份：请设置备份目录与口令"
        found.append(_task("fail", "超期", text, state.backup_at))
    if state.copy_failed:
        found.append(_task("due", "待查", "最近一次备份的第二份未复制成功", state.backup_at))
    if state.drill_failed_at:
        text = "最近一次恢复演练失败：请查看留痕中的原因"
        found.append(_task("fail", "失败", text, state.drill_failed_at))
    elif state.drill_overdue:
        text = "恢复演练超期" if state.drill_at else "尚未做过恢复演练"
        found.append(_task("due", "超期", text, state.drill_at))
    return found


def _task(kind: str, word: str, text: str, at: datetime | None) -> Task:
    """Done on the server, not on a page: never the next step of the home page."""
    when = timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""
    return Task(kind, word, text, link("staff:security"), "查看", when, leads=False)
