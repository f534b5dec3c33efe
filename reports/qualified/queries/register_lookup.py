"""Lookups in the register by names as reports write them: identity, and qualification by day."""

from datetime import date
from functools import cached_property

from reports.domain.people import NamedPerson, people_in
from reports.qualified.domain.windows import Codes, Window, failing_windows
from reports.qualified.queries.failing import OPERATOR, SIGNER
from staff.register.domain.people import Answer
from staff.register.domain.roster import Roster
from staff.register.domain.rules import Kind

KINDS: dict[str, Kind] = {SIGNER: "physician", OPERATOR: "technologist"}
_FIRST, _LAST = date(1900, 1, 1), date(2999, 12, 31)


class RegisterLookup:
    """One state of a register, with a cache of the answers."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._windows: dict[tuple[str, str, str], tuple[Window, ...]] = {}
        self._answers: dict[tuple[str, NamedPerson, str, date], Answer] = {}
        self._members: dict[tuple[str, str], tuple[int, ...]] = {}

    @property
    def binding(self) -> bool:
        """Do 4.3 and 4.4 bind this institution?"""
        return self._roster.binding

    @cached_property
    def names(self) -> tuple[tuple[int, str], ...]:
        """All people of the register as 姓名(工号), by primary key."""
        return tuple((person.pk, str(person)) for person in self._roster.people if person.pk)

    def answer(self, role: str, person: NamedPerson, modality: str, on: date) -> Answer:
        """The answer for one person and day; `modality` matters for operators only."""
        key = (role, person, modality if role == OPERATOR else "", on)
        if key not in self._answers:
            self._answers[key] = self._ask(*key)
        return self._answers[key]

    def _ask(self, role: str, person: NamedPerson, modality: str, on: date) -> Answer:
        if role == SIGNER:
            return self._roster.signer(person.name, person.number, on)
        return self._roster.operator(person.name, person.number, modality, on)

    def member_ids(self, role: str, written: str) -> tuple[int, ...]:
        """The register entries that a written name may refer to."""
        key = (role, written)
        if key not in self._members:
            people = people_in(written)
            found = (p for who in people for p in self._roster.find(who.name, who.number, kind=KINDS[role]))
            self._members[key] = tuple(person.pk for person in found if person.pk)
        return self._members[key]

    def windows(self, role: str, written: str, modality: str, first: date, last: date) -> tuple[Window, ...]:
        """The windows between these days in which a person of this written name fails."""
        key = (role, written, modality)
        if key not in self._windows:
            self._windows[key] = self._all_windows(*key)
        found = (
            Window(max(window.first, first), min(window.last, last), window.codes)
            for window in self._windows[key]
        )
        return tuple(window for window in found if window.first <= window.last)

    def _all_windows(self, role: str, written: str, modality: str) -> tuple[Window, ...]:
        people = people_in(written)
        turning = [self._roster.turning_days(p.name, p.number, kind=KINDS[role]) for p in people]

        def codes_on(day: date) -> Codes:
            found = (self._ask(role, person, modality, day).codes for person in people)
            return tuple(dict.fromkeys(code for codes in found for code in codes))

        return failing_windows(_FIRST, _LAST, set().union(*turning), codes_on)
