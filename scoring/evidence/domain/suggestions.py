"""Suggestions for section 1 of Table B.1, with supporting records and what is missing (D-03…D-06, D-26).

The program suggests, a person decides: nothing here is a ruling. Pure: the same facts give the same answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from scoring.evidence.domain.conferences import conferences
from scoring.evidence.domain.documents import RowDocuments, documents_of
from scoring.evidence.domain.facts import Facts
from scoring.evidence.domain.follow_up import follow_up
from scoring.evidence.domain.groups import groups
from scoring.evidence.domain.rows import monthly_checks, rules_and_review
from scoring.evidence.domain.suggestion import Suggestion, SupportingFact
from standards.edition import Edition

__all__ = ["Suggestion", "SupportingFact", "suggest"]

_Rule = Callable[[Facts, RowDocuments], Suggestion]
_RULES: Mapping[str, _Rule] = MappingProxyType(
    {
        "1.1": rules_and_review,
        "1.2": monthly_checks,
        "1.3": follow_up,
        "1.4": conferences,
        "1.5": groups,
    }
)


def suggest(facts: Facts, edition: Edition) -> Mapping[str, Suggestion]:
    """A suggestion for every row of section 1, by row, in the order of the form."""
    found = {}
    for evidence in edition.evidence:
        documents = documents_of(facts, evidence)
        made = _RULES[evidence.row](facts, documents)
        found[evidence.row] = replace(
            made,
            records=(*documents.records, *made.records),
            notes=(*made.notes, *documents.notes),
            readings=evidence.decisions,
        )
    return MappingProxyType(found)
