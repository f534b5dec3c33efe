"""When two findings are the same one: the same check, said of the same words, wherever they now stand."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from reports.domain.textcheck.finding import Finding
from reports.domain.textcheck.report import CheckedReport


def fingerprints(report: CheckedReport, findings: Iterable[Finding]) -> tuple[str, ...]:
    """One value per finding, in their order.

    The words are the sentence around the finding, or the whole field where something is absent: the finding
    a person dismissed is known again in a later version that still has that sentence, at another offset. A
    sentence written twice has two findings, told apart by their order.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for finding in findings:
        start, end = _words(report, finding)
        words = (report.value(finding.field) or "")[start:end]
        parts = (finding.code, finding.field, words, str(finding.start - start), str(finding.end - start))
        found.append(_digest((*parts, str(seen[parts]))))
        seen[parts] += 1
    return tuple(found)


def _words(report: CheckedReport, finding: Finding) -> tuple[int, int]:
    whole = 0, len(report.value(finding.field) or "")
    if finding.start == finding.end or finding.field not in report.texts:
        return whole
    text = report.texts[finding.field]
    first = text.sentence_at(finding.start)
    if first.start == first.end and finding.start:
        # A mark between two sentences: the one before it says which mark it is.
        first = text.sentence_at(finding.start - 1)
    last = text.sentence_at(finding.end - 1)
    return min(first.start, finding.start), max(last.end, finding.end)


def _digest(parts: tuple[str, ...]) -> str:
    # Lone surrogates, which a file may hold, have no UTF-8 of their own.
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).hexdigest()
