"""What uses reports in the apps above: each registers how its uses of given reports are found.

`uses_of`: the drawn cases; `holds_of`: everything for which a report or an outcome must not disappear.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class ReportUse:
    """A drawn case: its report, its place as a Chinese label, its page, and whether its sheet is signed."""

    report_id: int
    label: str
    url: str
    is_signed: bool


@dataclass(frozen=True)
class Hold:
    """Why a report or an outcome must stay: what has it, as a Chinese clause, and its place there.

    `row_id`: of the report or the outcome; 已进入2026年第3季度抽样, 第3份.
    """

    row_id: int
    reason: str
    place: str = ""


Finder = Callable[[Collection[int]], list[ReportUse]]
# Registered by AppConfig.ready: this app knows nothing of the apps above it.
_registered: list[Finder] = []
HoldFinder = Callable[[Collection[int]], list[Hold]]
_holds: dict[str, list[HoldFinder]] = {"report": [], "outcome": []}


def register_uses(finder: Finder) -> None:
    """Ask `finder` from now on."""
    _registered.append(finder)


def uses_of(report_ids: Collection[int]) -> list[ReportUse]:
    """Every use of these reports; a fixed number of queries."""
    return [use for finder in _registered for use in finder(report_ids)] if report_ids else []


def register_holds(kind: str, finder: HoldFinder) -> None:
    """Ask `finder` for what holds reports (`report`) or outcomes (`outcome`) from now on."""
    _holds[kind].append(finder)


def holds_of(kind: str, row_ids: Collection[int]) -> list[Hold]:
    """Everything that holds these reports or outcomes; a fixed number of queries."""
    return [hold for finder in _holds[kind] for hold in finder(row_ids)] if row_ids else []
