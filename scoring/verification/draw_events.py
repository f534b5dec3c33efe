"""Does the trail of this installation have the events that a packet's chain of draws names?"""

from django.db import DatabaseError

from audits.sampling.queries.draw_events import DRAWN, OPENED
from scoring.content.document import PacketDocument
from scoring.packet.file_checks import Check
from trail.models import Event


def draw_events_check(document: PacketDocument) -> tuple[Check, ...]:
    """() for a packet without a chain of draws; else one check, which asks once for all events."""
    chains = document.draws
    every = (*chains.window, *chains.months) if chains else ()
    due: dict[int, tuple[tuple[str, ...], int, dict[str, str]]] = {}
    for draw in every:
        if draw.opened_seq is not None and draw.commitment:
            due[draw.opened_seq] = (OPENED, draw.audit, {"commitment": draw.commitment})
        if draw.drawn_seq is not None:
            due[draw.drawn_seq] = (DRAWN, draw.audit, {"seed": draw.seed, "list_sha256": draw.list_hash})
    if not due:
        return ()
    try:
        found = {event.seq: event for event in Event.objects.filter(seq__in=list(due))}
    except DatabaseError:
        return (Check("draw_events", None, "未能与本机留痕核对历次抽样。"),)
    differs = [seq for seq, wanted in due.items() if not _is(found.get(seq), *wanted)]
    if differs:
        named = "、".join(f"第{seq}条" for seq in sorted(differs))
        return (Check("draw_events", False, f"历次抽样所记的种子哈希或名单与本机留痕{named}不符。"),)
    words = f"历次抽样的种子哈希与名单，与本机留痕所记的{len(due)}条一致：哈希公布在先，冻结名单在后。"
    return (Check("draw_events", True, words),)


def _is(event: Event | None, actions: tuple[str, ...], audit: int, detail: dict[str, str]) -> bool:
    if event is None or event.action not in actions or event.target_id != str(audit):
        return False
    return all(event.detail.get(name) == value for name, value in detail.items())
