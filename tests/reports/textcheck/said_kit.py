"""What some rules say of a report given by keywords: (code, excerpt) in the order of the findings."""

from collections.abc import Sequence
from typing import Any

from reports.domain.textcheck.engine import Rule, bind, check
from reports.domain.textcheck.report import CheckedReport
from standards.loader import current_edition


def said(rules: Sequence[Rule], **fields: Any) -> list[tuple[str, str]]:
    bound = bind(rules, current_edition())
    found = check(CheckedReport(**fields), bound)
    return [(finding.code, finding.excerpt) for finding in found]


def messages(rules: Sequence[Rule], **fields: Any) -> list[str]:
    """The sentences for the reader, in the order of the findings."""
    found = check(CheckedReport(**fields), bind(rules, current_edition()))
    return [finding.message for finding in found]
