"""Objections to corrections: apps above register checks of what depends on an outcome or a report."""

from collections.abc import Callable
from dataclasses import dataclass

from reports.archive.models import Report
from reports.outcomes.models import Outcome


@dataclass(frozen=True)
class Guard:
    """Objections of an app, as Chinese sentences; "" when it has none.

    `outcome` is called with the outcome and whether the correction separates it from its report.
    """

    outcome: Callable[[Outcome, bool], str]
    report: Callable[[Report], str]


# Registered by AppConfig.ready: this app knows nothing of the apps above it.
_registered: list[Guard] = []


def register_guard(guard: Guard) -> None:
    """Ask `guard` before every correction from now on."""
    _registered.append(guard)


def objection_to_outcome(outcome: Outcome, *, taken_away: bool) -> str:
    """The first objection to correcting an outcome, "" without one."""
    return next(filter(None, (guard.outcome(outcome, taken_away) for guard in _registered)), "")


def objection_to_report(report: Report) -> str:
    """The first objection to correcting a report's metadata, "" without one."""
    return next(filter(None, (guard.report(report) for guard in _registered)), "")
