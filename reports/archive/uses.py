"""What uses reports in the apps above (draws): each registers how its uses of given reports are found."""

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class ReportUse:
    """A drawn case: its report, its place as a Chinese label, its page, and whether its sheet is signed."""

    report_id: int
    label: str
    url: str
    is_signed: bool


Finder = Callable[[Collection[int]], list[ReportUse]]
# Registered by AppConfig.ready: this app knows nothing of the apps above it.
_registered: list[Finder] = []


def register_uses(finder: Finder) -> None:
    """Ask `finder` from now on."""
    _registered.append(finder)


def uses_of(report_ids: Collection[int]) -> list[ReportUse]:
    """Every use of these reports; a fixed number of queries."""
    return [use for finder in _registered for use in finder(report_ids)] if report_ids else []
