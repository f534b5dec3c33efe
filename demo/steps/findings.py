"""The demonstration's register of critical alerts, and the officer's rulings on text check findings."""

from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet

from demo.content import DemoReport
from demo.content.exports import alert_csv
from demo.steps.quarters import import_export
from reports.findings.actions.rulings import rule_finding
from reports.findings.filters import BINDING
from reports.findings.models import Finding
from staff.accounts.models import User
from staff.departments.models import Department

_CRITICAL = "4.1/critical-suspect"
_RECORDED_OF = 4  # of so many criticals one has no record
_SMALL = "腔隙性"
_NOT_LISTED = "本院危急值目录只列大面积脑梗死，腔隙性脑梗死不在其内。"
_MISSED = "登记本无此记录，已向报告医师核实为漏登，已补记。"


def record_alerts(reports: Sequence[DemoReport], name: str, department: Department, by: User) -> None:
    """The alert register of these reports' months, imported as its page does; a few are not in it."""
    found = _findings(reports, department).filter(code=_CRITICAL).order_by("report__accession_number")
    made = {report.accession_number: report for report in reports}
    recorded = [finding for place, finding in enumerate(found, start=1) if place % _RECORDED_OF]
    data = alert_csv((made[finding.report.accession_number], finding.excerpt) for finding in recorded)
    if recorded:
        import_export(department, "alerts", SimpleUploadedFile(f"危急值登记_{name}.csv", data), by)


def rule_findings(reports: Sequence[DemoReport], department: Department, by: User) -> None:
    """Confirm what was put into a report and alerts that are missing; dismiss what is on no list here."""
    faults = {report.accession_number: report.description_faults for report in reports}
    for finding in _findings(reports, department).filter(state=Finding.State.OPEN, severity__in=BINDING):
        verdict, reason = "confirm", ""
        if finding.code == _CRITICAL:
            verdict, reason = ("dismiss", _NOT_LISTED) if _SMALL in finding.excerpt else ("confirm", _MISSED)
        elif finding.clause not in {fault.clause for fault in faults[finding.report.accession_number]}:
            continue
        rule_finding(finding, verdict=verdict, version=finding.version, by=by, reason=reason)


def _findings(reports: Sequence[DemoReport], department: Department) -> QuerySet[Finding]:
    numbers = [report.accession_number for report in reports]
    rows = Finding.objects.filter(department=department, is_current=True)
    return rows.filter(report__accession_number__in=numbers).select_related("report").order_by("pk")
