"""A draw of a quarter or of a month as a value of its chain, from its row and its trail events."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from audits.sampling.domain.draw_chain import ChainedDraw, SeedOrigin
from audits.sampling.models import Seeded
from audits.sampling.queries.draw_events import CANCELLED, DRAWN, OPENED, event_of
from trail.models import Event


def chained(draw: Any, is_this: bool, events: dict[str, Event], **more: Any) -> ChainedDraw:
    """The value of one draw; `more`: the fields that quarters and months have each in their own way."""
    opened, drawn, cancelled = (event_of(events, actions) for actions in (OPENED, DRAWN, CANCELLED))
    origin, commitment = _seed(draw, opened)
    return ChainedDraw(
        audit=draw.pk,
        is_this=is_this,
        label=draw.label,
        state=draw.status,
        state_zh=draw.get_status_display(),
        opened_by=str(draw.created_by or "命令行"),
        opened_at=minute(draw.created_at),
        opened_seq=opened.seq if opened else None,
        seed=draw.seed,
        seed_origin=origin.value,
        commitment=commitment,
        drawn_by=str(draw.drawn_by or "命令行") if draw.drawn_at else "",
        drawn_at=minute(draw.drawn_at),
        drawn_seq=drawn.seq if drawn else None,
        list_hash=draw.pool_hash,
        pool_size=draw.pool_size,
        reason=draw.repeat_reason,
        reason_by=str(draw.repeat_by or ""),
        cancelled_by=cancelled.actor_name if cancelled else "",
        cancelled_at=minute(cancelled.at if cancelled else None),
        cancelled_reason=draw.cancelled_reason,
        **more,
    )


def _seed(draw: Seeded, opened: Event | None) -> tuple[SeedOrigin, str]:
    """Origin and commitment. The event counts before the row, which can be written over."""
    published = str(opened.detail.get("commitment", "")) if opened else ""
    if draw.seed_chosen or (opened and opened.detail.get("seed_given")):
        return SeedOrigin.CHOSEN, ""
    if published or draw.commitment:
        return SeedOrigin.COMMITTED, published or draw.commitment
    return SeedOrigin.UNCOMMITTED, ""


def minute(moment: datetime | None) -> str:
    """2025-09-08 10:24 in Beijing time; "" when not known."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
