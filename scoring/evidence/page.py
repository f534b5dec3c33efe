"""The suggestion beside a row of the sheet: what it says, each record it rests on with its page, and what
a person decided against it. Frozen values for the page; from the rows of a draft, or from a signed document.
"""

from dataclasses import dataclass

from django.urls import reverse

from scoring.evidence.domain.suggestions import Rest
from scoring.evidence.suggestion_values import Choice
from scoring.packet import parts
from scoring.sheets.queries.basis import Basis
from standards.scoresheet import SheetRow

SOURCES_ZH = {
    "document": "佐证文件",
    "month": "月度质控",
    "measure": "改进措施",
    "follow_up": "随访",
    "conference": "会议",
    "group": "专业组",
}
_PAGES = {
    "document": "scoring:document",
    "month": "audits:month",
    "measure": "audits:measure",
    "follow_up": "audits:follow_up",
    "conference": "audits:conference",
}
SHOWN = 12  # records a row lists before it folds the rest away; all of them are in the packet


@dataclass(frozen=True)
class RestView:
    """A record as a line of the row; `url` is "" in a signed document."""

    kind: str
    title: str
    on: str
    says: str
    counts: bool
    url: str


@dataclass(frozen=True)
class SuggestionView:
    """`points` is what the suggested state leaves at this hospital's level; None in a signed document.

    `departs`: the decision is another one; `overtaken`: since the decision the records suggest another state.
    """

    state: str
    state_zh: str
    points: int | None
    sentence: str
    rests_on: tuple[RestView, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    readings: tuple[str, ...]
    is_taken: bool
    departs: bool
    differs_reason: str
    overtaken: str = ""

    @property
    def first(self) -> tuple[RestView, ...]:
        return self.rests_on[:SHOWN]

    @property
    def rest(self) -> tuple[RestView, ...]:
        return self.rests_on[SHOWN:]


def suggestion_view(basis: Basis, row: SheetRow, choices: tuple[Choice, ...]) -> SuggestionView | None:
    """The row's suggestion as the records stand now; None for a row of section 2."""
    if not row.states:
        return None
    found, setting = basis.suggestions[row.id], basis.settings.get(row.id)
    points = next(choice.points for choice in choices if choice.state == found.state)
    told = setting.suggested_state if setting else ""
    return SuggestionView(
        state=found.state,
        state_zh=row.state(found.state).state_zh,
        points=points,
        sentence=found.sentence,
        rests_on=tuple(_rest(rest) for rest in found.rests_on),
        missing=found.missing,
        notes=found.notes,
        readings=found.readings,
        is_taken=bool(setting and setting.state == found.state),
        departs=bool(setting and setting.departs),
        differs_reason=setting.differs_reason if setting else "",
        overtaken=row.state(told).state_zh if told and told != found.state else "",
    )


def signed_suggestion(found: parts.EvidenceRow | None, state: str) -> SuggestionView | None:
    """The same from a signed document; None where the row was judged without a suggestion."""
    if found is None or not found.suggested:
        return None
    rests = [
        RestView(line.kind_zh, _titled(line), line.valid_from, line.standing_zh, line.counts, "")
        for line in found.documents
    ]
    rests += [
        RestView(line.source_zh, line.title, line.on, line.says, line.counts, "") for line in found.records
    ]
    return SuggestionView(
        state=found.suggested,
        state_zh=found.suggested_zh,
        points=None,
        sentence=found.sentence,
        rests_on=tuple(rests),
        missing=found.missing,
        notes=found.notes,
        readings=found.readings,
        is_taken=state == found.suggested,
        departs=state != found.suggested,
        differs_reason=found.differs_reason,
    )


def _titled(line: parts.DocumentLine) -> str:
    return f"{line.title} {line.version}".strip()


def _rest(rest: Rest) -> RestView:
    kind = rest.kind or SOURCES_ZH[rest.source]
    return RestView(
        kind, rest.title, str(rest.on or ""), rest.says, rest.counts, page_of(rest.source, rest.id)
    )


def page_of(source: str, pk: int) -> str:
    """The page of a record."""
    if source == "group":
        return reverse("register:groups")
    return reverse(_PAGES[source], args=[pk])
