"""The history of one object, as components/_timeline.html draws it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models

from trail.labels import Codes, action_label, detail_labels
from trail.models import Event


@dataclass(frozen=True)
class HistoryLine:
    """One event: what, by whom, when, and its details in one line."""

    title: str
    who: str
    at: datetime
    note: str
    kind: str


def history(target: models.Model, *, limit: int = 50, codes: Codes | None = None) -> list[HistoryLine]:
    """The newest events of `target`, newest first; one query. `codes` as in `detail_labels`."""
    return [_line(event, codes) for event in Event.objects.about(target)[:limit]]


def _line(event: Event, codes: Codes | None) -> HistoryLine:
    note = "；".join(f"{label}：{text}" for label, text in detail_labels(event.detail, codes))
    kind = "" if event.result == "done" else "due"
    return HistoryLine(action_label(event.action), event.actor_name, event.at, note, kind)
