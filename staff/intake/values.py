"""The content of a register file, as frozen values. A value not given never erases a stored one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Refusal:
    """A refused row: its number in the sheet, the column's header, a sentence."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class IncomingRecord:
    """One record of qualification; fields as in `staff.register.models.Qualification`."""

    type: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    practice_category: str = ""
    practice_scope: str = ""
    result: str = ""
    basis: str = ""
    basis_approver: str = ""
    organiser: str = ""
    course: str = ""
    course_name: str = ""
    days: Decimal | None = None
    modality: str = ""
    device_model: str = ""
    trainer: str = ""


@dataclass(frozen=True)
class IncomingRow:
    """One row: the person and the values. `kind`: physician or technologist where it enters a member.

    `is_certificate`: the row holds one certificate; the same person may have others.
    """

    sheet: str
    row: int
    staff_number: str
    full_name: str
    kind: str = ""
    title: str = ""
    group: str = ""
    modalities: tuple[str, ...] = ()
    entered_on: date | None = None
    left_on: date | None = None
    records: tuple[IncomingRecord, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    is_certificate: bool = False

    def has(self, field: str) -> bool:
        """Has the table a column for `field`?"""
        return field in dict(self.columns)

    def label(self, field: str) -> str:
        """The header of the column that carries `field`."""
        return dict(self.columns).get(field, field)


@dataclass(frozen=True)
class IncomingRegister:
    """A whole file: rows that enter members first, then all others, each in file order.

    `unused`: headers of columns that hold data and have no meaning here. `ignored`: sheets and rows
    skipped, with the reason, such as a certificate that proves no training.
    """

    rows: tuple[IncomingRow, ...]
    refusals: tuple[Refusal, ...]
    unused: tuple[str, ...] = ()
    ignored: tuple[Refusal, ...] = ()
