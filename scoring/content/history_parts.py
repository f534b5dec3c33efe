"""Parts of a PacketDocument: the versions of the sheet and what each changed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VersionLine:
    """A version of the sheet, the one of this packet the last. `content_hash`: of the packet signed with it,
    "" for this one, which cannot name its own. `total` None while rows are open."""

    number: int
    reason: str
    total: int | None
    verdict_zh: str
    submitted_by: str
    submitted_at: str
    signed_by: str
    signed_at: str
    content_hash: str


@dataclass(frozen=True)
class ChangeLine:
    """One thing version `number` says otherwise than the one it corrects; `row` "" for the whole sheet."""

    number: int
    row: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class History:
    """版次与更正; one version and no change where nothing was corrected."""

    versions: tuple[VersionLine, ...]
    changes: tuple[ChangeLine, ...]
    notes: tuple[str, ...]
