"""Appeals on the home page: own rulings to read, appeals to give out or to decide, sheets they overtook."""

from datetime import date
from typing import Any

from audits.appeals.models import Appeal
from audits.appeals.queries.own_findings import OWN, waiting_count
from qcportal.home.tasks.task import Task
from qcportal.links import link
from scoring.sheets.models import Sheet
from scoring.sheets.queries.appeals import overtaken_sheets


def appeal_tasks(user: Any, today: date) -> list[Task]:
    """Each asks only when the user holds its permission; a fixed number of queries."""
    found: list[Task] = []
    if user.may(OWN) and (waiting := waiting_count(user)):
        text = f"{waiting} 项对我的报告的评定待确认（可申诉）"
        found.append(Task("due", "待确认", text, link("audits:own"), "查看"))
    if user.may("audits.decide_appeal"):
        rows = Appeal.objects.visible_to(user, "audits.decide_appeal").filter(assessor=user)
        found += _to_decide(rows.pending(), today)
    if user.may("audits.assign") and user.may("audits.view"):
        found += _to_assign(user, today)
    if user.may("scoring.edit_sheet"):
        found += _to_correct(user)
    return found


def _to_decide(rows: Any, today: date) -> list[Task]:
    waiting = list(rows.order_by("due_on", "pk").values_list("pk", "due_on")[:6])
    found = []
    for pk, due_on in waiting[:5]:
        kind, word = ("fail", "逾期") if due_on < today else ("due", "待复核")
        text = f"第{pk}号申诉待我复核"
        found.append(Task(kind, word, text, link("audits:appeal", pk), "去复核", f"{due_on} 前", leads=False))
    return found


def _to_assign(user: Any, today: date) -> list[Task]:
    rows = Appeal.objects.visible_to(user, "audits.assign").pending()
    found = []
    late = rows.overdue(today).count()
    if late:
        url = link("audits:appeals", state="overdue")
        found.append(Task("fail", "逾期", f"{late} 件申诉逾期未答复", url, "名单"))
    waiting = rows.filter(state="open").count()
    if waiting:
        url = link("audits:appeals", state="open")
        found.append(Task("due", "待分配", f"{waiting} 件申诉待分配复核人", url, "去分配", leads=False))
    return found


def _to_correct(user: Any) -> list[Task]:
    """Signed sheets that an appeal changed since, as long as no correction is under way."""
    rows = Sheet.objects.visible_to(user, "scoring.edit_sheet").signed().filter(correction__isnull=True)
    sheets = overtaken_sheets(list(rows.select_related("audit").only("pk", "audit__label", "signed_at")))
    return [
        Task("due", "待更正", f"{sheet.audit.label}评分表签发后申诉成立", url, "去更正", leads=False)
        for sheet in sheets[:5]
        if (url := link("scoring:detail", sheet.pk))
    ]
