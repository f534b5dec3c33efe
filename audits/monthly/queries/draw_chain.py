"""The chain of a month's draws, for calendar, month's page, record, suggestion and packet."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from audits.monthly.domain.monthly import last_of_month
from audits.monthly.models import MonthlyAudit, MonthlyCase
from audits.sampling.domain.draw_chain import ChainedDraw, EarlierRuling, SeedOrigin, draw_sentence
from audits.sampling.queries.draw_chain import chained, minute
from audits.sampling.queries.draw_events import draw_events
from staff.departments.models import Department
from trail.models import Event


def chained_months(
    department: Department | int, months: Iterable[date], this: int = 0
) -> dict[date, tuple[ChainedDraw, ...]]:
    """Month → all its draws in any state, oldest first; three queries. `this`: the draw looked at.

    Without it the draw of a month that was not cancelled is marked.
    """
    rows = MonthlyAudit.objects.filter(department=department, month__in=list(months)).without_draw()
    audits = list(rows.select_related("created_by", "drawn_by", "repeat_by").order_by("pk"))
    events = draw_events(MonthlyAudit, [audit.pk for audit in audits])
    cases = _checked([audit.pk for audit in audits if audit.status == MonthlyAudit.Status.CANCELLED])
    found: dict[date, list[ChainedDraw]] = defaultdict(list)
    for audit in audits:
        is_this = audit.pk == this if this else audit.status != MonthlyAudit.Status.CANCELLED
        found[audit.month].append(_chained(audit, is_this, events[audit.pk], cases[audit.pk]))
    return {month: tuple(draws) for month, draws in found.items()}


def draws_by_month(department: Department | int, months: Iterable[date]) -> dict[date, tuple[str, ...]]:
    """Month → sentences on its draws where more than one was made or a seed was chosen; three queries."""
    return {month: _sentences(draws) for month, draws in chained_months(department, months).items()}


def cancelled_draws_by_month(
    department: Department | int, months: Iterable[date], under_review: Collection[int] = ()
) -> dict[date, tuple[str, ...]]:
    """Month → a sentence for each of its draws that was cancelled, oldest first; three queries.

    `under_review`: ids of the reports that the viewer still has to judge; what was found in a draw that
    checked one of them is left out.
    """
    blind = _draws_that_checked(under_review)
    return {
        month: tuple(
            draw_sentence(one, number, blind=one.audit in blind)
            for number, one in enumerate(draws, start=1)
            if one.drawn_at and not one.is_this
        )
        for month, draws in chained_months(department, months).items()
    }


def earlier_draws_of(audit: MonthlyAudit, under_review: Collection[int] = ()) -> tuple[str, ...]:
    """The draws of this one's month in sentences; () for a single unremarkable one.

    `under_review`: see `cancelled_draws_by_month`.
    """
    found = chained_months(audit.department_id, [audit.month], this=audit.pk)
    return _sentences(found.get(audit.month, ()), _draws_that_checked(under_review))


def _draws_that_checked(reports: Collection[int]) -> frozenset[int]:
    """Ids of the draws in which one of the reports was checked; no query for no report."""
    if not reports:
        return frozenset()
    rows = MonthlyCase.objects.filter(report__in=reports).exclude(verdict="")
    return frozenset(rows.values_list("audit_id", flat=True))


def _sentences(draws: tuple[ChainedDraw, ...], blind: Collection[int] = ()) -> tuple[str, ...]:
    if len(draws) == 1 and draws[0].seed_origin != SeedOrigin.CHOSEN:
        return ()
    return tuple(
        draw_sentence(one, number, blind=one.audit in blind) for number, one in enumerate(draws, start=1)
    )


def _checked(audits: Iterable[int]) -> dict[int, list[MonthlyCase]]:
    found: dict[int, list[MonthlyCase]] = defaultdict(list)
    rows = MonthlyCase.objects.filter(audit__in=list(audits)).exclude(verdict="")
    for case in rows.select_related("report", "judged_by").order_by("position"):
        found[case.audit_id].append(case)
    return found


def _chained(
    audit: MonthlyAudit, is_this: bool, events: dict[str, Event], cases: list[MonthlyCase]
) -> ChainedDraw:
    return chained(
        audit,
        is_this,
        events,
        window_start=str(audit.month),
        window_end=str(last_of_month(audit.month)),
        signed_at="",
        judged=len(cases),
        faulty=sum(1 for case in cases if case.verdict == MonthlyCase.Verdict.FAULTY),
        discordant=None,
        rulings=tuple(map(_ruling, cases)),
    )


def _ruling(case: MonthlyCase) -> EarlierRuling:
    return EarlierRuling(
        position=case.position,
        accession_number=case.report.accession_number,
        description_zh=case.get_verdict_display(),
        judgement_zh="",
        assessor=str(case.judged_by),
        ruled_at=minute(case.judged_at),
    )
