"""Members of a department, and what of their qualifications ends when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from staff.departments.models import Department
from staff.register.domain.calendar import Deadline
from staff.register.domain.people import Person
from staff.register.domain.rules import days_left
from staff.register.domain.summary import Summary, summary
from staff.register.models import Member
from staff.register.qualification_rules import qualification_rules
from staff.register.queries.people import matrix, people_of

SPANS = (60, 30, 7)


@dataclass(frozen=True)
class Ending:
    """Something that ends or has ended: whose, what, when, and in how many days (negative: since then)."""

    member_id: int
    person: str
    kind_zh: str
    ends_on: date
    left: int

    @property
    def tag(self) -> tuple[str, str]:
        """(kind, words) of its tag."""
        if self.left < 0:
            return "fail", f"已过期{-self.left}天"
        return "due", "今天到期" if self.left == 0 else f"还有{self.left}天"


def summaries(members: Iterable[Member], on: date) -> dict[int, Summary]:
    """Member id → summary of their qualifications; two queries."""
    return {person.pk or 0: summary(cells) for person, cells in matrix(people_of(members), on)}


def endings(people: Iterable[Person], on: date, *, within: int = SPANS[0]) -> list[Ending]:
    """What ends within so many days, or has ended and was not renewed; the most pressing first."""
    names = {kind.code: kind.name_zh for kind in qualification_rules().types}
    found = [
        Ending(person.pk or 0, str(person), names[cell.type], cell.ends_on, days_left(cell.ends_on, on))
        for person, cells in matrix(people, on)
        for cell in cells
        if cell.ends_on is not None and cell.state in ("expiring", "expired", "valid")
    ]
    return sorted(
        (ending for ending in found if ending.left <= within),
        key=lambda ending: (ending.left, ending.person, ending.kind_zh),
    )


def deadlines(department: Department, people: Iterable[Person], on: date) -> list[Deadline]:
    """Every day on which something of these people ends from today on, for the calendar file."""
    return [
        Deadline(
            # The same for a day that was corrected: a second import of the file moves the event.
            uid=f"{department.code}-{ending.member_id}-{ending.kind_zh}@qcportal",
            on=ending.ends_on,
            title=f"{ending.person} {ending.kind_zh}到期",
            note=f"{department}：{ending.person}的{ending.kind_zh}有效至{ending.ends_on}，当日仍有效。",
        )
        for ending in endings(people, on, within=3660)
        if ending.left >= 0
    ]


def current_members(department: Department | None) -> QuerySet[Member]:
    """Who works in the department now."""
    rows = Member.objects.filter(department=department) if department else Member.objects.none()
    return rows.active().select_related("user", "group")


def narrowed(rows: QuerySet[Member], asked: dict[str, str]) -> QuerySet[Member]:
    """Members by text, kind and group, as lists and the matrix ask for them."""
    term, kind, group = (asked.get(name, "").strip()[:50] for name in ("q", "kind", "group"))
    if term:
        rows = rows.filter(Q(full_name__contains=term) | Q(staff_number__istartswith=term))
    if kind in Member.Kind.values:
        rows = rows.filter(kind=kind)
    if group == "none":
        rows = rows.filter(group=None)
    elif group.isascii() and group.isdecimal() and len(group) < 10:
        rows = rows.filter(group_id=int(group))
    return rows
