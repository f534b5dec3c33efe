"""What is worked out once and kept: with its object (`lazy`), or by the text asked about (`remembered`)."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
_LINES, _CLAUSES = 1024, 8192  # texts kept of one question
_forgetting: list[Callable[[], None]] = []


class lazy(Generic[T]):  # noqa: N801  # reads as the decorator it is, like property
    """As functools.cached_property, without the lock that one takes at every first use in Python 3.11."""

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self.work_out = work_out
        self.name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> "lazy[T]": ...
    @overload
    def __get__(self, owner: object, kind: type) -> T: ...
    def __get__(self, owner: object | None, kind: type) -> "lazy[T] | T":
        if owner is None:
            return self
        value = owner.__dict__[self.name] = self.work_out(owner)
        return value


def remembered(ask: Callable[[str], T]) -> Callable[[str], T]:
    """Answers kept by text, for lines that come again and again: examination names, techniques, requests.

    The answer may depend on nothing but the text. Never for what tells who a patient is.
    """
    return _kept(ask, _LINES)


def remembered_clause(ask: Callable[[str], T]) -> Callable[[str], T]:
    """The same for clauses and items of reports: most are a template's. To be asked about short ones only."""
    return _kept(ask, _CLAUSES)


def _kept(ask: Callable[[str], T], most: int) -> Callable[[str], T]:
    known = lru_cache(maxsize=most)(ask)
    _forgetting.append(known.cache_clear)
    return known


def forget_with(clear: Callable[[], None]) -> None:
    """Something else that is remembered: `clear` is called by `forget`."""
    _forgetting.append(clear)


def forget() -> None:
    """Forget every remembered answer, as a new process would: for measurements."""
    for clear in _forgetting:
        clear()
