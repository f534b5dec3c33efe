"""Shared by the actions on the draws of quarters and of months: the seed, and the lock on a draw."""

import secrets
from typing import Any, TypeVar, cast

from django.db import models

from audits.conflicts import RefusedError, expect_version
from audits.sampling.domain.draw import check_seed, commitment_of, new_seed
from audits.sampling.models import Seeded
from audits.sampling.queries.draw_events import published_commitment
from trail.chain import record

_Draw = TypeVar("_Draw", bound=models.Model)
_MOST_SEED = 120  # characters


class SeedDiffersError(RefusedError):
    """The secret seed, or its hash, is not the one that the trail published: somebody changed the row."""


def note_seed(draw: Any, refused: RefusedError, by: Any) -> None:
    """Record that a draw was refused because its seed was changed; other refusals leave nothing to record."""
    if isinstance(refused, SeedDiffersError):
        record("audits.seed_differs", by=by, target=draw, detail={"reason": str(refused)}, result="refused")


def refuse_unfit_seed(seed: str) -> None:
    """Raise RefusedError for a seed that is too long or that cannot be retyped; "" is allowed."""
    if len(seed) > _MOST_SEED:
        raise RefusedError(f"随机种子过长：最多{_MOST_SEED}个字符。")
    if seed:
        try:
            check_seed(seed)
        except ValueError as unfit:
            raise RefusedError(str(unfit)) from None


def locked_draw(draw: _Draw, version: int, status: str, otherwise: str) -> _Draw:
    """The draw, locked. ConflictError unless at `version`; RefusedError(`otherwise`) unless in `status`."""
    row: Any = type(draw)._default_manager.select_for_update().get(pk=draw.pk)
    expect_version(row, version)
    if row.status != status:
        raise RefusedError(otherwise)
    return cast(_Draw, row)


def plan_seed(draw: Seeded, prefix: str, chosen: str, secret: str = "") -> dict[str, Any]:
    """Set the seed of a new draw; returns the detail for its opening event.

    A seed of the server stays secret and its hash goes into the event, before anyone freezes the list. A
    `chosen` one, to repeat a draw, is known from the start and marked as chosen for ever. `secret` is given
    by the demonstration alone, whose story is the same every time; no page or command passes it on.
    """
    if chosen:
        draw.seed, draw.seed_chosen = chosen, True
        return {"seed": chosen, "seed_given": True}
    draw.secret_seed = secret or new_seed(prefix, secrets.token_hex(16))
    draw.commitment = commitment_of(draw.secret_seed)
    return {"commitment": draw.commitment, "seed_given": False}


def cancel_seed(draw: Seeded) -> dict[str, Any]:
    """Make the secret seed of a cancelled draw public, checked or not; returns what the event records."""
    if not draw.secret_seed:
        return {}
    draw.seed, draw.secret_seed = draw.secret_seed, ""
    return {"seed": draw.seed}


def reveal_seed(draw: Seeded) -> dict[str, Any]:
    """Make the secret seed public; returns the detail for the event.

    Raises SeedDiffersError when the seed, or the hash stored for it, is not the one the trail published.
    """
    if draw.secret_seed:
        stored, published = commitment_of(draw.secret_seed), published_commitment(draw)
        if not stored == draw.commitment == published:
            raise SeedDiffersError(
                "随机种子与建立时在留痕中公布的哈希不符，不能使用；请作废后重新建立，并报告系统管理员。"
            )
        draw.seed, draw.secret_seed = draw.secret_seed, ""
    found: dict[str, Any] = {"seed": draw.seed}
    if draw.commitment:
        found["commitment"] = draw.commitment
    return found | ({"seed_given": True} if draw.seed_chosen else {})
