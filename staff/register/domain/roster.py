"""The people of one register by name and number, and their answers, each worked out once.

A name two people share is told apart by the staff number beside it. Where there is none, everybody it may
be is asked: the answer is "qualified" only if all of them are.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from staff.register.domain.operating import may_operate
from staff.register.domain.people import QUALIFIED, Answer, Person, Reason, Why
from staff.register.domain.rules import Kind, QualificationRules
from staff.register.domain.signing import may_sign

# 买买提·艾力 is typed with any of several dots.
_DOTS = re.compile("[·•‧∙⋅・]")


class Roster:
    """`binding` is false for institutions below the secondary level, for whom the clauses only advise."""

    def __init__(self, people: Iterable[Person], *, rules: QualificationRules, binding: bool = True) -> None:
        self._rules, self.binding = rules, binding
        self.people = tuple(people)
        self._turning: dict[tuple[str, str, Kind], set[date]] = {}
        self._by_name: dict[str, list[Person]] = {}
        self._by_number: dict[str, Person] = {}
        for person in self.people:
            self._by_number[_plain(person.staff_number)] = person
            for name in dict.fromkeys((person.name, *person.aliases)):
                self._by_name.setdefault(_plain(name), []).append(person)

    def find(self, name: str, number: str = "", *, kind: Kind) -> tuple[Person, ...]:
        """Everybody this may be. A number decides and must agree with the name; else the kind comes first."""
        same_name = self._by_name.get(_plain(name), [])
        if number:
            person = self._by_number.get(_plain(number))
            if person is not None and person in same_name:
                return (person,)
            # 王伟123 may as well be how somebody is called.
            return tuple(self._by_name.get(_plain(name + number), ()))
        return tuple(p for p in same_name if p.kind == kind) or tuple(same_name)

    def signer(self, name: str, number: str, on: date) -> Answer:
        """4.4 for the person who signed under this name."""
        found = self.find(name, number, kind="physician")
        return self._answer(
            name, found, lambda p: may_sign(p, on, rules=self._rules, binding=self.binding), number
        )

    def operator(self, name: str, number: str, modality: str, on: date) -> Answer:
        """4.3 a), b) for the person who operated under this name."""
        found = self.find(name, number, kind="technologist")
        return self._answer(
            name,
            found,
            lambda p: may_operate(p, modality, on, rules=self._rules, binding=self.binding),
            number,
        )

    def turning_days(self, name: str, number: str = "", *, kind: Kind) -> set[date]:
        """Every day on which an answer for this name may become another one; between them it stays."""
        key = (name, number, kind)
        if key not in self._turning:
            self._turning[key] = self._turning_days(self.find(name, number, kind=kind))
        return self._turning[key]

    def _turning_days(self, people: Iterable[Person]) -> set[date]:
        days: set[date] = set()
        for person in people:
            for record in person.records:
                if record.issued_on is not None:
                    days.add(record.issued_on)
                    end = self._rules.ends_on(record.type, record.issued_on, record.valid_until)
                else:
                    end = record.valid_until
                days |= {
                    last + timedelta(days=1) for last in (end, record.valid_until) if last and last < date.max
                }
        return days

    def _answer(
        self, name: str, found: tuple[Person, ...], ask: Callable[[Person | None], Answer], number: str
    ) -> Answer:
        if not found:
            return self._unknown(name, number, ask(None))
        if len(found) == 1:
            return ask(found[0])
        answers = [ask(person) for person in found]
        failing = [answer for answer in answers if answer.reasons]
        if not failing:
            return QUALIFIED
        return Answer(_doubtful(name, found, failing), advisory=not self.binding)

    def _unknown(self, name: str, number: str, answer: Answer) -> Answer:
        """Says why nobody is found when the name is registered under another number."""
        others = self._by_name.get(_plain(name), [])
        if not number or not others:
            return answer
        known = "、".join(person.staff_number for person in others)
        sentence = f"报告注明工号{number}，而登记表中“{name}”的工号为{known}，不能认定为同一人。"
        reasons = tuple(Reason(r.code, r.clause, sentence, "ambiguous") for r in answer.reasons)
        return Answer(reasons, answer.advisory)


def _doubtful(name: str, found: tuple[Person, ...], failing: list[Answer]) -> tuple[Reason, ...]:
    numbers = "、".join(sorted(person.staff_number for person in found))
    head = f"登记表中有{len(found)}人名为“{name}”（工号{numbers}），报告未注明工号，无法确定是谁；"
    # When every candidate is known to lack the qualification, so does the signer.
    all_lack = len(failing) == len(found) and all(answer.qualified is False for answer in failing)
    tail = "但当日均不合资质。" if all_lack else f"其中{len(failing)}人当日的资质无法确认。"
    why: Why = "not_qualified" if all_lack else "ambiguous"
    reasons = {r.code: r for answer in failing for r in answer.reasons}
    return tuple(Reason(code, reasons[code].clause, head + tail, why) for code in sorted(reasons))


def _plain(text: str) -> str:
    return _DOTS.sub("", "".join(text.split())).casefold()
