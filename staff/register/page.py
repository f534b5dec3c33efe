"""The matrix of people and qualifications, as its page and its export show it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from staff.register.domain.rules import QualificationType
from staff.register.domain.status import STATE_LABELS, QualificationStatus
from staff.register.domain.summary import PROBLEMS, TAGS, Summary, summary
from staff.register.models import Member
from staff.register.qualification_rules import qualification_rules
from staff.register.queries.people import matrix, people_of


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


def matrix_of(members: QuerySet[Member], on: date, *, only_problems: bool = False) -> Matrix:
    """The matrix of these members; three queries for any number of members."""
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


def _cell(status: QualificationStatus) -> Cell:
    until = f"{status.ends_on:%Y-%m-%d}" if status.ends_on else ""
    word = STATE_LABELS[status.state]
    return Cell(TAGS[status.state], word, status.sentence, until, status.state)
