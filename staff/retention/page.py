"""What the page of retention shows."""

from dataclasses import dataclass

from staff.access.retention import kinds
from staff.accounts.models import User
from staff.retention.models import Purge
from staff.retention.queries import Period


@dataclass(frozen=True)
class PurgeLine:
    """A purge with its words, and what `reader` may do about it."""

    purge: Purge
    label: str
    tag: str
    may_confirm: bool
    may_refuse: bool
    refuse_label: str

    @classmethod
    def of(cls, purge: Purge, reader: User) -> "PurgeLine":
        kind = kinds().get(purge.kind)
        asked, own = purge.status == Purge.Status.ASKED, purge.asked_by_id == reader.pk
        label = kind.label if kind else purge.kind
        tag, refuse = _TAGS[purge.status], "撤回" if own else "不同意"
        return cls(purge, label, tag, asked and not own, asked, refuse)


_TAGS = {"asked": "due", "running": "open", "done": "pass", "failed": "fail", "refused": "open"}


def way_of(period: Period) -> str:
    """How a kind is deleted, in words."""
    if period.kind.by_schedule:
        return "每天自动清理"
    return "申请后由另一人确认" if period.kind.purge else "不清除"


def period_text(days: int) -> str:
    """A period as people say it: whole years where they are whole; 0 is for ever."""
    if not days:
        return "长期"
    years = round(days / 365.25)
    return f"{years}年（{days}天）" if years and abs(days - years * 365.25) <= 1 else f"{days}天"
