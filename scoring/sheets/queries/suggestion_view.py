"""The suggestion beside a row of the sheet: its text, the records behind it with their pages, and a person's
decision on it. Frozen values for the page, from a draft or from a signed document.
"""

from django.urls import reverse

from scoring.content import parts
from scoring.evidence.domain.facts import SOURCES_ZH
from scoring.evidence.domain.suggestions import Suggestion, SupportingFact
from scoring.sheets.queries.scored import ScoredRow
from scoring.sheets.queries.values import Choice, SuggestionView, SupportingRecord

_PAGES = {
    "document": "scoring:document",
    "month": "audits:month",
    "measure": "audits:measure",
    "follow_up": "audits:follow_up",
    "conference": "audits:conference",
}


def suggestion_view(
    scored: ScoredRow, found: Suggestion | None, choices: tuple[Choice, ...]
) -> SuggestionView | None:
    """The current suggestion for a row of a draft; None for a row of section 2."""
    if found is None:
        return None
    row, setting, earlier = scored.definition, scored.setting, scored.suggested_state
    points = next(choice.points for choice in choices if choice.state == found.state)
    return SuggestionView(
        state=found.state,
        state_zh=row.state(found.state).state_zh,
        points=points,
        sentence=found.sentence,
        records=tuple(_record(one) for one in found.records),
        missing=found.missing,
        notes=found.notes,
        readings=found.readings,
        is_taken=bool(setting and setting.state == found.state),
        departs=bool(setting and setting.departs),
        differs_reason=setting.differs_reason if setting else "",
        overtaken=row.state(earlier).state_zh if earlier and earlier != found.state else "",
    )


def signed_suggestion(found: parts.EvidenceRow | None, state: str) -> SuggestionView | None:
    """The same from a signed document; None where the row was judged without a suggestion."""
    if found is None or not found.suggested:
        return None
    records = [
        SupportingRecord(line.kind_zh, _titled(line), line.valid_from, line.standing_zh, line.counts, "")
        for line in found.documents
    ]
    records += [
        SupportingRecord(line.source_zh, line.title, line.on, line.says, line.counts, "")
        for line in found.records
    ]
    return SuggestionView(
        state=found.suggested,
        state_zh=found.suggested_zh,
        points=None,
        sentence=found.sentence,
        records=tuple(records),
        missing=found.missing,
        notes=found.notes,
        readings=found.readings,
        is_taken=state == found.suggested,
        departs=state != found.suggested,
        differs_reason=found.differs_reason,
    )


def _titled(line: parts.DocumentLine) -> str:
    return f"{line.title} {line.version}".strip()


def _record(one: SupportingFact) -> SupportingRecord:
    kind = one.kind or SOURCES_ZH[one.source]
    return SupportingRecord(
        kind, one.title, str(one.on or ""), one.says, one.counts, page_of(one.source, one.id)
    )


def page_of(source: str, pk: int) -> str:
    """The page of a record."""
    if source == "group":
        return reverse("register:groups")
    return reverse(_PAGES[source], args=[pk])
