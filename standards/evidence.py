"""What a department can show for section 1 of Table B.1 (机构提供的资料), as frozen values. No framework."""

from dataclasses import dataclass
from typing import Literal

Weight = Literal["decides", "asked", "optional"]
RecordSource = Literal["months", "follow_ups", "conferences", "groups"]


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document for one row.

    `weight`: without one that decides the row loses points; one that is asked is named in the row's column
    机构提供的资料 but no deduction is printed for it; an optional one is neither. `dated`: a record of one
    day (minutes), which counts for the period its day lies in, not a rule that holds from a day on.
    `counts_as`: such a record counts beside the app's own records of that source.
    """

    code: str
    name_zh: str
    weight: Weight
    hint_zh: str
    dated: bool = False
    counts_as: Literal["", "months", "follow_ups", "conferences", "groups"] = ""


@dataclass(frozen=True)
class RecordKind:
    """Records that the department's daily work creates in the app."""

    source: RecordSource
    name_zh: str
    asks_zh: str


@dataclass(frozen=True)
class RowEvidence:
    """The evidence for one row of section 1; `decisions` are the readings its suggestion follows."""

    row: str
    decisions: tuple[str, ...]
    documents: tuple[DocumentKind, ...]
    records: tuple[RecordKind, ...] = ()
