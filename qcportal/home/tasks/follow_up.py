"""What follow-up asks of a person on the home page: feedback to read, overdue cases and new candidates."""

from datetime import date
from typing import Any

from audits.follow_up.models import FollowUp
from audits.follow_up.queries import unread_feedback
from audits.follow_up.rules import follow_up_rules
from qcportal.home.tasks.task import Task
from qcportal.links import link


def follow_up_tasks(user: Any, today: date) -> list[Task]:
    """Each asks only when the user holds its permission."""
    found: list[Task] = []
    if user.may("audits.view_own_feedback") and (waiting := unread_feedback(user)):
        text = f"{waiting} 条随访反馈待我签收"
        found.append(Task("due", "待签收", text, link("audits:my_feedback", state="unread"), "去阅读"))
    if user.may("audits.record_follow_up"):
        found += _register(user, today)
    return found


def _register(user: Any, today: date) -> list[Task]:
    rows = FollowUp.objects.visible_to(user, "audits.record_follow_up")
    found = []
    overdue = rows.overdue(follow_up_rules(), today).count()
    if overdue:
        url = link("audits:follow_ups", stage="overdue")
        found.append(Task("fail", "逾期", f"{overdue} 例随访记录逾期未完成", url, "去补全"))
    candidates = rows.candidates().count()
    if candidates:
        url, text = link("audits:follow_ups", stage="candidate"), f"{candidates} 例候选病例待确认是否随访"
        found.append(Task("open", "待办", text, url, "去确认"))
    return found
