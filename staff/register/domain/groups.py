"""亚专业组 and their 人员梯队 (row 1.5): who of which rank is there, and what is missing.

The standard asks for a staffing that is 合理 and names no rank; D-06 makes it a remark that costs no point.
So this counts and says what is not there, and judges nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

RankCode = Literal["senior", "associate", "attending", "resident", "technologist"]
RANKS: dict[RankCode, str] = {
    "senior": "主任医师",
    "associate": "副主任医师",
    "attending": "主治医师",
    "resident": "住院医师",
    "technologist": "技师",
}
LADDER: tuple[RankCode, ...] = ("senior", "associate", "attending", "resident")


@dataclass(frozen=True)
class Placed:
    """A member as a group counts them."""

    pk: int
    name: str
    staff_number: str
    kind: str
    title: str

    @property
    def rank(self) -> RankCode | None:
        return rank_of(self.kind, self.title)


@dataclass(frozen=True)
class GroupStaffing:
    """One group: members by rank in RANKS' order (`unranked`: no known title), and what is missing."""

    members: tuple[tuple[RankCode, tuple[Placed, ...]], ...]
    unranked: tuple[Placed, ...]
    missing: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(len(found) for _, found in self.members) + len(self.unranked)


def rank_of(kind: str, title: str) -> RankCode | None:
    """The rank a title stands for; None for a title that is none of a physician's.

    >>> rank_of("physician", "副主任医师（返聘）")
    'associate'
    """
    if kind == "technologist":
        return "technologist"
    plain = "".join(title.split())
    if any(word in plain for word in ("副主任", "副高", "副教授")):
        return "associate"
    if "主任" in plain or "正高" in plain or "教授" in plain:
        return "senior"
    if "主治" in plain or "中级" in plain:
        return "attending"
    return "resident" if plain and ("医师" in plain or "医生" in plain or "住院" in plain) else None


def group_staffing(members: Iterable[Placed], *, lead: str) -> GroupStaffing:
    """`lead`: the leader's name, "" for none."""
    people = list(members)
    by_rank = tuple((rank, tuple(p for p in people if p.rank == rank)) for rank in RANKS)
    found = {rank for rank, there in by_rank if there}
    missing = [] if lead else ["组长"]
    missing += [RANKS[rank] for rank in LADDER if rank not in found]
    return GroupStaffing(by_rank, tuple(p for p in people if p.rank is None), tuple(missing))
