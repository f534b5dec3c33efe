"""What a signer is asked to have seen: appeals that may still come, and rows whose records changed."""

import hashlib
from dataclasses import dataclass

from audits.appeals.queries.own_findings import problems_of_case
from audits.judging.domain.appeals import Subject
from scoring.evidence.domain.suggestion import basis, snapshot
from scoring.sheets.queries.scored import ScoredSheet


@dataclass(frozen=True)
class SigningWarnings:
    """Sentences in the order of the form; empty: nothing needs to be confirmed."""

    texts: tuple[str, ...]

    @property
    def token(self) -> str:
        """What the confirmation names, so that it is of these sentences and no others."""
        return hashlib.sha256("\n".join(self.texts).encode()).hexdigest()[:16]


def signing_warnings(scored: ScoredSheet) -> SigningWarnings:
    """Of a submitted sheet. Rows that suggest another state do not warn but stop the signature."""
    return SigningWarnings((*_changed_rows(scored), *_open_appeals(scored)))


def _changed_rows(scored: ScoredSheet) -> list[str]:
    """Rows whose suggestion has the same state as when they were set, but is based on other records."""
    return [
        f"第{row}行评定之后所依据的记录有变化（建议仍相同），请再核对这一行。"
        for row, setting in sorted(scored.settings.items())
        if setting.suggestion is not None
        and scored.suggestions[row].state == setting.suggested_state
        and basis(snapshot(scored.suggestions[row])) != basis(setting.suggestion)
    ]


def _open_appeals(scored: ScoredSheet) -> list[str]:
    """Deductions of the sample against which an appeal may still be lodged."""
    return [
        f"第{case.position}份{_PARTS[problem.subject]}的申诉期至 {problem.appeal_until}，申诉成立会改变得分。"
        for case in scored.results.cases
        for problem in problems_of_case(case, {})
        if problem.may_appeal
    ]


_PARTS = {Subject.DESCRIPTION: "影像描述", Subject.CONCLUSION: "诊断结论"}
