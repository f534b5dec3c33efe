"""Store a report that a person typed."""

from typing import Any

from django.db import transaction

from reports.archive.content import wall_time
from reports.archive.models import Report
from reports.conflicts import RefusedError
from reports.imports.actions.receive import receive_reports
from reports.imports.models import ImportSource
from reports.intake.values import IncomingReport
from reports.outcomes.actions import rematch_outcomes
from staff.accounts.models import User
from staff.departments.models import Department
from trail.chain import record

SOURCE = "手工录入"


@transaction.atomic
def enter_report(*, department: Department, values: dict[str, Any], by: User) -> Report:
    """Store a typed report under an unused number; RefusedError when the number exists. Times are aware."""
    number = values["accession_number"]
    Department.objects.select_for_update().get(pk=department.pk)
    if Report.objects.filter(department=department, accession_number=number).exists():
        raise RefusedError(
            f"检查号“{number}”已有报告。文字有修订请由RIS重新导入；其他内容有误请在该报告页更正。"
        )
    source, _ = ImportSource.objects.get_or_create(
        department=department, kind=ImportSource.Kind.REPORTS, name=SOURCE
    )
    tally = receive_reports([_incoming(values)], department=department, by=by, source=source)
    if tally.refused:
        raise RefusedError(tally.refused[0].reason)
    rematch_outcomes(department, by=by)
    report = Report.objects.get(department=department, accession_number=number)
    record("reports.enter", by=by, target=report)
    return report


def _incoming(values: dict[str, Any]) -> IncomingReport:
    times = {name: wall_time(values.get(name)) for name in ("examined_at", "reported_at")}
    exact = {f"{name}_precision": "minute" if time else "" for name, time in times.items()}
    return IncomingReport(row=1, **(values | times | exact))
