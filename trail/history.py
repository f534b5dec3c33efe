"""The history of one object, as components/_timeline.html draws it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models

from trail.models import Event
from trail.words import Words, action_words, detail_words


@dataclass(frozen=True)
class HistoryLine:
    """One event: what, by whom, when, and its details in one line."""

    title: str
    who: str
    at: datetime
    note: str
    kind: str


def history(target: models.Model, *, limit: int = 50, words: Words | None = None) -> list[HistoryLine]:
    """The newest events of `target`, newest first; one query. `words` as in `detail_words`."""
    return [_line(event, words) for event in Event.objects.about(target)[:limit]]


def _line(event: Event, words: Words | None) -> HistoryLine:
    note = "；".join(f"{label}：{text}" for label, text in detail_words(event.detail, words))
    kind = "" if event.result == "done" else "due"
    return HistoryLine(action_words(event.action), event.actor_name, event.at, note, kind)
