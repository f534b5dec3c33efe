"""Measures and the months around them: their period, their effect, and the facts for D-04."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from audits.measures.domain.measures import MeasureFacts, effective_from
from audits.measures.models import Measure
from audits.monthly.domain.figures import Effect, MonthFacts, Share, effect_of
from audits.monthly.domain.monthly import first_of_month
from audits.monthly.queries.results import finished_months


def months_of(measure: Measure) -> tuple[date, date]:
    """The first and last month of what the measure was set against: its month, or its quarter's window."""
    if measure.audit is not None:
        return measure.audit.month, measure.audit.month
    assert measure.quarter is not None
    return first_of_month(measure.quarter.window_start), first_of_month(measure.quarter.window_end)


def effect_now(measure: Measure, finished: Sequence[MonthFacts] | None = None) -> Effect:
    """The rate of the measure's clauses before and after, from the finished months."""
    if finished is None:
        finished = finished_months(measure.department_id)
    first, last = months_of(measure)
    clauses, start = frozenset(measure.clauses), effective_from(measure.done_on, measure.set_on)
    return effect_of(clauses, finished, first=first, last=last, done_on=start)


def effect_json(effect: Effect) -> dict[str, Any]:
    """The figures as they are stored with the check of the effect."""

    def rows(months: Sequence[tuple[date, Share]]) -> list[list[Any]]:
        return [[f"{month:%Y-%m}", share.part, share.whole] for month, share in months]

    return {
        "before": rows(effect.before_months),
        "after": rows(effect.after_months),
        "trend": effect.comparison.trend.value,
        "sentence": effect.comparison.sentence,
    }


def measure_facts(measure: Measure) -> MeasureFacts:
    """Facts of the measure for D-04."""
    cancelled = measure.status == Measure.Status.CANCELLED
    return MeasureFacts(months_of(measure)[1], frozenset(measure.clauses), cancelled, measure.done_on)
