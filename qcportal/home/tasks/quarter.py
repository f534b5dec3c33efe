"""Tasks of the quarter: reviews, the draw, the sheet and its signature."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from audits.judging.models import Review
from qcportal.home.quarter import DIFFERS, Past, QuarterView
from qcportal.home.tasks.task import Task
from qcportal.links import link
from scoring.sheets.models import Sheet

_SHOWN = 5


def quarter_tasks(user: Any, quarter: QuarterView | None) -> list[Task]:
    """Reviews, sheets to sign, and what the quarter itself asks of those who run it."""
    found: list[Task] = []
    if user.may("audits.judge"):
        found += _reviews(user)
    if user.may("scoring.sign_sheet"):
        found += _to_sign(user)
    if user.may("scoring.edit_sheet"):
        found += _returned(user)
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


def _returned(user: Any) -> list[Task]:
    """Sheets that the head sent back, also those of a quarter that is over."""
    rows = Sheet.objects.visible_to(user, "scoring.edit_sheet").filter(status=Sheet.Status.DRAFT)
    sheets = rows.exclude(returned_at=None).for_list().order_by("returned_at")
    found = []
    for sheet in sheets[:_SHOWN]:
        day = timezone.localtime(sheet.returned_at).strftime("%Y-%m-%d %H:%M")
        text = f"{sheet.audit.label}评分表被退回：{sheet.returned_reason}"
        found.append(Task("fail", "已退回", text, link("scoring:detail", sheet.pk), "去修改", day))
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
    unassigned = sum(1 for case in results.cases if case.empty_places)
    if unassigned and user.may("audits.assign", audit.department):
        text = f"{unassigned} 份病例尚未{'分配' if audit.readers == 1 else '配齐'}评审医师"
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
    if sheet.returned_at:
        return []  # among the returned ones, of whichever quarter
    url = link("scoring:detail", sheet.pk)
    return [Task("open", "待办", f"{quarter.label}评分表填写中", url, "继续填写")]
