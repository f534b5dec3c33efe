"""Findings on a frozen version of a report: the stored ones while it is the current version."""

from copy import copy

from reports.archive.content import fill, from_json
from reports.archive.models import Report, Revision
from reports.domain.fingerprint import fingerprints
from reports.domain.textcheck.engine import check
from reports.domain.textcheck.registry import bound_rules
from reports.findings.models import Finding
from reports.findings.queries.check_input import Surroundings
from reports.findings.queries.switches import Switches


def findings_of_version(report: Report, revision: Revision) -> list[Finding]:
    """Findings that were not dismissed, in the order of the text; for an older version they are computed."""
    if report.content_hash == revision.content_hash and report.rules_version:
        found = list(report.text_findings.current())
    else:
        found = _findings_on(report, revision)
    return sorted(found, key=lambda finding: finding.place)


def _findings_on(report: Report, revision: Revision) -> list[Finding]:
    """Check the content of the version, without findings that were dismissed with the same fingerprint."""
    version = fill(copy(report), from_json(revision.content))
    department = report.department
    switches = Switches.of(department)
    checked = Surroundings.of(department, [version]).checked(version)
    said = check(checked, bound_rules(), off=switches.off(report.source_id))
    dismissed = set(report.text_findings.filter(state="dismissed").values_list("fingerprint", flat=True))
    return [
        Finding(
            report=report,
            code=finding.code,
            clause=finding.clause,
            field=finding.field,
            start=finding.start,
            end=finding.end,
            excerpt=finding.excerpt,
            message=finding.message,
            severity=switches.shown(finding),
            said_severity=finding.severity,
        )
        for fingerprint, finding in zip(fingerprints(checked, said), said, strict=True)
        if fingerprint not in dismissed
    ]
