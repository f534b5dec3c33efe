"""Parts of a PacketDocument: people and their qualifications on the day (4.3, 4.4), signatures (4.5)."""

from dataclasses import dataclass

from scoring.content.codec import since


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
class StaffProof:
    """What showed a person to be qualified: certificates with number and day, cited by `code` (P1, P2…)."""

    code: str
    person: str
    certificates: tuple[str, ...]


@dataclass(frozen=True)
class StaffReport:
    """A report of the window with its signer and operator; a proof "" where there is none (an exception).

    `exceptions`: role and code of each, "signer 4.4/residency-stage-one"; `by_reason` counts them.
    """

    accession_number: str
    signed_on: str
    signer: str
    signer_proof: str
    examined_on: str
    modality: str
    operator: str
    operator_proof: str
    exceptions: tuple[str, ...]


@dataclass(frozen=True)
class StaffMember:
    """Somebody of the register. `states`: one for each line of `Staffing.requirements`, which count them;
    () for a person who is no longer on duty."""

    person: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class StaffReports:
    """Every report of the window, those with an exception first, the proofs they cite, and the matrix."""

    rows: tuple[StaffReport, ...]
    proofs: tuple[StaffProof, ...]
    members: tuple[StaffMember, ...]


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
    checked: StaffReports | None = since(4)  # noqa: RUF009  (it makes a field)
