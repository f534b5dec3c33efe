"""佐证材料 on the home page: documents to review, and kinds without which a row of Table B.1 loses points."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from qcportal.home.tasks.task import Task
from qcportal.links import link
from scoring.evidence.models import EvidenceDocument
from staff.departments.models import Department
from standards.loader import current_edition

_AHEAD = timedelta(days=30)


def evidence_tasks(user: Any, department: Department | None, today: date) -> list[Task]:
    """Of the department at hand, for who keeps the register; three queries at most."""
    if department is None or not user.may("scoring.edit_evidence", department):
        return []
    rows = EvidenceDocument.objects.filter(department=department)
    return [*_reviews(rows, today), *_lacking(rows, today)]


def _reviews(rows: Any, today: date) -> Iterator[Task]:
    days = list(rows.to_review(today + _AHEAD).values_list("review_due_on", flat=True))
    late = sum(day < today for day in days)
    if late:
        url = link("scoring:documents", state="review")
        yield Task("fail", "逾期", f"{late} 份佐证文件复审逾期", url, "去复审")
    if len(days) > late:
        text = f"{len(days) - late} 份佐证文件将在{_AHEAD.days}天内到复审日期"
        yield Task("due", "待复审", text, link("scoring:evidence"), "查看", leads=False)


def _lacking(rows: Any, today: date) -> Iterator[Task]:
    """Only for departments with an evidence register; others reach it from their sheet."""
    kinds = [k for k in current_edition().document_kinds.values() if k.weight == "decides"]
    held = set(rows.valid_on(today).values_list("uses__kind", flat=True))
    lacking = [kind for kind in kinds if kind.code not in held]
    if not lacking or not (held or rows.exists()):
        return
    names = "、".join(kind.name_zh for kind in lacking)
    text = f"没有现行有效的{names}，评分表相应的行不得分"
    url = link("scoring:document_new", kind=lacking[0].code)
    yield Task("due", "缺资料", text, url, "去登记", leads=False)
