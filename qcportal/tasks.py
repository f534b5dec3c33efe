"""What waits for this person, each with the page on which it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from audits.judging.models import Review
from exporting.listing import CAP
from qcportal.links import link
from qcportal.quarter import DIFFERS, Past, QuarterView
from reports.findings.filters import BINDING
from reports.findings.models import Finding
from reports.imports.models import ImportBatch
from reports.outcomes.models import Outcome
from scoring.downloads.models import PacketGrant
from scoring.sheets.models import Sheet
from scoring.sheets.queries.signed_records import columns_differ

_BATCHES = {
    ImportBatch.Status.UPLOADED: ("open", "待办", "待核对列", "去核对"),
    ImportBatch.Status.CHECKED: ("open", "待办", "试导入完成，待确认", "去确认"),
    ImportBatch.Status.CHECKING: ("info", "进行中", "试导入中", "看进度"),
    ImportBatch.Status.COMMITTING: ("info", "进行中", "导入中", "看进度"),
    ImportBatch.Status.UNDOING: ("info", "进行中", "撤销中", "看进度"),
    ImportBatch.Status.FAILED: ("fail", "未完成", "未能导入", "看原因"),
}
_SHOWN = 5
_RECENT_DAYS = 30
_ORDER = ("fail", "due", "open", "info")


@dataclass(frozen=True)
class Task:
    """One line of 要处理的事. `kind` and `word` make its tag; `when` is a day or a state, "" for neither.

    `leads`: may it be what the page's one button does? A standing reminder is not the next step.
    """

    kind: str
    word: str
    text: str
    url: str
    label: str = "去处理"
    when: str = ""
    leads: bool = True

    @property
    def urgency(self) -> int:
        return _ORDER.index(self.kind)


@dataclass(frozen=True)
class Packet:
    """A signed packet an inspector may download, and the last day on which they may."""

    label: str
    department: str
    total: int | None
    verdict: str
    until: date
    url: str


def tasks_for(user: Any, quarter: QuarterView | None, today: date) -> list[Task]:
    """Imports, outcomes, reviews, the sheet. Each asks only when the user holds its permission."""
    found: list[Task] = []
    if user.may("reports.import"):
        found += _imports(user, today)
    if user.may("reports.record_outcomes"):
        found += _outcomes(user)
    if user.may("reports.view") or user.may("reports.view_own"):
        found += _findings(user, today)
    if user.may("audits.judge"):
        found += _reviews(user)
    if user.may("scoring.sign_sheet"):
        found += _to_sign(user)
    if quarter is not None:
        found += _quarter(user, quarter)
    return found


def differing_tasks(past: Iterable[Past]) -> list[Task]:
    """Signed quarters whose record is not what was signed."""
    return [
        Task("fail", "不符", f"{one.label}评分表与签发时的记录不符", one.url, "查看")
        for one in past
        if one.verdict == DIFFERS
    ]


def _imports(user: Any, today: date) -> list[Task]:
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


def _reviews(user: Any) -> list[Task]:
    rows = Review.objects.visible_to(user)
    open_rows = rows.unfinished().select_related("case").order_by("case__audit__window_end", "case__position")
    waiting = list(open_rows.only("pk", "case__position", "case__audit_id"))
    if not waiting:
        return []
    first = waiting[0]
    text = f"{len(waiting)} 份病例待我评审，从第{first.case.position}份继续"
    return [Task("due", "待评", text, link("audits:judge", first.pk), "继续评审")]


def _to_sign(user: Any) -> list[Task]:
    rows = Sheet.objects.visible_to(user, "scoring.sign_sheet").filter(status=Sheet.Status.SUBMITTED)
    sheets = rows.exclude(submitted_by=user).select_related("audit").defer("content")
    found = []
    for sheet in sheets.order_by("submitted_at")[:_SHOWN]:
        day = timezone.localtime(sheet.submitted_at).strftime("%Y-%m-%d %H:%M")
        text = f"{sheet.audit.label}评分表待签发"
        found.append(Task("due", "待签发", text, link("scoring:detail", sheet.pk), "审阅", f"{day} 提交"))
    return found


def _quarter(user: Any, quarter: QuarterView) -> list[Task]:
    """What the quarter's own state asks of those who carry it."""
    found: list[Task] = []
    audit, sheet, results = quarter.audit, quarter.sheet, quarter.results
    if audit is None:
        if user.may("audits.draw"):
            found.append(Task("due", "待办", f"{quarter.label}尚未抽样", link("audits:new"), "建立抽样"))
        return found
    if results is None:
        if user.may("audits.draw", audit.department):
            found.append(Task("due", "待办", f"{quarter.label}已建立，待抽取", quarter.url, "去抽取"))
        return found
    unassigned = sum(1 for case in results.cases if not case.readings)
    if unassigned and user.may("audits.assign", audit.department):
        text = f"{unassigned} 份病例尚未分配评审医师"
        found.append(Task("due", "待办", text, quarter.url, "去分配"))
    if user.may("scoring.edit_sheet", audit.department):
        found += _to_fill(quarter, sheet)
    return found


def _to_fill(quarter: QuarterView, sheet: Sheet | None) -> list[Task]:
    if sheet is None:
        finished = quarter.results is not None and quarter.results.finished
        text = f"{quarter.label}评审已完成，待填评分表"
        return [Task("due", "待办", text, link("scoring:list"), "去填写")] if finished else []
    if sheet.status != Sheet.Status.DRAFT:
        return []
    url = link("scoring:detail", sheet.pk)
    if sheet.returned_at:
        day = timezone.localtime(sheet.returned_at).strftime("%Y-%m-%d %H:%M")
        return [Task("fail", "已退回", f"评分表被退回：{sheet.returned_reason}", url, "去修改", day)]
    return [Task("open", "待办", f"{quarter.label}评分表填写中", url, "继续填写")]


def packets_for(user: Any, limit: int = 20) -> tuple[Packet, ...]:
    """What was granted to an inspector and still holds, newest grant first."""
    grants = user.packet_grants.in_force().filter(sheet__status__in=("signed", "superseded"))
    sheets = Sheet.objects.with_signed_as().select_related("audit__department__institution").defer("content")
    rows = grants.prefetch_related(Prefetch("sheet", sheets))[:limit]
    return tuple(_packet(grant) for grant in rows)


def _packet(grant: PacketGrant) -> Packet:
    sheet = grant.sheet
    differs = columns_differ(sheet)
    return Packet(
        label=str(sheet),
        department=str(sheet.audit.department),
        total=None if differs else sheet.total,
        verdict=DIFFERS if differs else sheet.verdict,
        until=grant.until,
        url=link("scoring:packets"),
    )
