"""Does every count of the packet equal its rows? Rows came with schema 4: older packets are not asked."""

from collections.abc import Iterable, Iterator

from audits.judging.domain.concordance import Judgement
from audits.judging.domain.statistics import percent, wilson
from audits.sampling.domain.draw_chain import ChainedDraw
from scoring.content.case_parts import Case
from scoring.content.document import PacketDocument
from scoring.content.month_parts import MonthClause, MonthLine
from scoring.content.staff_parts import Staffing, StaffReports

_FAULTY = ("不规范", "有问题")  # of a quarter, of a month
_STATES = ("valid", "expiring", "expired", "missing", "faulty", "not_applicable")


def row_problems(document: PacketDocument) -> Iterator[str]:
    """Counts that differ from the rows they are counted from, as sentences."""
    for line in document.monthly.months if document.monthly else ():
        if line.reports is not None and not _month_agrees(line):
            yield f"月度质控{line.label}的份数或问题数与所列报告不符。"
    if (found := document.follow_ups) is not None:
        states = [record.state for record in found.records]
        counted = tuple(states.count(state) for state in ("complete", "running", "incomplete"))
        if counted != (found.complete, found.running, found.incomplete) or sum(counted) != len(states):
            yield "随访记录的例数与所列记录不符。"
    if document.staffing and document.staffing.checked:
        yield from _staffing_problems(document.staffing, document.staffing.checked)
    yield from _statistics_problems(document)
    for draw in (*document.draws.window, *document.draws.months) if document.draws else ():
        if not _rulings_agree(draw, document.cases):
            yield f"历次抽样中{draw.label}的评定份数与所列评定不符。"


def _month_agrees(line: MonthLine) -> bool:
    reports = line.reports or ()
    if line.size is None:
        return not reports and not line.draw_file
    judged = [report for report in reports if report.judged_at]
    faults = [[fault.clause for fault in report.faults] for report in judged]
    counts = (len(reports), len(judged), sum(map(bool, faults)), sum(map(len, faults)))
    titled = {clause.clause: clause.title for clause in line.clauses}
    due = {
        MonthClause(
            clause,
            titled.get(clause, ""),
            sum(clause in found for found in faults),
            sum(found.count(clause) for found in faults),
        )
        for clause in {clause for found in faults for clause in found}
    }
    return counts == (line.size, line.checked, line.faulty, line.problems) and due == set(line.clauses)


def _rulings_agree(draw: ChainedDraw, cases: Iterable[Case]) -> bool:
    """The rulings of this draw are in its cases, those of another signed one in a packet of its own."""
    if draw.is_this and draw.discordant is not None:
        lines = [(case.position, line) for case in cases for line in case.assessors if line.description_at]
        rulings = [(place, line.description_zh, line.judgement_zh) for place, line in lines]
    elif draw.signed_at:
        return True
    else:
        rulings = [(one.position, one.description_zh, one.judgement_zh) for one in draw.rulings]
    judged = len({place for place, _, _ in rulings})
    faulty = len({place for place, description, _ in rulings if description in _FAULTY})
    discordant = len({place for place, _, judgement in rulings if judgement == Judgement.DISCORDANT.zh})
    expected = (judged, faulty, None if draw.discordant is None else discordant)
    return (draw.judged, draw.faulty, draw.discordant) == expected


def _staffing_problems(found: Staffing, checked: StaffReports) -> Iterator[str]:
    rows = checked.rows
    marked = [row.exceptions for row in rows if row.exceptions]
    roles = tuple(
        sum(any(one.startswith(f"{role} ") for one in of_row) for of_row in marked)
        for role in ("signer", "operator")
    )
    counts = (found.reports, found.with_exception, found.signers, found.operators)
    codes = [one.partition(" ")[2] for of_row in marked for one in of_row]
    if counts != (len(rows), len(marked), *roles) or any(
        codes.count(line.code) != line.count for line in found.by_reason
    ):
        yield "人员资质的份数与所列报告不符。"
    if found.people != len(checked.members):
        yield "人员登记表的人数与所列人员不符。"
    for place, line in enumerate(found.requirements):
        states = [member.states[place] for member in checked.members if member.states]
        if tuple(getattr(line, state) for state in _STATES) != tuple(map(states.count, _STATES)):
            yield f"“{line.zh}”的人数与所列人员不符。"
    cited = {code for row in rows for code in _cited(row.signer_proof, row.operator_proof)}
    if cited != {proof.code for proof in checked.proofs}:
        yield "人员核对所引证书与所列证书不符。"


def _cited(*proofs: str) -> Iterable[str]:
    return (code for proof in proofs for code in proof.split("、") if code)


def _statistics_problems(document: PacketDocument) -> Iterator[str]:
    found = document.statistics
    if found.quarters is None:
        return
    good, judged = found.concordant + found.partly, found.concordant + found.partly + found.discordant
    interval = wilson(good, judged)
    if found.interval != (interval.label if interval else "无数据"):
        yield "诊断符合率的置信区间与各份报告的判定不符。"
    open_cases = sum(not case.conclusion.judgement for case in document.cases)
    own = {(one.good, one.judged) for one in found.quarters if one.label == document.period.label}
    if found.open != open_cases or own - {(good, judged)}:
        yield "未评的份数或本季度计入合计的份数与各份报告的判定不符。"
    pooled = (sum(one.good for one in found.quarters), sum(one.judged for one in found.quarters))
    text = f"合计{pooled[0]}/{pooled[1]}，符合率{percent(*pooled)}"
    if len(found.quarters) > 1 and pooled[1] and not any(text in sentence for sentence in found.sentences):
        yield "近几个季度的合计与所列各季度不符。"
