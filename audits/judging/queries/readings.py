"""One reader's ruling on a case as a value, and which clauses cost a point."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime

from audits.judging.domain.concordance import (
    Characterisation,
    ConcordanceRuling,
    ErrorKind,
    Judgement,
    Localisation,
)
from audits.judging.models import Fault, Review
from standards.edition import Edition

ROW_21 = "description"


@dataclass(frozen=True)
class FaultRuling:
    """A confirmed description fault. `counts`: its clause is 应/不应 of row 2.1; else it only advises.

    `start`, `end`: code points of `field` in the frozen revision, None when no place was marked.
    """

    clause: str
    field: str
    start: int | None
    end: int | None
    excerpt: str
    reason: str
    by: str
    counts: bool
    pk: int = dataclasses.field(default=0, compare=False)  # the same text of one reader is one fault


@dataclass(frozen=True)
class Reading:
    """One reader's ruling on a case. Codes as stored ("" while open); `concordance` is None while open."""

    review_id: int
    reader: int
    assessor_id: int
    assessor: str
    description: str
    description_reason: str
    description_at: datetime | None
    reopened_reason: str
    outcome_seen_at: datetime | None
    localisation: str
    characterisation: str
    error_kind: str
    judgement: str
    conclusion_reason: str
    conclusion_at: datetime | None
    faults: tuple[FaultRuling, ...]
    concordance: ConcordanceRuling | None

    @property
    def is_arbiter(self) -> bool:
        return self.reader == Review.Reader.ARBITER

    @property
    def reader_zh(self) -> str:
        return str(Review.Reader(self.reader).label)

    @property
    def faulty(self) -> bool | None:
        """Row 2.1: True with a confirmed fault; None while not judged."""
        return self.description == Review.Description.NONCONFORMING if self.description_at else None


def reading_of(review: Review, edition: Edition) -> Reading:
    """The stored review with its assessor and faults (prefetched by the caller)."""
    assessor = str(review.assessor)
    return Reading(
        review_id=review.pk,
        reader=review.reader,
        assessor_id=review.assessor_id,
        assessor=assessor,
        description=review.description,
        description_reason=review.description_reason,
        description_at=review.description_at,
        reopened_reason=review.reopened_reason,
        outcome_seen_at=review.outcome_seen_at,
        localisation=review.localisation,
        characterisation=review.characterisation,
        error_kind=review.error_kind,
        judgement=review.judgement,
        conclusion_reason=review.conclusion_reason,
        conclusion_at=review.conclusion_at,
        faults=tuple(_fault(fault, assessor, edition) for fault in review.faults.all()),
        concordance=concordance_of(review),
    )


def _fault(fault: Fault, assessor: str, edition: Edition) -> FaultRuling:
    return FaultRuling(
        fault.clause,
        fault.field,
        fault.start,
        fault.end,
        fault.excerpt,
        fault.reason,
        assessor,
        is_deductible(edition, fault.clause),
        fault.pk,
    )


def is_deductible(edition: Edition, number: str) -> bool:
    """Whether a fault under this clause costs the point of row 2.1: 应/不应 of the description (D-12)."""
    clause = edition.clauses_by_number.get(number)
    return clause is not None and clause.binds and clause.appendix_b_row == ROW_21


def concordance_of(review: Review) -> ConcordanceRuling | None:
    """The stored ruling on the conclusion as a value; None while it is open."""
    if review.conclusion_at is None:
        return None
    return ConcordanceRuling(
        Localisation(review.localisation),
        Characterisation(review.characterisation),
        ErrorKind(review.error_kind),
        Judgement(review.judgement),
        review.conclusion_reason,
        review.stage_differs,
    )
