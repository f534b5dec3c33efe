"""Identity of findings across versions: the same check on the same text, at any offset."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from reports.domain.textcheck.finding import Finding
from reports.domain.textcheck.report import CheckedReport


def fingerprints(report: CheckedReport, findings: Iterable[Finding]) -> tuple[str, ...]:
    """One value per finding, in their order.

    The text is the sentence around the finding, or the whole field where something is absent: a dismissed
    finding is recognised in a later version that still has that sentence, at another offset. A sentence
    written twice has two findings, distinguished by their order.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for finding in findings:
        start, end = _extent(report, finding)
        around = (report.value(finding.field) or "")[start:end]
        parts = (
            finding.code,
            finding.field,
            around,
            str(finding.start - start),
            str(finding.end - start),
        )
        found.append(_digest((*parts, str(seen[parts]))))
        seen[parts] += 1
    return tuple(found)


def _extent(report: CheckedReport, finding: Finding) -> tuple[int, int]:
    whole = 0, len(report.value(finding.field) or "")
    if finding.start == finding.end or finding.field not in report.texts:
        return whole
    text = report.texts[finding.field]
    first = text.sentence_at(finding.start)
    if first.start == first.end and finding.start:
        # A mark between two sentences belongs to the sentence before it.
        first = text.sentence_at(finding.start - 1)
    last = text.sentence_at(finding.end - 1)
    return min(first.start, finding.start), max(last.end, finding.end)


def _digest(parts: tuple[str, ...]) -> str:
    # A file may contain lone surrogates, which UTF-8 cannot encode.
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).hexdigest()
