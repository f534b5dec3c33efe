"""What the checks say of one frozen version of a report: the stored findings while it is the present one."""

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
    """Findings nobody dismissed, in the order of the text; those of an older version are not stored."""
    if report.content_hash == revision.content_hash and report.rules_version:
        found = list(report.text_findings.current())
    else:
        found = _said_of(report, revision)
    return sorted(found, key=lambda finding: finding.place)


def _said_of(report: Report, revision: Revision) -> list[Finding]:
    """The rules run over the version's content; what a person dismissed in the same words stays away."""
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
