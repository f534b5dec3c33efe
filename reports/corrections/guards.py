"""Objections to corrections: what depends on an outcome or a report in the apps above."""

from collections.abc import Callable

from reports.archive.models import Report
from reports.archive.uses import uses_of
from reports.outcomes.models import Outcome

SIGNED = "评分表已签发，不能再改；确有错误请建立更正版评分表并写明理由。"
# Called with an outcome and whether the correction separates it from its report; "" for no objection.
OutcomeGuard = Callable[[Outcome, bool], str]
# Registered by AppConfig.ready: this app knows nothing of the apps above it.
_registered: list[OutcomeGuard] = []


def register_guard(guard: OutcomeGuard) -> None:
    """Ask `guard` before every correction of an outcome from now on."""
    _registered.append(guard)


def objection_to_outcome(outcome: Outcome, *, taken_away: bool) -> str:
    """The first objection to correcting an outcome, as a Chinese sentence; "" without one."""
    return next(filter(None, (guard(outcome, taken_away) for guard in _registered)), "")


def objection_to_report(report: Report) -> str:
    """A sentence if a signed sheet uses the report, whose metadata must then not change; else ""."""
    signed = next((use for use in uses_of([report.pk]) if use.is_signed), None)
    return f"这份报告是{signed.label}病例，{SIGNED}" if signed else ""
