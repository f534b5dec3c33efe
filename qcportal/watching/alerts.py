"""What must not wait, by mail and webhook: one message a problem and day, and one when it is over."""

import logging
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from qcportal.notices.digest import address_of, post_json
from qcportal.watching.forwarding import forwarding_problem
from qcportal.watching.models import WatchState
from qcportal.watching.readiness import checks
from qcportal.watching.states import write_state
from scoring.records.queries import count_differences
from trail.chain import record
from trail.models import Event

logger = logging.getLogger(__name__)
_PREFIX = "alert:"
_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"
_LOCK_OUTS, _WITHIN = 3, timedelta(hours=1)
_CALM = timedelta(minutes=10)  # without the problem before it counts as over: it may come and go


@dataclass(frozen=True)
class Problem:
    """What somebody must look at today: a code for machines, a label, a sentence without patients."""

    code: str
    label: str
    text: str


def problems() -> Iterator[Problem]:
    """Everything that must not wait, now."""
    for check in checks():
        if check.problem:
            yield Problem(check.code, check.label, check.problem)
    if differing := count_differences():
        yield Problem("records", "签发记录核对", f"{differing}处签发记录与留痕不符")
    since = timezone.now() - _WITHIN
    locked = Event.objects.filter(action="staff.lock_out", at__gte=since).count()
    if locked >= _LOCK_OUTS:
        yield Problem("lock_outs", "登录被暂停", f"一小时内有{locked}次因多次输错密码暂停登录")
    if waiting := forwarding_problem():
        yield Problem("syslog", "留痕转发", waiting)


def send_alerts() -> int:
    """Send what is new today and what is over; how many messages. One not sent is tried a minute later."""
    now = timezone.now()
    found = {problem.code: problem for problem in problems()}
    states = {
        s.key.removeprefix(_PREFIX): s.value for s in WatchState.objects.filter(key__startswith=_PREFIX)
    }
    sent = sum(_send_new(problem, states.get(code, {}), now) for code, problem in found.items())
    over = {code: value for code, value in states.items() if value.get("open") and code not in found}
    return sent + sum(_send_over(code, value, now) for code, value in over.items())


def _send_new(problem: Problem, value: dict[str, Any], now: datetime) -> bool:
    day = str(timezone.localdate(now))
    if value.get("open") and value.get("day") == day:
        if value.get("gone_at"):
            write_state(_PREFIX + problem.code, value | {"gone_at": None})
        return False
    if not _send(problem, "problem", f"【告警】{problem.label}：{problem.text}"):
        return False
    opened = {"open": True, "day": day, "label": problem.label, "gone_at": None}
    write_state(_PREFIX + problem.code, opened)
    return True


def _send_over(code: str, value: dict[str, Any], now: datetime) -> bool:
    gone_at = parse_datetime(value.get("gone_at") or "")
    if gone_at is None:
        write_state(_PREFIX + code, value | {"gone_at": now.isoformat()})
        return False
    if now - gone_at < _CALM:
        return False
    problem = Problem(code, value["label"], "已恢复")
    if not _send(problem, "recovered", f"【恢复】{problem.label}已恢复正常"):
        return False
    write_state(_PREFIX + code, value | {"open": False, "gone_at": None})
    return True


def _send(problem: Problem, state: str, subject: str) -> bool:
    """Send one message and record it; False when it did not leave. With nobody to send to it is logged."""
    logger.warning("alert %s: %s", state, problem.code)
    if not _deliver(problem, state, subject):
        return False
    detail = {
        "alert": subject,
        "by_mail": _by_mail(),
        "by_webhook": bool(settings.QC_WEBHOOK_URL),
    }
    record("staff.alert", by=None, detail=detail)
    return True


def _deliver(problem: Problem, state: str, subject: str) -> bool:
    values = {
        "kind": "alert",
        "code": problem.code,
        "state": state,
        "label": problem.label,
        "text": problem.text,
        "date": str(timezone.localdate()),
        "url": address_of("readyz"),
    }
    try:
        if _by_mail():
            send_mail(subject, f"{subject}\n\n{values['url']}", None, settings.QC_ALERT_TO)
        if settings.QC_WEBHOOK_URL:
            post_json(settings.QC_WEBHOOK_URL, values)
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("an alert was not sent: %s", type(error).__name__)
        return False
    return True


def _by_mail() -> bool:
    return bool(settings.QC_ALERT_TO) and settings.EMAIL_BACKEND != _NOWHERE


def alert_without_database(error: BaseException) -> bool:
    """The same of a database that cannot even remember that it was sent: a file of the day says so."""
    day = timezone.localdate()
    mark = Path(settings.QC_DATA_DIR) / "locks" / f"alert-database-{day}"
    try:
        mark.parent.mkdir(exist_ok=True)
        mark.open("x").close()
    except OSError:
        return False  # sent by another process today, or a folder that is away: its own check says so
    problem = Problem("database", "数据库", f"数据库不能读写（{type(error).__name__}）")
    logger.error("alert problem: database (%s)", type(error).__name__)
    return _deliver(problem, "problem", f"【告警】{problem.label}：{problem.text}")
