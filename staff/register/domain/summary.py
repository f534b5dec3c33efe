"""A person's row of the matrix in one word: the worst of what is asked of them, and how often."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from staff.register.domain.status import STATE_LABELS, QualificationStatus, State

# From what must be mended to what is in order; 不要求 is shown where a cell must not be empty.
ORDER: tuple[State, ...] = (
    "expired",
    "faulty",
    "missing",
    "expiring",
    "valid",
    "not_applicable",
    "not_needed",
)
PROBLEMS: frozenset[State] = frozenset(("expired", "faulty", "missing"))
# The tag of components/_tag.html: its icon and word go with the colour.
TAGS: Mapping[State, str] = MappingProxyType(
    {
        "expired": "fail",
        "faulty": "fail",
        "missing": "due",
        "expiring": "due",
        "valid": "pass",
        "not_applicable": "info",
        "not_needed": "open",
    }
)


@dataclass(frozen=True)
class Summary:
    """How many cells are in which state; `worst` decides the colour and the first part of the text."""

    counts: Mapping[State, int]

    @property
    def worst(self) -> State:
        return next((state for state in ORDER if self.counts.get(state)), "not_needed")

    @property
    def has_problem(self) -> bool:
        return self.worst in PROBLEMS

    @property
    def kind(self) -> str:
        return TAGS[self.worst]

    @property
    def text(self) -> str:
        """已过期1项、未登记2项; 齐备 when nothing is wrong and nothing ends soon."""
        wrong = [state for state in ORDER[:4] if self.counts.get(state)]
        return "、".join(f"{STATE_LABELS[state]}{self.counts[state]}项" for state in wrong) or "齐备"


def summary(cells: Iterable[QualificationStatus]) -> Summary:
    """The counts of one person's cells, or of a whole column."""
    return Summary(MappingProxyType(dict(Counter(cell.state for cell in cells))))
