"""A whole report pasted as text, split into the parts of Table A.1 by the labels in it."""

import re
from collections.abc import Iterator

from reports.intake.headers import meaning

# A label ends in a colon or is enclosed in 【】; that of a text begins a line, others may follow a space.
_LABEL = re.compile(
    r"(?P<before>^|\n|[ \t\u3000]+)"
    r"(?:[【\[](?P<framed>[^\s：:，。；,;【】\[\]]{1,12})[】\]][：:]?|(?P<plain>[^\s：:，。；,;【】\[\]]{1,12})[：:])"
    r"[ \t\u3000]*"
)
_TEXTS = ("technique", "findings", "impression", "clinical_diagnosis", "surgical_history")


def split_report(text: str) -> dict[str, str]:
    """Field → text as pasted (glossary names, values unread); "" and unknown labels are left out.

    The text after a label up to the next one belongs to it; a repeated label adds to its text.
    """
    parts: dict[str, str] = {}
    labels = list(_labels(text.replace("\r\n", "\n")))
    source = text.replace("\r\n", "\n")
    for place, (_, start, field) in enumerate(labels):
        end = labels[place + 1][0] if place + 1 < len(labels) else len(source)
        value = source[start:end].strip()
        if value:
            parts[field] = f"{parts[field]}\n{value}" if field in parts else value
    return parts


def _labels(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of each label, and its field."""
    for found in _LABEL.finditer(text):
        field = meaning(found["framed"] or found["plain"], "reports")
        at_line = found["before"] in ("", "\n") or text[: found.start()].endswith("\n")
        if field and "+" not in field and (at_line or field not in _TEXTS):
            yield found.start(), found.end(), field
