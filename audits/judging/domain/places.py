"""Place of a fault in a frozen report: a field, code points in it, and the text there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audits.judging.domain.blinding import TEXTS, hide, patient_secrets, people_secrets

FIELD_ZH = {
    "findings": "影像描述",
    "impression": "诊断结论",
    "technique": "技术参数",
    "clinical_diagnosis": "临床诊断",
    "surgical_history": "手术史",
}


class UnfitPlaceError(ValueError):
    """The place does not exist in the report; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Place:
    """`start`/`end` in code points, both or neither; the excerpt names no person."""

    field: str = ""
    start: int | None = None
    end: int | None = None
    excerpt: str = ""


def locate(content: Mapping[str, Any], accession_number: str, place: Place) -> Place:
    """The place checked against the frozen revision; an excerpt alone is searched for.

    The stored excerpt is taken from the blinded text, so that it names neither patient nor physician.
    """
    if not place.field and not place.excerpt and place.start is None:
        return Place()
    if place.field not in TEXTS:
        raise UnfitPlaceError("请选明问题在哪一部分（影像描述、诊断结论等）。")
    shown = hide(content.get(place.field), patient_secrets(content, accession_number))
    hidden = hide(shown, people_secrets(content))
    if place.start is None or place.end is None:
        return _searched(shown, hidden, place)
    if not 0 <= place.start < place.end <= len(hidden):
        raise UnfitPlaceError("所标位置超出报告文字的范围，请重新选取。")
    found = slice(place.start, place.end)
    if place.excerpt and _loose(place.excerpt) not in (_loose(shown[found]), _loose(hidden[found])):
        return _searched(shown, hidden, place)
    return Place(place.field, place.start, place.end, hidden[found])


def _searched(shown: str, hidden: str, place: Place) -> Place:
    words = place.excerpt.strip()
    if not words:
        return Place(place.field)
    # Before the reveal the reader copies from the blinded text, afterwards from the one with physicians.
    start = max(hidden.find(words), shown.find(words))
    if start < 0:
        raise UnfitPlaceError(f"{FIELD_ZH[place.field]}中没有“{words[:20]}”，请照原文选取或留空。")
    end = start + len(words)
    return Place(place.field, start, end, hidden[start:end])


def _loose(words: str) -> str:
    return "".join(words.split())
