"""Tasks of reports: imports to finish, outcomes to match, findings to rule on."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from exporting.listing import CAP
from qcportal.home.tasks.task import Task
from qcportal.links import link
from reports.findings.filters import BINDING
from reports.findings.models import Finding
from reports.imports.models import ImportBatch
from reports.outcomes.models import Outcome

_BATCHES = {
    ImportBatch.Status.UPLOADED: ("open", "待办", "待核对列", "去核对"),
    ImportBatch.Status.CHECKED: ("open", "待办", "试导入完成，待确认", "去确认"),
    ImportBatch.Status.CHECKING: ("info", "进行中", "试导入中", "看进度"),
    ImportBatch.Status.COMMITTING: ("info", "进行中", "导入中", "看进度"),
    ImportBatch.Status.STOPPING: ("info", "进行中", "中止中", "看进度"),
    ImportBatch.Status.STOPPED: ("fail", "未完成", "已中止，可续传", "查看"),
    ImportBatch.Status.UNDOING: ("info", "进行中", "撤销中", "看进度"),
    ImportBatch.Status.FAILED: ("fail", "未完成", "未能导入", "看原因"),
}


_SHOWN = 5


_RECENT_DAYS = 30


def report_tasks(user: Any, today: date) -> list[Task]:
    """Imports, outcomes, findings. Each is queried only when the user holds its permission."""
    found: list[Task] = []
    if user.may("reports.import"):
        found += _imports(user)
    if user.may("reports.record_outcomes"):
        found += _outcomes(user)
    if user.may("reports.view") or user.may("reports.view_own"):
        found += _findings(user, today)
    return found


def _imports(user: Any) -> list[Task]:
    rows = ImportBatch.objects.visible_to(user, "reports.import").filter(
        status__in=_BATCHES, created_at__gte=timezone.now() - timedelta(days=14)
    )
    newest = rows.only("pk", "status", "file_name", "created_at").order_by("-created_at", "-id")[: _SHOWN + 1]
    found = []
    for batch in newest[:_SHOWN]:
        kind, word, state, label = _BATCHES[ImportBatch.Status(batch.status)]
        day = timezone.localtime(batch.created_at).strftime("%Y-%m-%d %H:%M")
        text = f"导入“{batch.file_name}”：{state}"
        found.append(Task(kind, word, text, link("reports:batch", batch.pk), label, day))
    return found


def _outcomes(user: Any) -> list[Task]:
    waiting = Outcome.objects.visible_to(user, "reports.record_outcomes").pending().count()
    if not waiting:
        return []
    text = f"{waiting} 条结局不能自动确定属于哪份报告"
    return [Task("open", "待办", text, link("reports:outcomes", state="pending"), "核对")]


def _findings(user: Any, today: date) -> list[Task]:
    """Unjudged findings on the last month's reports: to rule on, to look at, or on one's own reports."""
    since = today - timedelta(days=_RECENT_DAYS)
    rows = Finding.objects.visible_to(user).filter(is_current=True, state="open", severity__in=BINDING)
    waiting = rows.reported_between(since, today).order_by().values("pk")[: CAP + 1].count()
    if not waiting:
        return []
    asked = {"state": "open", "severity": "binding", "since": since.isoformat()}
    count = f"{CAP}+" if waiting > CAP else waiting
    if user.may("reports.rule_findings"):
        text = f"近{_RECENT_DAYS}天的报告有 {count} 条文本检查提示待核对"
        return [Task("open", "待办", text, link("reports:findings", **asked), "去核对")]
    whose = "近" if user.may("reports.view") else "我近"
    text = f"{whose}{_RECENT_DAYS}天的报告有 {count} 条文本检查提示，质控员尚未核对"
    return [Task("info", "可查看", text, link("reports:findings", **asked), "查看")]
