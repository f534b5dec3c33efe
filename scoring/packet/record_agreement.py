"""Do the packet's 月度质控 and 版次 agree with themselves, its window and its sheet?"""

from collections.abc import Iterator
from datetime import date

from scoring.content.document import PacketDocument
from scoring.content.month_parts import MeasureLine, MonthLine
from scoring.evidence.domain.facts import calendar_months


def monthly_problems(document: PacketDocument) -> Iterator[str]:
    """Every month of the window once and in order, counts that can be, measures that say what they are."""
    found = document.monthly
    if found is None:
        return
    if [line.month for line in found.months] != _months(document):
        yield "月度质控所列的月份与抽样窗口不符。"
    yield from (f"月度质控{line.label}的份数前后不符。" for line in found.months if not _adds_up(line))
    for line in found.months:
        if set(line.without_measure) - {clause.clause for clause in line.clauses}:
            yield f"月度质控{line.label}列有没有问题的条款。"
    for measure in found.measures:
        yield from _measure_problems(measure, found.on)


def _months(document: PacketDocument) -> list[str]:
    try:
        first, last = (
            date.fromisoformat(day) for day in (document.period.window_start, document.period.window_end)
        )
    except ValueError:
        return []
    return [f"{month:%Y-%m}" for month in calendar_months(first, last)]


def _adds_up(line: MonthLine) -> bool:
    counts = (line.pool_size, line.size, line.checked, line.faulty, line.problems)
    if any(count is None for count in counts):
        return set(counts) == {None} and not line.clauses
    pool, size, checked, faulty, problems = (count or 0 for count in counts)
    entries = sum(clause.faults for clause in line.clauses)
    fits = all(0 < clause.reports <= min(clause.faults, faulty) for clause in line.clauses)
    finished = line.state != "closed" or checked == size
    return 0 <= faulty <= checked <= size <= pool and entries == problems and fits and finished


def _measure_problems(measure: MeasureLine, on: str) -> Iterator[str]:
    if measure.overdue != (measure.state == "open" and measure.due_on < on):
        yield f"第{measure.number}号措施是否逾期与其期限不符。"
    if (measure.state == "closed") != bool(measure.closed_at):
        yield f"第{measure.number}号措施的状态与关闭时间不符。"


def history_problems(document: PacketDocument) -> Iterator[str]:
    """The last version is this packet's, those before it were signed, every change belongs to one of them."""
    found, sheet = document.history, document.sheet
    if found is None:
        return
    numbers = [line.number for line in found.versions]
    if not numbers or numbers != sorted(set(numbers)) or numbers[-1] != sheet.number:
        yield "版次记录与评分表的版次不符。"
        return
    last = found.versions[-1]
    own = (sheet.correction_reason, sheet.submitted_by, sheet.submitted_at, sheet.signed_by, sheet.signed_at)
    said = (last.reason, last.submitted_by, last.submitted_at, last.signed_by, last.signed_at)
    points = (last.total, last.verdict_zh)
    if said != own or points != (document.result.total, document.result.verdict_zh) or last.content_hash:
        yield "版次记录中的本版与评分表的提交、签发或结果不符。"
    if any(not line.signed_at or not line.content_hash for line in found.versions[:-1]):
        yield "版次记录列有没有签发的旧版。"
    if any(change.number not in numbers[1:] or change.before == change.after for change in found.changes):
        yield "更正内容所属的版次与版次记录不符，或前后相同。"
