"""Rows 1.1 and 1.2: rules in force on the last day, and every month checked with measures (D-03, D-04)."""

from datetime import date

from scoring.evidence.domain.documents import RowDocuments
from scoring.evidence.domain.facts import Facts, MonthFact, calendar_months, month_zh
from scoring.evidence.domain.suggestion import ABSENT, MET, Suggestion, SupportingFact


def rules_and_review(facts: Facts, documents: RowDocuments) -> Suggestion:
    """1.1, D-03: both documents on the last day, else nothing: no partial value is printed."""
    if documents.missing:
        sentence = "书写规范与审核制度须同时有效，缺一即不得分。"
        return Suggestion("1.1", ABSENT, sentence, missing=documents.missing)
    return Suggestion("1.1", MET, f"书写规范与审核制度在窗口最后一日（{facts.last}）均有效。")


def monthly_checks(facts: Facts, documents: RowDocuments) -> Suggestion:
    """1.2, D-04: every month the window touches is checked, and every problem has a measure.

    A month finished after its due day is checked all the same; by how many days it was late is said. So is
    a month without reports once a person closed it as 本月无报告, and the sentence names it.
    """
    wanted = tuple(calendar_months(facts.first, facts.last))
    by_month = {found.month: found for found in facts.months if found.month in wanted}
    there = [by_month[month] for month in wanted if month in by_month]
    records = tuple(record for found in there for record in _month_records(found))
    lacking = list(documents.missing)
    for month in wanted:
        lacking += _lacking(by_month[month]) if month in by_month else [f"{month_zh(month)}：没有质控检查"]
    if lacking:
        asked = "须月月有检查或登记为本月无报告、问题都有改进措施"
        sentence = f"窗口涉及{len(wanted)}个自然月，{asked}；本行没有部分得分。"
        return Suggestion("1.2", ABSENT, sentence, records, tuple(lacking), _month_notes(there))
    return Suggestion("1.2", MET, _all_done(wanted, there), records, (), _month_notes(there))


def _all_done(wanted: tuple[date, ...], there: list[MonthFact]) -> str:
    """A month without a report has an end of its own: it is named, not counted as checked."""
    empty = "、".join(month_zh(found.month) for found in there if not found.has_reports)
    if not empty:
        return f"窗口涉及的{len(wanted)}个自然月都已完成检查，所有问题都有改进措施。"
    return f"窗口涉及的{len(wanted)}个自然月都已完成检查或登记为本月无报告（{empty}），所有问题都有改进措施。"


def _month_records(found: MonthFact) -> list[SupportingFact]:
    """The check of a month, then its measures."""
    problems = f"{len(found.problems)}项条款有问题" if found.problems else "未见问题"
    late = f"（逾期{found.late_days}天）" if found.late_days else ""
    checked = f"，{problems}，改进措施{len(found.measures)}项" if found.has_reports else ""
    says = f"{found.state_zh}{late}{checked}"
    title, counts = f"{month_zh(found.month)}质控检查", found.is_done and not found.without_measure
    return [
        SupportingFact("month", found.id, title, found.month, says, counts, who=found.who),
        *(
            SupportingFact(
                "measure", m.id, m.title, m.due_on, f"{'、'.join(m.clauses)}　{m.state_zh}", True, who=m.who
            )
            for m in found.measures
        ),
    ]


def _lacking(found: MonthFact) -> list[str]:
    name, lacking = month_zh(found.month), []
    if not found.is_done:
        lacking.append(f"{name}：质控检查尚未完成（{found.state_zh}）")
    if found.without_measure:
        lacking.append(f"{name}：{'、'.join(found.without_measure)}的问题没有改进措施")
    return lacking


def _month_notes(there: list[MonthFact]) -> tuple[str, ...]:
    """Months finished late, measures overdue, and draws cancelled: none of them costs a point."""
    days = "、".join(
        f"{month_zh(found.month)}（期限{found.due_on}，{found.done_on}完成，逾期{found.late_days}天）"
        for found in there
        if found.late_days
    )
    late = [f"逾期完成的检查：{days}；不影响建议。"] if days else []
    overdue = sum(measure.is_overdue for found in there for measure in found.measures)
    measures = [f"{overdue}项改进措施已逾期，不影响建议，请督促落实。"] if overdue else []
    return (*late, *measures, *(sentence for found in there for sentence in found.given_up))
