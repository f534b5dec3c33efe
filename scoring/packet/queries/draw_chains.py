"""历次抽样 as a packet has them: every draw over days of the window, and of its months; identity masked."""

from collections.abc import Iterable
from dataclasses import replace

from audits.monthly.models import MonthlyCase
from audits.monthly.queries.draw_chain import chained_months
from audits.quarter.domain.state import quarter_state
from audits.quarter.queries.draw_chain import chained_draws
from audits.quarter.queries.state import state_of, with_state
from audits.sampling.domain.draw_chain import ChainedDraw
from audits.sampling.models import Audit, Case
from scoring.content import parts
from scoring.evidence.domain.facts import calendar_months
from scoring.packet.queries.cases import Mask, Masks


def chains_part(audit: Audit, masks: Masks) -> parts.DrawChains:
    """Nine queries. `masks`: of this draw's patients; those of the other draws are added."""
    window = tuple(_with_state(chained_draws(audit)))
    wanted = list(calendar_months(audit.window_start, audit.window_end))
    months = chained_months(audit.department_id, wanted)
    drawn = [draw for month in wanted for draw in months.get(month, ())]
    masks = Masks(masks.masks + tuple(_patients(window, drawn)))
    return parts.DrawChains(
        window=tuple(_masked(draw, masks) for draw in window), months=tuple(_masked(d, masks) for d in drawn)
    )


def _with_state(draws: Iterable[ChainedDraw]) -> Iterable[ChainedDraw]:
    """The draws with the state of their quarter as every page says it; a signed one stays that."""
    draws = tuple(draws)
    rows = with_state(Audit.objects.filter(pk__in=[draw.audit for draw in draws]).without_draw())
    states = {row.pk: state_of(row).label for row in rows}
    signed = quarter_state(cancelled=False, cases=0, settled=0, sheet="signed").label
    for draw in draws:
        yield replace(draw, state_zh=signed if draw.signed_at else states.get(draw.audit, draw.state_zh))


def _patients(window: Iterable[ChainedDraw], months: Iterable[ChainedDraw]) -> Iterable[Mask]:
    """Masks of the patients whom a reason for cancelling or drawing again may name."""
    names = ("report__patient_name", "report__patient_id")
    quarters = Case.objects.filter(audit__in=[draw.audit for draw in window if not draw.is_this])
    monthly = MonthlyCase.objects.filter(audit__in=[draw.audit for draw in months])
    for rows in (quarters.values_list(*names), monthly.values_list(*names)):
        yield from (Mask(name or "", identity or "") for name, identity in rows)


def _masked(draw: ChainedDraw, masks: Masks) -> ChainedDraw:
    return replace(draw, reason=masks.text(draw.reason), cancelled_reason=masks.text(draw.cancelled_reason))
