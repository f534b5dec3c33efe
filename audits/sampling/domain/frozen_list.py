"""The frozen list: everything a draw depends on, and the hash by which anyone can prove it unchanged.

Canonical text, from which the hash is taken:

- one line per eligible report, ended by one LF (also the last one), no header, UTF-8 without BOM;
- five fields joined by one TAB: accession number, system, modality, patient key, reporting physician;
- lines in the order of the accession numbers' code points (which is the byte order of UTF-8).

The list hash is the SHA-256 of that text in lower-case hexadecimal. From a draw document:

    jq -r '.list | sort_by(.accession_number)[] | [.accession_number, .system, .modality, .patient_key,
           .reporting_physician] | join("\\t")' draw.json | sha256sum

Patient key and reporting physician are opaque tokens: the list names nobody.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from audits.sampling.domain.strata import MODALITIES, SYSTEMS

# Tab and line feed would forge fields and lines; a lone surrogate has no UTF-8 form to hash.
_UNFIT = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


class Entry(NamedTuple):
    """One eligible report, fields in the order of the canonical text.

    A NamedTuple, not a dataclass: a quarter of 2,500 is built, sorted and joined in a few milliseconds.
    """

    accession_number: str
    system: str
    modality: str
    patient_key: str
    reporting_physician: str


class UnfitListError(ValueError):
    """A list that cannot be frozen. `problems`: one Chinese sentence each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def freeze(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries in canonical order. UnfitListError: duplicates, unknown codes, control characters."""
    listed = tuple(sorted(entries))
    problems = list_problems(listed)
    if problems:
        raise UnfitListError(problems)
    return listed


def list_problems(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    """Why a list cannot be frozen, as Chinese sentences."""
    problems = []
    counts = Counter(entry.accession_number for entry in entries)
    if len(counts) < len(entries):
        doubled = sorted(number for number, count in counts.items() if count > 1)
        problems.append(f"名单中检查号重复：{_shown(doubled)}；同一检查只能列一次。")
    for word, index, known in (("系统", 1, SYSTEMS), ("检查种类", 2, MODALITIES)):
        unknown = sorted({entry[index] for entry in entries}.difference(known))
        if unknown:
            problems.append(f"名单中有未知的{word}：{_shown(unknown)}；应为 {'、'.join(known)}。")
    if _UNFIT.search("".join(map("".join, entries))):
        unfit = [entry.accession_number for entry in entries if _UNFIT.search("".join(entry))]
        problems.append(f"名单中含制表符、换行等控制字符：{_shown(unfit)}；请先清理。")
    if any(not entry.accession_number or not entry.patient_key for entry in entries):
        problems.append("名单中有检查号或受检者代码为空的行；二者均不得为空。")
    return tuple(problems)


def frozen_text(entries: Iterable[Entry]) -> str:
    """The canonical text of the module docstring."""
    return "".join("\t".join(entry) + "\n" for entry in freeze(entries))


def list_hash(entries: Iterable[Entry]) -> str:
    """SHA-256 of the canonical text, 64 lower-case hexadecimal digits. Raises UnfitListError."""
    return hashlib.sha256(frozen_text(entries).encode()).hexdigest()


def stored_list_hash(rows: Iterable[Iterable[str]]) -> str:
    """The hash of a stored list; "" for one that can no longer be read as the list of a draw."""
    try:
        return list_hash(Entry(*row) for row in rows)
    except (TypeError, ValueError):
        return ""


def _shown(values: list[str], most: int = 5) -> str:
    quoted = "、".join(
        ascii(value)[1:-1] if _UNFIT.search(value) else value or "（空）" for value in values[:most]
    )
    return quoted + (f" 等{len(values)}项" if len(values) > most else "")
