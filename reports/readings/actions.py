"""Write the read audit: one query where the hour's row is there already, three where it is not."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from reports.archive.models import Report
from reports.readings.models import Reading


def record_readings(user: Any, reports: Sequence[int], through: str) -> None:
    """One row for each of these reports that this person has not opened within the hour."""
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = Reading.objects.filter(user_id=user.pk, hour=hour, report_id__in=reports)
    new = set(reports) - set(rows.values_list("report_id", flat=True))
    if not new:
        return
    found = Report.objects.filter(pk__in=new).order_by("pk")
    made = [
        Reading(
            user_id=user.pk,
            department_id=department,
            report_id=pk,
            accession_number=number,
            hour=hour,
            at=now,
            through=through,
        )
        for pk, department, number in found.values_list("pk", "department_id", "accession_number")
    ]
    Reading.objects.bulk_create(made, ignore_conflicts=True)  # the same page may be opened twice at once
