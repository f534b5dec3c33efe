"""Findings made the short way: as if the checks had said them of a stored report."""

from django.urls import reverse

from reports.archive.models import Report
from reports.domain.textcheck.registry import RULES_VERSION
from reports.findings.models import Finding

NO_TISSUE = "6.4.3.2/no-reference-tissue"
PLACEHOLDER = "6.1.1/placeholder"


def make_finding(report: Report, words: str = "", **fields) -> Finding:
    """A suspect finding on `words` of the report's findings; without words something is absent there."""
    field = fields.get("field", "findings")
    start = (getattr(report, field) or "").index(words) if words else 0
    values = {
        "report": report,
        "department": report.department,
        "code": NO_TISSUE,
        "clause": "6.4.3.2",
        "field": field,
        "start": start,
        "end": start + len(words),
        "excerpt": words,
        "message": f"“{words}”未写参照组织。",
        "severity": "suspect",
        "fingerprint": f"{report.pk}-{Finding.objects.count()}",
        "rules_version": RULES_VERSION,
        "revision_number": report.revision_number,
        "reporting_physician": report.reporting_physician,
        "reported_at": report.reported_at,
    } | fields
    values.setdefault("said_severity", values["severity"])
    finding = Finding.objects.create(**values)
    if not report.rules_version:
        report.rules_version = RULES_VERSION
        report.save(update_fields=["rules_version"])
    return finding


def post_ruling(client, finding: Finding, verdict: str, version: int = 0, **more):
    """The ruling as a browser sends it."""
    url = reverse("reports:finding_rule", args=[finding.pk])
    return client.post(url, {"verdict": verdict, "version": version} | more)
