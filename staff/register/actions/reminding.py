"""The reminder by mail: one a department, to addresses the hospital chose, recorded without their names."""

import smtplib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.mail import send_mail

from staff.departments.models import Department
from staff.register.domain.reminder import Line, Reminder, reminder
from staff.register.queries.deadlines import current_members, endings
from staff.register.queries.people import people_of
from trail.chain import record


def reminder_of(department: Department, on: date, *, within: int) -> tuple[Reminder | None, int]:
    """The mail as it would be sent, and how many qualifications it names."""
    found = endings(people_of(current_members(department)), on, within=within)
    lines = [Line(ending.person, ending.kind_zh, ending.ends_on, ending.left) for ending in found]
    return reminder(str(department), lines, on), len(lines)


def remind(department: Department, *, to: Sequence[str], on: date, within: int, by: Any) -> int:
    """Send it; 0 when nothing ends and nothing was sent. ValueError when the mail server refuses."""
    mail, named = reminder_of(department, on, within=within)
    if mail is None:
        return 0
    try:
        send_mail(mail.subject, mail.body, None, list(to))
    except (smtplib.SMTPException, OSError) as error:
        raise ValueError(f"{department.code}：邮件未能发出（{error}），请核对邮件服务器的设置。") from error
    record(
        "staff.remind", by=by, target=department, department=department,
        detail={"recipients": len(to), "rows": named},
    )  # fmt: skip
    return named
