"""How much work the rules do on a report, counted, not timed: the same on every machine.

Counted are the characters that patterns read and the calls that Python makes. Patterns are replaced by
counting ones wherever a module of the text checks holds them.
"""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reports.domain.textcheck.engine import check
from reports.domain.textcheck.registry import bound_rules
from reports.domain.textcheck.report import CheckedReport
from reports.domain.textcheck.vocabulary import Sieve

PACKAGE = "reports.domain.textcheck."
SHORT, LONG = 500, 2000  # characters


class Work:
    def __init__(self) -> None:
        self.done = 0

    def of(self, report: CheckedReport) -> int:
        """The work of checking a report."""
        return self.of_call(lambda: check(report, bound_rules()))

    def of_call(self, call: Callable[[], object]) -> int:
        """The work of a call."""
        self.done = 0
        before = sys.getprofile()
        sys.setprofile(self._call)
        try:
            call()
        finally:
            sys.setprofile(before)
        return self.done

    def _call(self, frame: Any, event: str, arg: Any) -> None:
        self.done += event in ("call", "c_call")


class CountingPattern:
    """A pattern that counts the characters it reads."""

    def __init__(self, pattern: re.Pattern[str], work: Work) -> None:
        self.pattern, self.work = pattern.pattern, work
        self.real = pattern

    def search(self, text: str, pos: int = 0, endpos: int = sys.maxsize) -> re.Match[str] | None:
        return self._read(self.real.search(text, pos, endpos), text, pos, endpos)

    def match(self, text: str, pos: int = 0, endpos: int = sys.maxsize) -> re.Match[str] | None:
        found = self.real.match(text, pos, endpos)
        return self._read(found, text, pos, endpos) if found else None

    def fullmatch(self, text: str, pos: int = 0, endpos: int = sys.maxsize) -> re.Match[str] | None:
        return self._read(self.real.fullmatch(text, pos, endpos), text, pos, endpos)

    def finditer(self, text: str, pos: int = 0, endpos: int = sys.maxsize) -> Iterator[re.Match[str]]:
        for found in self.real.finditer(text, pos, endpos):
            self.work.done += found.end() - pos
            pos = found.end()
            yield found
        self.work.done += max(0, min(endpos, len(text)) - pos)

    def findall(self, text: str, pos: int = 0, endpos: int = sys.maxsize) -> list[Any]:
        self.work.done += max(0, min(endpos, len(text)) - pos)
        return self.real.findall(text, pos, endpos)

    def sub(self, put: Any, text: str) -> str:
        self.work.done += len(text)
        return self.real.sub(put, text)

    def split(self, text: str, maxsplit: int = 0) -> list[Any]:
        self.work.done += len(text)
        return self.real.split(text, maxsplit)

    def _read(self, found: re.Match[str] | None, text: str, pos: int, endpos: int) -> re.Match[str] | None:
        end = found.end() if found else min(endpos, len(text))
        self.work.done += max(0, end - pos)
        return found


def count_work(patch: pytest.MonkeyPatch) -> Work:
    """The work, counted from now on until `patch` is undone."""
    bound_rules()
    work = Work()
    for name, module in list(sys.modules.items()):
        if name.startswith(PACKAGE):
            for attribute, value in list(vars(module).items()):
                if isinstance(value, Sieve):
                    patch.setattr(value, "pattern", CountingPattern(value.pattern, work))
                elif attribute == "pattern":
                    patch.setattr(
                        module, attribute, lambda *names, ask=value: CountingPattern(ask(*names), work)
                    )
                elif (counting := _counting(value, work)) is not value:
                    patch.setattr(module, attribute, counting)
    return work


def times(unit: str, length: int) -> str:
    """The unit repeated to about this length."""
    return unit * (length // len(unit))


def assert_linear(work: Work, made: Callable[[int], CheckedReport]) -> None:
    """Four times the text is at most five times the work, and what every report costs."""
    short, long = (work.of(made(length)) for length in (SHORT, LONG))
    assert long <= 5 * short, f"{short} → {long}"


def _asked(ask: Callable[..., re.Pattern[str]], work: Work) -> Callable[..., CountingPattern]:
    return lambda *names: CountingPattern(ask(*names), work)


def _counting(value: Any, work: Work) -> Any:
    """The same with every pattern in it replaced."""
    if isinstance(value, re.Pattern):
        return CountingPattern(value, work)
    if isinstance(value, dict) and any(isinstance(each, re.Pattern) for each in value.values()):
        return {key: _counting(each, work) for key, each in value.items()}
    if isinstance(value, tuple):
        counting = tuple(_counting(each, work) for each in value)
        return value if all(one is other for one, other in zip(value, counting, strict=True)) else counting
    return value
