"""未脱敏迎检包 on the home page: requests to decide, packets to take, an answer to one's own request."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from qcportal.home.tasks.task import Task
from qcportal.links import link
from scoring.unmasking.models import ASK, DECIDE, SEE, UnmaskRequest

_SHOWN = 5
_RECENT = timedelta(days=7)
_HEAVY = ("sheet__content", "sheet__audit__pool_list", "sheet__audit__ledger", "sheet__audit__draw")


def unmasking_tasks(user: Any, today: date) -> list[Task]:
    """Each asks only when the user holds its permission; three queries at most."""
    found: list[Task] = []
    if user.may(DECIDE):
        found += _to_decide(user)
    if user.may(SEE):
        found += _to_take(user)
    if user.may(ASK):
        found += _refused(user, today)
    return found


def _light(rows: Any) -> Any:
    return rows.select_related("sheet__audit", "inspector", "asked_by").defer(*_HEAVY)


def _to_decide(user: Any) -> list[Task]:
    waiting = UnmaskRequest.objects.visible_to(user, DECIDE).filter(status=UnmaskRequest.Status.ASKED)
    others = waiting.exclude(asked_by=user).exclude(inspector=user, inspector__isnull=False)
    found = []
    for row in _light(others).order_by("asked_at")[:_SHOWN]:
        day = timezone.localtime(row.asked_at).strftime("%Y-%m-%d %H:%M")
        text = f"{row.asked_by.full_name}申请{row.sheet}的未脱敏迎检包，给{row.receiver}"
        found.append(
            Task("due", "待批准", text, link("scoring:unmask_request", row.pk), "审批", f"{day} 申请")
        )
    return found


def _to_take(user: Any) -> list[Task]:
    rows = _light(UnmaskRequest.objects.downloadable_by(user)).order_by("until", "pk")[:_SHOWN]
    return [
        Task(
            "info",
            "可下载",
            f"{row.sheet}的未脱敏迎检包，仅限{row.receiver}",
            link("scoring:unmask_request", row.pk),
            "下载",
            f"至 {row.until}",
        )
        for row in rows
    ]


def _refused(user: Any, today: date) -> list[Task]:
    rows = UnmaskRequest.objects.visible_to(user, ASK).filter(
        status=UnmaskRequest.Status.REFUSED, asked_by=user, decided_at__date__gte=today - _RECENT
    )
    return [
        Task(
            "info",
            "未批准",
            f"{row.sheet}的未脱敏申请未获批准：{row.decision_reason}",
            link("scoring:unmask_request", row.pk),
            "查看",
        )
        for row in _light(rows).order_by("-decided_at")[:_SHOWN]
    ]
