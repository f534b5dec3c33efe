"""Shared by the actions on the draws of quarters and of months: the seed, and the lock on a draw."""

from typing import Any, TypeVar, cast

from django.db import models

from audits.conflicts import RefusedError, expect_version
from audits.sampling.domain.draw import check_seed

_Draw = TypeVar("_Draw", bound=models.Model)
_MOST_SEED = 120  # characters


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
