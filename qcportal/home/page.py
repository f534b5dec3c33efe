"""The home page as one frozen value: the quarter's progress, open tasks, results of past quarters."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from audits.judging.domain.statistics import penalty_chance
from audits.quarter.queries.figures import TRUE_RATES
from qcportal.home.packets import Packet, packets_for
from qcportal.home.quarter import Past, QuarterView, past_quarters, quarter_at_hand
from qcportal.home.tasks.admin import (
    admin_tasks,
    confirmation_tasks,
    own_password_tasks,
    trail_tasks,
)
from qcportal.home.tasks.appeals import appeal_tasks
from qcportal.home.tasks.arbitration import arbitration_tasks
from qcportal.home.tasks.backups import backup_tasks
from qcportal.home.tasks.corrections import correction_tasks
from qcportal.home.tasks.evidence import evidence_tasks
from qcportal.home.tasks.follow_up import follow_up_tasks
from qcportal.home.tasks.measures import measure_tasks
from qcportal.home.tasks.qualifications import Staffing, staffing_of
from qcportal.home.tasks.quarter import differing_tasks, quarter_tasks
from qcportal.home.tasks.records import record_tasks
from qcportal.home.tasks.reimport import reimport_tasks
from qcportal.home.tasks.reports import report_tasks
from qcportal.home.tasks.task import Task
from qcportal.home.tasks.unmasking import unmasking_tasks
from qcportal.waiting.queries import counts_of
from reports.archive.models import Report
from staff.access.permissions import policy
from staff.access.requests import SignedInRequest
from staff.departments.models import Department
from staff.departments.queries import working_department

# (true rate, chance of the −5 in a quarter): what ten reports do to a good one (docs/quality.md S1).
_CHANCES = tuple((f"{float(p):.0%}", f"{float(penalty_chance(p)):.0%}") for p in TRUE_RATES)

__all__ = ["Home", "OwnReports", "home_of"]


@dataclass(frozen=True)
class OwnReports:
    """A radiologist's or technologist's own reports: how many, and the newest day of them."""

    count: int
    newest: date | None


@dataclass(frozen=True)
class Home:
    """What one person sees on the home page. None where the person's roles do not ask for a part."""

    department: Department | None
    quarter: QuarterView | None
    tasks: tuple[Task, ...]
    past: tuple[Past, ...] | None
    packets: tuple[Packet, ...] | None
    own: OwnReports | None
    duties: tuple[tuple[str, str], ...]
    chances: tuple[tuple[str, str], ...]
    staffing: Staffing | None = None

    @property
    def next(self) -> tuple[str, str]:
        """(words, address) of the one button: what waits for me alone, else the quarter's next step."""
        mine = next((task for task in self.tasks if task.kind == "due" and task.leads), None)
        if mine is not None:
            return mine.label, mine.url
        return self.quarter.next if self.quarter is not None else ("", "")


def home_of(request: SignedInRequest) -> Home:
    """Built from what the user's roles in force open; the number of queries does not grow with the rows."""
    user, today = request.user, timezone.localdate()
    department = working_department(request, "audits.view") or working_department(request)
    quarter = past = None
    if department is not None and user.may("audits.view", department):
        quarter = quarter_at_hand(department, user, today)
        past = past_quarters(department) if user.may("scoring.view_sheet", department) else None
    tasks = report_tasks(user, today) + quarter_tasks(user, quarter)
    tasks += arbitration_tasks(user)
    tasks += differing_tasks(past or ())
    tasks += follow_up_tasks(user, today)
    tasks += appeal_tasks(user, today)
    tasks += reimport_tasks(user, today)
    tasks += measure_tasks(user, department, today)
    tasks += evidence_tasks(user, department, today)
    tasks += unmasking_tasks(user, today)
    tasks += record_tasks(user)
    tasks += correction_tasks(user)
    if user.may("staff.manage_accounts"):
        tasks += admin_tasks(user, today)
        tasks += backup_tasks()
    tasks += confirmation_tasks(counts_of(request))
    if user.may("staff.view_trail"):
        tasks += trail_tasks()
    tasks += own_password_tasks(user)
    staffing = staffing_of(department, user, today) if department is not None else None
    tasks += staffing.tasks if staffing is not None else []
    granted = user.may("scoring.download_packet") and not user.may("scoring.view_sheet")
    return Home(
        department=department,
        quarter=quarter,
        tasks=tuple(sorted(tasks, key=lambda task: task.urgency)),
        past=past,
        packets=packets_for(user) if granted else None,
        own=_own_reports(user),
        duties=_duties(user),
        chances=_CHANCES,
        staffing=staffing,
    )


def _own_reports(user: Any) -> OwnReports | None:
    if not user.may("reports.view_own") or user.may("reports.view"):
        return None
    rows = Report.objects.visible_to(user).order_by("-reported_at", "-id")
    newest = rows.exclude(reported_at=None).values_list("reported_at", flat=True).first()
    return OwnReports(rows.count(), timezone.localdate(newest) if newest else None)


def _duties(user: Any) -> tuple[tuple[str, str], ...]:
    roles = policy().roles
    held = dict.fromkeys(grant.role for grant in user.active_grants)
    return tuple((roles[code].name, roles[code].duty) for code in held if code in roles)
