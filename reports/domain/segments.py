"""A text cut into highlighted segments; findings may overlap, and no character is lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# The strongest first: it colours an overlap. "off" is used by the page's script only and not marked.
KINDS = ("hard", "soft", "advice", "off")


@dataclass(frozen=True)
class Place:
    """Offsets of a finding (code points). `label` is shown at its end, `title` is its accessible name."""

    start: int
    end: int
    kind: str = "hard"
    title: str = ""
    id: str = ""
    label: str = ""


@dataclass(frozen=True)
class Segment:
    """A piece of text; with `kind` it is marked. `id` lists the ids of all places that cover it."""

    text: str
    kind: str = ""
    title: str = ""
    id: str = ""
    label: str = ""


def cut(text: str, places: Iterable[Place]) -> tuple[Segment, ...]:
    """`text` in pieces whose texts joined are `text`; places outside it are cut off, empty ones left out."""
    size = len(text)
    visible = [place for place in places if min(place.end, size) > max(place.start, 0)]
    edges = sorted(
        {0, size, *(max(place.start, 0) for place in visible), *(min(place.end, size) for place in visible)}
    )
    opening = sorted(visible, key=lambda place: place.start)
    found: list[Segment] = []
    over: list[Place] = []
    for start, end in pairwise(edges):
        over = [place for place in over if place.end > start]
        while opening and opening[0].start <= start:
            over.append(opening.pop(0))
        found.append(_segment(text[start:end], over, end, size))
    return tuple(found)


def _segment(text: str, over: Sequence[Place], end: int, size: int) -> Segment:
    if not over:
        return Segment(text)
    ending = [place.label for place in over if place.label and min(place.end, size) == end]
    return Segment(
        text,
        min((place.kind for place in over), key=KINDS.index),
        "；".join(dict.fromkeys(place.title for place in over if place.title)),
        " ".join(place.id for place in over if place.id),
        ",".join(ending),
    )
