"""All rules, in the order of their clauses, tied to the current edition."""

from functools import lru_cache
from typing import Final

from reports.domain.textcheck.engine import BoundRule, Rule, bind
from reports.domain.textcheck.rules import (
    alerts,
    certainty,
    comparison,
    conclusion,
    consistency,
    density,
    enhancement,
    header,
    lesion_sizes,
    lesions,
    measures,
    methods,
    order,
    organs,
    places,
    punctuation,
    questions,
    sequences,
    sex,
    sides,
    signing,
    support,
    surgery,
    technique,
    turnaround,
)
from standards.loader import current_edition

# Raise it when a rule or a vocabulary changes: stored reports are then checked again.
RULES_VERSION: Final = 4

RULES: Final[tuple[Rule, ...]] = (
    *alerts.RULES,
    *signing.RULES,
    *header.RULES,
    *turnaround.RULES,
    *technique.RULES,
    *sequences.RULES,
    *sex.RULES,
    *organs.RULES,
    *surgery.RULES,
    *questions.RULES,
    *sides.RULES,
    *lesions.RULES,
    *order.RULES,
    *density.RULES,
    *enhancement.RULES,
    *punctuation.RULES,
    *measures.RULES,
    *comparison.RULES,
    *conclusion.RULES,
    *certainty.RULES,
    *support.RULES,
    *consistency.RULES,
    *lesion_sizes.RULES,
    *methods.RULES,
    *places.RULES,
)


@lru_cache(maxsize=1)
def bound_rules() -> tuple[BoundRule, ...]:
    """The rules tied to the current edition's clauses."""
    return bind(RULES, current_edition())
