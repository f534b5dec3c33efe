"""What a department can show for section 1 of Table B.1 (机构提供的资料), as frozen values. No framework."""

from dataclasses import dataclass
from typing import Literal

Weight = Literal["decides", "asked", "optional"]
RecordSource = Literal["months", "follow_ups", "conferences", "groups"]


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document for one row.

    `weight`: a missing deciding document costs points; a requested one is listed in the column 机构提供的资料
    without a deduction; an optional one is neither. `dated`: a record of one day (minutes), which counts for
    the period of that day, not a rule valid from a day on. `counts_as`: it counts in addition to the records
    of that source in the app.
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
