"""Parts of a PacketDocument: 月度质控 (row 1.2), the window's months and their measures."""

from dataclasses import dataclass

from scoring.content.codec import since


@dataclass(frozen=True)
class MonthClause:
    """A clause of a month: `faults` entries in `reports` reports (每例, D-09)."""

    clause: str
    title: str
    reports: int
    faults: int


@dataclass(frozen=True)
class MonthFaultLine:
    """One entry of a checked report; `excerpt` "" where no place in the text was marked."""

    clause: str
    title: str
    excerpt: str
    reason: str


@dataclass(frozen=True)
class MonthReport:
    """A drawn report of a month and its result; `faults` are those that still count."""

    position: int
    accession_number: str
    system_zh: str
    modality: str
    examination_name: str
    revision_number: int
    assessor: str
    judged_at: str
    verdict_zh: str
    remark: str
    faults: tuple[MonthFaultLine, ...]


@dataclass(frozen=True)
class MonthLine:
    """One calendar month the window touches. `state`: none, planned, drawn, closed and the like.

    Counts are None without a check: not done differs from nothing found. `pool_size` and `list_hash` identify
    the frozen list of the draw. `without_measure`: clauses whose problems have no measure (D-04).

    With schema 4 came the drawn reports, who drew, and the draw document as a file inside the PDF
    (`draw_file`, "" without a draw), from which `verify_draw` repeats the draw.
    """

    month: str
    label: str
    state: str
    state_zh: str
    due_on: str
    pool_size: int | None
    size: int | None
    checked: int | None
    faulty: int | None
    problems: int | None
    clauses: tuple[MonthClause, ...]
    without_measure: tuple[str, ...]
    seed: str
    list_hash: str
    summary: str
    closed_by: str
    closed_at: str
    drawn_by: str | None = since(4)
    drawn_at: str | None = since(4)
    draw_file: str | None = since(4)
    draw_sha256: str | None = since(4)
    draw_size: int | None = since(4)
    reports: tuple[MonthReport, ...] | None = since(4)


@dataclass(frozen=True)
class MeasureLine:
    """改进措施: problem, owner, due date, and its state on `Monthly.on`.

    `effect` is the word of the check (未核对 before it), `effect_facts` its figures before and after.
    """

    number: int
    source: str
    clauses: tuple[str, ...]
    problem: str
    action: str
    owner: str
    due_on: str
    state: str
    state_zh: str
    overdue: bool
    done_on: str
    effect: str
    effect_facts: str
    checked_by: str
    closed_by: str
    closed_at: str


@dataclass(frozen=True)
class Monthly:
    """月度质控与改进措施 of the window, as of the day `on`. `measures_left_out`: beyond those listed."""

    on: str
    months: tuple[MonthLine, ...]
    measures: tuple[MeasureLine, ...]
    measures_left_out: int
    notes: tuple[str, ...]
