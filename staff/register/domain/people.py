"""A member of the register with what is recorded of them, and the answer to "qualified on that day?"."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from staff.register.domain.rules import Kind

Why = Literal["not_recorded", "not_qualified", "ambiguous"]


class Record(NamedTuple):
    """One approved record of qualification; fields as in `staff.register.models.Qualification`."""

    type: str
    issued_on: date | None = None
    valid_until: date | None = None
    number: str = ""
    practice_scope: str = ""
    result: str = "passed"
    basis: str = ""
    organiser: str = ""
    modality: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody of the register. `exempt_reason`: why radiation training is 不适用 to their MRI (D-20)."""

    staff_number: str
    name: str
    kind: Kind
    records: tuple[Record, ...] = ()
    exempt_reason: str = ""
    aliases: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    pk: int | None = None

    def __str__(self) -> str:
        return f"{self.name}({self.staff_number})"

    def of_type(self, code: str) -> tuple[Record, ...]:
        return self._by_type.get(code, ())

    @cached_property
    def _by_type(self) -> dict[str, tuple[Record, ...]]:
        found: dict[str, tuple[Record, ...]] = {}
        for record in self.records:
            found[record.type] = (*found.get(record.type, ()), record)
        return found


@dataclass(frozen=True)
class Reason:
    """Why a person is not shown to be qualified: the check's code, the clause, a sentence, and the sort.

    `not_recorded`: the register holds nothing to judge by, paper may exist; `not_qualified`: its records
    answer no; `ambiguous`: several persons match.
    """

    code: str
    clause: str
    sentence: str
    why: Why


@dataclass(frozen=True)
class Answer:
    """Was the person qualified on the day? `advisory`: the clause does not bind here (参照执行)."""

    reasons: tuple[Reason, ...] = ()
    advisory: bool = False

    @property
    def qualified(self) -> bool | None:
        """True, False, or None where it only cannot be shown."""
        if not self.reasons:
            return True
        return False if any(reason.why == "not_qualified" for reason in self.reasons) else None

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(reason.code for reason in self.reasons))

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(reason.sentence for reason in self.reasons))


QUALIFIED = Answer()
