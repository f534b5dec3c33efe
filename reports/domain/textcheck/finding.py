"""Results of a check: a code, offsets in the stored text, and a message."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from standards.edition import Check

Severity = Literal["violation", "suspect", "note"]
SEVERITIES: tuple[Severity, ...] = ("violation", "suspect", "note")
SEVERITY_ZH: dict[Severity, str] = {"violation": "不符合", "suspect": "疑似", "note": "提示"}


@dataclass(frozen=True, slots=True)
class Hit:
    """Result of a rule function: offsets in `field` (code points) and a Chinese message.

    `start == end` reports something absent: nothing is highlighted and the excerpt is empty. `severity` may
    only be milder than the rule's own (a person decides where the program may not state).
    """

    field: str
    start: int
    end: int
    message: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A suspicion about one report, without points (D-14). `excerpt` is the stored text from start to end."""

    code: str
    clause: str
    field: str
    start: int
    end: int
    excerpt: str
    severity: Severity
    message: str


def severity_of(check: Check) -> Severity:
    """By force: 应/不应 is a violation where the program may decide, else a suspect; 宜 is a note."""
    if check.level not in ("must", "must_not"):
        return "note"
    return "violation" if check.verification == "automatic" else "suspect"


def milder(one: Severity, other: Severity | None) -> Severity:
    """The milder of two severities; None is ignored."""
    return one if other is None else max(one, other, key=SEVERITIES.index)


def absent(field: str, message: str, severity: Severity | None = None) -> Iterable[Hit]:
    """One hit for something missing in `field`."""
    return (Hit(field, 0, 0, message, severity),)
