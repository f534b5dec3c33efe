"""未脱敏: the part of a packet approved to be given out with the patients' identity in it."""

from dataclasses import dataclass

MARK = "未脱敏"


@dataclass(frozen=True)
class IdentityLine:
    """Whose report a case is, to be found again in the hospital's own records."""

    position: int
    accession_number: str
    patient_name: str
    patient_id: str


@dataclass(frozen=True)
class Restored:
    """A text in which masked characters were put back: `path` "cases/0/report/findings", `at` code points."""

    path: str
    at: tuple[int, ...]


@dataclass(frozen=True)
class Unmasked:
    """Receiver, reason, approver and last day; and how the masked packet is restored from this one.

    `masked_hash`: content hash of the signed packet. `left`: texts of the reports and rulings that stay
    masked, because they were stored masked or overwritten since.
    """

    approval: int
    receiver: str
    reason: str
    asked_by: str
    asked_at: str
    approved_by: str
    approved_at: str
    approval_note: str
    until: str
    masked_hash: str
    left: int
    identities: tuple[IdentityLine, ...]
    restored: tuple[Restored, ...]

    @property
    def words(self) -> str:
        """The line printed at the head of every page."""
        leave = f"{self.approved_by} {self.approved_at[:10]} 批准（第{self.approval}号），有效至 {self.until}"
        return f"{MARK} · 仅限{self.receiver} · {leave} · 理由：{self.reason}"
