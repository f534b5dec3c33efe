"""What the register's pages show, as frozen values: members with where they stand, the matrix, deadlines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from staff.domain.calendar import Deadline
from staff.domain.people import Person
from staff.domain.rules import QualificationType, days_left
from staff.domain.standing import WORDS, Standing
from staff.domain.summary import PROBLEMS, TAGS, Summary, summary
from staff.models import Department
from staff.people import matrix, people_of
from staff.qualification_rules import qualification_rules
from staff.register import Member

SPANS = (60, 30, 7)


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: `kind` is its tag, `word` says the state, `until` the last valid day."""

    kind: str
    word: str
    sentence: str
    until: str
    state: str


@dataclass(frozen=True)
class MatrixRow:
    """A member's row: cells in the order of the kinds of qualification."""

    member: Member
    cells: tuple[Cell, ...]
    summary: Summary


@dataclass(frozen=True)
class Matrix:
    """People × requirements; `totals` counts each column's problems for the foot."""

    kinds: tuple[QualificationType, ...]
    rows: tuple[MatrixRow, ...]
    totals: tuple[int, ...]

    @property
    def with_problems(self) -> int:
        return sum(1 for row in self.rows if row.summary.has_problem)


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
    """Member id → where they stand; two queries."""
    return {person.pk or 0: summary(cells) for person, cells in matrix(people_of(members), on)}


def matrix_of(members: QuerySet[Member], on: date, *, only_problems: bool = False) -> Matrix:
    """The matrix of these members; three queries, whatever their number."""
    found = list(members)
    by_pk = {member.pk: member for member in found}
    rows = [
        MatrixRow(by_pk[person.pk or 0], tuple(_cell(cell) for cell in cells), summary(cells))
        for person, cells in matrix(people_of(found), on)
    ]
    if only_problems:
        rows = [row for row in rows if row.summary.has_problem]
    kinds = qualification_rules().types
    totals = tuple(sum(row.cells[i].state in PROBLEMS for row in rows) for i in range(len(kinds)))
    return Matrix(kinds, tuple(rows), totals)


def _cell(standing: Standing) -> Cell:
    until = f"{standing.ends_on:%Y-%m-%d}" if standing.ends_on else ""
    word = WORDS[standing.state]
    return Cell(TAGS[standing.state], word, standing.sentence, until, standing.state)


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
            uid=f"{department.code}-{ending.member_id}-{ending.kind_zh}-{ending.ends_on}@qcportal",
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
