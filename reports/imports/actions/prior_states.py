"""Prior states of rows that an import changes, so that the import can be undone."""

from collections.abc import Mapping
from typing import Any

from reports.archive.content import to_json
from reports.imports.models import ImportBatch, PriorState

Content = Mapping[str, Any]


def keep_prior_states(
    batch: ImportBatch, kind: PriorState.Kind, changed: Mapping[int, tuple[Content, Content]]
) -> None:
    """Store the prior state of each changed row: `changed` is row id → (content before, content after).

    A row already changed by an earlier chunk of the same batch retains its first prior state.
    """
    rows = [
        PriorState(batch=batch, kind=kind, row_id=row_id, values=_differing(before, after))
        for row_id, (before, after) in changed.items()
    ]
    PriorState.objects.bulk_create(rows, ignore_conflicts=True)


def _differing(before: Content, after: Content) -> dict[str, Any]:
    return to_json({name: value for name, value in before.items() if value != after.get(name)})
