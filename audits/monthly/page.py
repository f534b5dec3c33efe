"""Frozen values of the month's pages and of its printed record, without its measures."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from audits.judging.domain.places import FIELD_ZH
from audits.monthly.models import MonthlyAudit, MonthlyCase, MonthlyFault
from audits.monthly.queries.results import MonthResult
from audits.quarter.page import Step
from audits.sampling.domain.strata import SYSTEM_ZH
from standards.edition import Edition
from standards.loader import load_edition

VERDICT_TAG = {
    MonthlyCase.Verdict.OPEN: "open",
    MonthlyCase.Verdict.CLEAN: "pass",
    MonthlyCase.Verdict.FAULTY: "fail",
}
STATUS_TAG = {"planned": "due", "drawn": "info", "closed": "pass", "no_reports": "pass", "cancelled": "open"}


@dataclass(frozen=True)
class FaultLine:
    clause: str
    title: str
    place: str
    excerpt: str
    reason: str


@dataclass(frozen=True)
class CaseLine:
    """A case of the month. `withheld`: the viewer still has to check it, without its number."""

    case: MonthlyCase
    system: str
    accession_number: str
    assessor: str
    verdict: tuple[str, str]
    faults: tuple[FaultLine, ...]
    withheld: bool
    url: str


def month_steps(result: MonthResult, running_measures: int, open_clauses: int) -> tuple[Step, ...]:
    """Progress of the month: commitment, draw, check, measures, finished."""
    audit, total = result.audit, len(result.cases)
    if audit.status == MonthlyAudit.Status.NO_REPORTS:
        return (Step("建立，公布种子哈希", "done"), Step("本月无报告", "done"))
    drawn = audit.drawn_at is not None
    checked = drawn and total > 0 and not result.unjudged
    closed = audit.status == MonthlyAudit.Status.CLOSED
    steps = (
        ("建立，公布种子哈希", True, ""),
        ("抽取", drawn, f"{total} 份" if drawn else ""),
        ("检查", checked, f"{result.judged}/{total}" if drawn else ""),
        ("改进措施", checked and not open_clauses, _measure_note(checked, running_measures, open_clauses)),
        ("完成", closed, ""),
    )
    current = next((place for place, step in enumerate(steps) if not step[1]), len(steps))
    return tuple(
        Step(label, "done" if done else "current" if place == current else "todo", note)
        for place, (label, done, note) in enumerate(steps)
    )


def _measure_note(checked: bool, measures: int, missing: int) -> str:
    if not checked:
        return ""
    return f"缺 {missing} 项" if missing else f"{measures} 项" if measures else "无需"


def case_lines(result: MonthResult, under_review: Container[int]) -> tuple[CaseLine, ...]:
    """The cases in order. `under_review`: ids of reports that the viewer has still to judge blind."""
    edition = load_edition(result.audit.edition)
    found = []
    for case in result.cases:
        withheld = case.report_id in under_review
        faults = result.faults.get(case.pk, ())
        found.append(
            CaseLine(
                case=case,
                system=SYSTEM_ZH.get(case.system, case.system),
                accession_number="" if withheld else case.report.accession_number,
                assessor=case.assessor.full_name if case.assessor else "未分配",
                verdict=verdict_tag(case, faults),
                faults=fault_lines(faults, edition),
                withheld=withheld,
                url=reverse("audits:monthly_case", args=[case.pk]),
            )
        )
    return tuple(found)


def verdict_tag(case: MonthlyCase, faults: Sequence[MonthlyFault]) -> tuple[str, str]:
    """(kind of tag, label). `faults`: the present ones; an appeal may have removed all."""
    verdict = MonthlyCase.Verdict(case.verdict)
    if verdict == MonthlyCase.Verdict.FAULTY and not faults:
        return "pass", "申诉后无问题"
    return VERDICT_TAG[verdict], str(verdict.label)


def fault_lines(faults: Iterable[MonthlyFault], edition: Edition) -> tuple[FaultLine, ...]:
    return tuple(
        FaultLine(
            fault.clause,
            clause_title(edition, fault.clause),
            FIELD_ZH.get(fault.field, ""),
            fault.excerpt,
            fault.reason,
        )
        for fault in faults
    )


def clause_title(edition: Edition, number: str) -> str:
    """The clause's title; "" for a number that the edition does not know."""
    clause = edition.clauses_by_number.get(number)
    return clause.title_zh if clause else ""


def suggested_summary(result: MonthResult) -> str:
    """A first wording of the summary from the figures, for a person to complete."""
    audit, faulty = result.audit, result.faulty
    head = f"{audit.label}从{audit.pool_size}份最终报告中随机抽查{len(result.cases)}份"
    if not result.judged:
        return f"{head}，尚未检查。"
    if result.unjudged:
        head += f"，已检查{result.judged}份"
    if not result.problems:
        return f"{head}，未发现问题。"
    edition = load_edition(audit.edition)
    listed = "；".join(
        f"{line.count.clause} {clause_title(edition, line.count.clause)}（{line.count.reports}份）"
        for line in result.clauses
    )
    return f"{head}，{faulty.part}份有问题，共{result.problems}项：{listed}。"
