"""The ledger of the pool: every candidate that is not eligible, and why (DOMAIN 2)."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from audits.labels import LabelledEnum


class Reason(LabelledEnum):
    """Why a candidate is not eligible, in the order of the funnel: report, then outcome, then duplicate."""

    NO_REPORT_TIME = "no_report_time", "无报告时间"
    OUTSIDE_WINDOW = "outside_window", "报告时间不在窗口"
    OTHER_MODALITY = "other_modality", "检查类型不属DR/CT/MRI"
    NOT_FINAL = "not_final", "非终稿"
    NOT_SIGNED = "not_signed", "报告未签发"
    NO_OUTCOME = "no_outcome", "无结局"
    OUTCOME_UNCONFIRMED = "outcome_unconfirmed", "结局未确认匹配"
    OUTCOME_BEFORE_EXAMINATION = "outcome_before_examination", "结局早于检查"
    OUTCOME_AFTER_CUT_OFF = "outcome_after_cut_off", "结局晚于截止日"
    OUTCOME_EMPTY = "outcome_empty", "结局内容为空"
    SAME_EXAMINATION = "same_examination", "同一检查重复"


@dataclass(frozen=True)
class Exclusion:
    """A candidate that is not eligible. `reason` is the first of `reasons` in the order of Reason."""

    accession_number: str
    system: str
    modality: str
    reasons: tuple[Reason, ...]

    @property
    def reason(self) -> Reason:
        return self.reasons[0]


@dataclass(frozen=True)
class Ledger:
    """The candidates that were examined. `eligible + len(exclusions) == total`, always."""

    total: int
    eligible: int
    exclusions: tuple[Exclusion, ...]

    def by_reason(self) -> dict[Reason, int]:
        """First reasons with their counts, in order, without zeros; the counts add up to the excluded."""
        counts = Counter(exclusion.reason for exclusion in self.exclusions)
        return {reason: counts[reason] for reason in Reason if counts[reason]}

    def by_any_reason(self) -> dict[Reason, int]:
        """How many excluded candidates a reason applies to (adds up to more than the excluded)."""
        counts = Counter(reason for exclusion in self.exclusions for reason in exclusion.reasons)
        return {reason: counts[reason] for reason in Reason if counts[reason]}

    def by_cell(self) -> dict[tuple[str, str], dict[Reason, int]]:
        """(system, modality) → first reasons with counts."""
        cells: dict[tuple[str, str], Counter[Reason]] = {}
        for row in self.exclusions:
            cells.setdefault((row.system, row.modality), Counter())[row.reason] += 1
        return {cell: {r: cells[cell][r] for r in Reason if cells[cell][r]} for cell in sorted(cells)}

    def as_json(self) -> dict[str, Any]:
        """Plain values for storage and the packet; all reasons of a row as codes, the first one first."""
        return {
            "total": self.total,
            "eligible": self.eligible,
            "excluded": len(self.exclusions),
            "by_reason": [{"code": r.value, "zh": r.zh, "count": n} for r, n in self.by_reason().items()],
            "by_cell": [
                {
                    "system": system,
                    "modality": modality,
                    "code": reason.value,
                    "zh": reason.zh,
                    "count": count,
                }
                for (system, modality), counts in self.by_cell().items()
                for reason, count in counts.items()
            ],
            "rows": [
                {
                    "accession_number": row.accession_number,
                    "system": row.system,
                    "modality": row.modality,
                    "reasons": [reason.value for reason in row.reasons],
                    "zh": "；".join(reason.zh for reason in row.reasons),
                }
                for row in self.exclusions
            ],
        }
