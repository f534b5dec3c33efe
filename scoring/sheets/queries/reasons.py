"""扣分理由: the wording of a lost point, and the cases behind it. Every lost point has one."""

from collections.abc import Iterable

from audits.judging.queries.results import AuditResults, CaseResult
from exporting.masking import mask_in_text
from scoring.sheets.domain.rows import Deduction, RowScore
from scoring.sheets.domain.score import ConcordanceRate
from scoring.sheets.models import RowSetting
from scoring.sheets.queries.values import CaseReason
from standards.scoresheet import SheetRow


def default_reason(row: SheetRow, scored: RowScore, state: str, rate: ConcordanceRate | None) -> str:
    """The wording a lost point gets unless a person words it otherwise; "" when nothing was lost."""
    return "；".join(_worded(row, part, state, rate) for part in scored.deductions)


def _worded(row: SheetRow, part: Deduction, state: str, rate: ConcordanceRate | None) -> str:
    if part.kind == "state":
        return f"{row.state(state).state_zh}：{part.rule_zh}"
    if part.kind == "rate":
        percent = f"{rate.percent}%" if rate else "无数据"
        # A row never goes below 0: then less than the printed points are taken, and the reason says so.
        left = "（本行余分扣完）" if row.rate and part.points < row.rate.points else ""
        return f"诊断符合率{percent}，小于{row.rate.percent if row.rate else ''}%，扣{part.points}分{left}"
    return f"{part.rule_zh}：{part.cases}例，扣{part.points}分"


def printed_reason(
    row: SheetRow, scored: RowScore, setting: RowSetting | None, rate: ConcordanceRate | None
) -> str:
    """The text of the column 扣分理由: a person's wording, else the default; "" when nothing was lost.

    A section 1 row shows only what a person left there: an emptied reason stays empty until submission
    asks for it. The counts of section 2 come from the rulings, so their default is never empty.
    """
    if not scored.deductions:
        return ""
    if setting and (setting.reason or row.states):
        return setting.reason
    return default_reason(row, scored, setting.state if setting else "", rate)


def case_reasons(row: SheetRow, results: AuditResults) -> tuple[CaseReason, ...]:
    """The reports that cost a point on a row of section 2, in drawn order."""
    if row.sample == "description_sample":
        failed = [case for case in results.cases if case.description.faulty]
        return tuple(_reason(case, _faults(case)) for case in failed)
    if row.sample == "conclusion_sample":
        failed = [case for case in results.cases if case.concordance.discordant]
        return tuple(_reason(case, _discordance(case)) for case in failed)
    return ()


def _reason(case: CaseResult, text: str) -> CaseReason:
    name, identity = case.content.get("patient_name") or "", case.content.get("patient_id") or ""
    shown = mask_in_text(text, name, (identity,))
    return CaseReason(case.position, case.case.pk, case.report.accession_number, shown)


def _faults(case: CaseResult) -> str:
    return _joined(f"{fault.clause} {fault.reason}" for fault in case.faults)


def _discordance(case: CaseResult) -> str:
    kinds = "、".join(kind.zh for kind in case.concordance.error_kinds)
    head = f"不符合（{kinds}）" if kinds else "不符合"
    return _joined((head, *case.reasons))


def _joined(parts: Iterable[str]) -> str:
    return "；".join(part.rstrip("。；") for part in parts)
