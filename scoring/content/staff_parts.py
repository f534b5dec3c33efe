"""Parts of a PacketDocument: people and their qualifications on the day (4.3, 4.4), signatures (4.5)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StaffException:
    """One person of one report who is not shown to have been qualified on the day. Names no patient."""

    accession_number: str
    role: str
    role_zh: str
    person: str
    on: str
    clauses: str
    reason: str
    judged_zh: str


@dataclass(frozen=True)
class SignatureFault:
    """One fault of 4.5 on one report."""

    accession_number: str
    zh: str
    reason: str


@dataclass(frozen=True)
class ReasonCount:
    """How many exceptions a check found; `zh` its Chinese label."""

    code: str
    zh: str
    count: int


@dataclass(frozen=True)
class RequirementLine:
    """A column of the matrix: people in each state of one kind of qualification on `Staffing.on`."""

    zh: str
    clause: str
    valid: int
    expiring: int
    expired: int
    missing: int
    faulty: int
    not_applicable: int


@dataclass(frozen=True)
class Staffing:
    """人员资质 of the window. `left_out`: reports beyond those listed; the counts include all of them.

    `people` on the register; 0 says that nothing could be held against it, and nothing is listed then.
    """

    people: int
    reports: int
    on: str
    with_exception: int
    signers: int
    operators: int
    by_reason: tuple[ReasonCount, ...]
    exceptions: tuple[StaffException, ...]
    left_out: int
    signature_faults: tuple[SignatureFault, ...]
    signature_left_out: int
    requirements: tuple[RequirementLine, ...]
    notes: tuple[str, ...]
