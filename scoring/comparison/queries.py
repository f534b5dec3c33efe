"""The quarters of a comparison, read from signed contents alone, never from rows that may have changed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from audits.conflicts import RefusedError
from audits.judging.domain.statistics import POOLED_QUARTERS
from audits.quarter.queries.state import state_of, with_state
from audits.sampling.models import Audit
from exporting.xlsx import CENTRE, HEAD, PLAIN, TEXT, Book, Value
from scoring.batches.queries import newest_versions
from scoring.comparison.domain.comparison import MOST, Comparison, Quarter, RowPoints
from scoring.sheets.models import Sheet
from scoring.sheets.queries.signed_records import remember_events, signed_document
from staff.departments.models import Department


def quarters_of(rows: Any, *, inside: bool) -> tuple[tuple[Quarter, ...], date | None]:
    """The newest MOST audits of these versions, oldest first, and the last day of the next earlier one.

    `inside`: the asker may see how far a quarter is. Others, an inspector among them, learn of a signed one
    only whether it is in force.
    """
    light = rows.select_related("audit__department").only(
        "number", "audit__window_end", "audit__department__code"
    )
    found = sorted(newest_versions(light), key=lambda sheet: (sheet.audit.window_end, sheet.audit_id))
    wanted = [sheet.pk for sheet in found[-MOST:]]
    # `content` is large: it is read for the few shown.
    whole = Sheet.objects.select_related("audit").defer("audit__pool_list", "audit__ledger", "audit__draw")
    sheets = whole.in_bulk(wanted)
    earlier = found[-MOST - 1].audit.window_end if len(found) > MOST else None
    remember_events(sheets.values())
    states = _states([sheet.audit_id for sheet in sheets.values()]) if inside else {}
    return tuple(_quarter(sheets[pk], states) for pk in wanted), earlier


def unsigned_quarters(department: Department, until: date | None) -> tuple[str, ...]:
    """2026年第4季度（评审中 6/10): quarters without a signed version, oldest first; one query."""
    signed = Sheet.objects.filter(signed_at__isnull=False).values("audit")
    rows = Audit.objects.filter(department=department, kind=Audit.Kind.QUARTERLY).running()
    rows = rows.exclude(pk__in=signed).without_draw().order_by("window_end", "pk")
    rows = rows.filter(window_end__lte=until) if until else rows
    return tuple(f"{row.label}（{state_of(row).label}）" for row in with_state(rows, department))


def _states(audits: Sequence[int]) -> dict[int, str]:
    rows = with_state(Audit.objects.filter(pk__in=audits).without_draw())
    return {row.pk: state_of(row).label for row in rows}


def _quarter(sheet: Sheet, states: Mapping[int, str]) -> Quarter:
    state = states.get(sheet.audit_id) or str(sheet.get_status_display())
    try:
        document = signed_document(sheet)
    except RefusedError as refused:
        return Quarter(sheet.pk, sheet.audit.label, sheet.number, state, problem=str(refused))
    facts, period, result, counted = document.sheet, document.period, document.result, document.statistics
    good = counted.concordant + counted.partly
    return Quarter(
        sheet=sheet.pk,
        label=period.label,
        number=facts.number,
        state=state,
        superseded=sheet.status == Sheet.Status.SUPERSEDED,
        window_start=period.window_start,
        window_end=period.window_end,
        level_zh=document.institution.level_zh,
        edition=document.edition.id,
        edition_title=f"{document.edition.title}（{document.edition.number}）",
        total=result.total,
        verdict=result.verdict,
        verdict_zh=result.verdict_zh,
        rows=tuple(RowPoints(row.id, row.content, row.points, row.score) for row in document.rows),
        good=good,
        judged=good + counted.discordant,
        rate=counted.rate,
        interval=counted.interval,
        signed_at=facts.signed_at,
        program=document.generated.program,
    )


def workbook(comparison: Comparison, *, title: str, made: datetime) -> bytes:
    """The comparison as one printed page: points as whole numbers, the notes below."""
    quarters = comparison.quarters
    book = Book(title=title, author="qcportal", created=made)
    page = book.page("季度对照", [8, 34, 8, *([18] * len(quarters))])
    page.heading(title)
    head = page.add(["行", "内容", "分值", *(f"{q.label} 第{q.number}版" for q in quarters)], HEAD)
    page.repeat_head(head, head)
    looks = [TEXT, TEXT, *([CENTRE] * (1 + len(quarters)))]
    for row, scores in comparison.lines:
        page.add([row.id, row.content, row.points, *scores], looks)
    for label, values in _facts(quarters):
        page.add(["", label, None, *values], looks)
    together = comparison.together
    if together and (interval := together.interval):
        page.heading(
            f"最近{POOLED_QUARTERS}个季度合计 {together.numerator}/{together.denominator}，"
            f"符合率{comparison.together_text}，95%置信区间（Wilson）{interval.label}。",
            PLAIN,
        )
        page.heading(f"合计的季度：{together.names}。", PLAIN)
    for note in comparison.notes:
        page.heading(note, PLAIN)
    return book.to_bytes()


def _facts(quarters: tuple[Quarter, ...]) -> list[tuple[str, list[Value]]]:
    return [
        ("合计得分", ["—" if q.total is None else q.total for q in quarters]),
        ("附录B评分", [q.verdict_zh or "—" for q in quarters]),
        ("符合（含基本符合）/在评", [f"{q.good}/{q.judged}" for q in quarters]),
        ("诊断符合率", [q.rate or "—" for q in quarters]),
        ("95%置信区间（Wilson）", [q.interval or "—" for q in quarters]),
        ("抽样窗口", [f"{q.window_start} 至 {q.window_end}" if q.window_start else "—" for q in quarters]),
        ("机构级别", [q.level_zh or "—" for q in quarters]),
        ("标准版本", [q.edition_title or "—" for q in quarters]),
        ("季度状态", [q.state for q in quarters]),
        ("签发时间", [q.signed_at or "—" for q in quarters]),
        ("说明", [q.problem or ("已被更正" if q.superseded else "") for q in quarters]),
    ]
