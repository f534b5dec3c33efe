"""A refusal that leaves a trace although the transaction of the refused action is rolled back."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import transaction

from staff.conflicts.versions import RefusedError

_Action = TypeVar("_Action", bound=Callable[..., Any])


def notes_refusal(note: Callable[[Any, RefusedError, Any], None]) -> Callable[[_Action], _Action]:
    """Decorate an action `(row, *, by, ...)`: it runs in a transaction of its own, and a RefusedError is
    handed to `note(row, refused, by)` after that was rolled back, then raised again."""

    def decorate(action: _Action) -> _Action:
        @wraps(action)
        def noted(row: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                with transaction.atomic():
                    return action(row, *args, **kwargs)
            except RefusedError as refused:
                note(row, refused, kwargs.get("by"))
                raise

        return cast(_Action, noted)

    return decorate
