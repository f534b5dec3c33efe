"""What a correction changed in a text, with a little of what surrounds it: both whole texts fill pages."""

from scoring.content.parts import ChangeLine, History

_SHORT = 60  # characters up to which a text is shown whole
_AROUND = 12  # characters shown before and after the changed part


def shown_changes(history: History | None) -> tuple[ChangeLine, ...]:
    """The changes as printed: `before` and `after` cut to the part that differs."""
    changes = history.changes if history else ()
    return tuple(
        ChangeLine(line.number, line.row, line.what, *difference(line.before, line.after)) for line in changes
    )


def difference(before: str, after: str) -> tuple[str, str]:
    """Both texts from a little before the first to a little after the last differing character."""
    if max(len(before), len(after)) <= _SHORT:
        return before, after
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    tail = next((i for i in range(shorter - head) if before[-1 - i] != after[-1 - i]), shorter - head)
    return _cut(before, head, tail), _cut(after, head, tail)


def _cut(text: str, head: int, tail: int) -> str:
    start, end = max(0, head - _AROUND), min(len(text), len(text) - tail + _AROUND)
    changed = text[start:end]
    return f"{'…' if start else ''}{changed}{'…' if end < len(text) else ''}"
