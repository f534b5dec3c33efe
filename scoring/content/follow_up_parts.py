"""Parts of a PacketDocument: 随访与反馈 (row 1.3), the records of the window with the day of each part."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FollowUpLine:
    """One record: the days of its four parts ("" where not done), its judgement, who received the feedback.

    `recipient` is a physician; no patient is named. `receipt_note`: the paper that proves a receipt.
    """

    number: int
    accession_number: str
    kind_zh: str
    examined_on: str
    outcome_on: str
    judgement_on: str
    feedback_on: str
    receipt_on: str
    judgement_zh: str
    error_kind_zh: str
    recipient: str
    receipt_note: str
    state: str
    state_zh: str


@dataclass(frozen=True)
class FollowUps:
    """随访登记 of the window, as of the day `on`, oldest examination first."""

    on: str
    records: tuple[FollowUpLine, ...]
    complete: int
    running: int
    incomplete: int
