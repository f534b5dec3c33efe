"""A person's mapping of a register: the field of a header, the meaning of a value, values for every row.

A header is named as the file writes it, later ones of the same text with their column (日期（第5列）). One
that means different things in two sheets is followed by the name of its sheet: 编号（医师）.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RegisterMapping:
    """Header → field, field → raw value → value (None: not imported), field → value of every row."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    def of_columns(self, labels: Sequence[str], sheet: str) -> dict[int, str | None]:
        """Column index → field, or None, of the headers that the person mapped."""
        found: dict[int, str | None] = {}
        for place, key in enumerate(keys_of(labels)):
            for name in (in_sheet(key, sheet), key):
                if key and name in self.columns:
                    found[place] = self.columns[name]
                    break
        return found


NO_MAPPING = RegisterMapping()


def keys_of(labels: Sequence[str]) -> list[str]:
    """The headers of a table, distinct; an empty one stays empty."""
    seen: Counter[str] = Counter()
    found = []
    for place, label in enumerate(labels, 1):
        seen[label] += 1
        found.append(f"{label}（第{place}列）" if label and seen[label] > 1 else label)
    return found


def in_sheet(key: str, sheet: str) -> str:
    """A header with the name of its sheet."""
    return f"{key}（{sheet}）"
