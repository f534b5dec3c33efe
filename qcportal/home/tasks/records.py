"""Records that differ from the trail, on the home page of the head and of who reads the trail."""

from typing import Any

from qcportal.home.tasks.task import Task
from qcportal.links import link
from scoring.records.queries import TOLD, differences_for, last_verification


def record_tasks(user: Any) -> list[Task]:
    """One line for all differences of the last comparison; one query, for who is told."""
    if not any(map(user.may, TOLD)):
        return []
    found = differences_for(user, last_verification())
    if not found:
        return []
    text = f"{len(found)} 处签发记录与留痕不符，所涉评分表停止签发和加盖签章"
    return [Task("fail", "不符", text, link("scoring:records"), "查看", leads=False)]
