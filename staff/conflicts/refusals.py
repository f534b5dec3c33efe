"""A refusal that leaves a trace although the transaction of the refused action is rolled back."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import transaction

from staff.conflicts.versions import RefusedError

_Row = TypeVar("_Row")
_Made = TypeVar("_Made")
_Given = ParamSpec("_Given")
_Action = Callable[Concatenate[_Row, _Given], _Made]


def notes_refusal(note: Callable[[Any, RefusedError, Any], None]) -> Callable[[_Action], _Action]:
    """Decorate an action `(row, *, by, ...)`: it runs in a transaction of its own, and a RefusedError is
    handed to `note(row, refused, by)` after that was rolled back, then raised again."""

    def decorate(action: _Action[_Row, _Given, _Made]) -> _Action[_Row, _Given, _Made]:
        @wraps(action)
        def noted(row: _Row, *args: _Given.args, **kwargs: _Given.kwargs) -> _Made:
            try:
                with transaction.atomic():
                    return action(row, *args, **kwargs)
            except RefusedError as refused:
                note(row, refused, kwargs.get("by"))
                raise

        return noted

    return decorate
