"""Frozen values of the quarter pages."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from audits.judging.domain.blinding import shown_system
from audits.judging.domain.concordance import Judgement
from audits.judging.domain.rulings import SettlementState
from audits.judging.queries.later_changes import LaterChange
from audits.judging.queries.readings import Reading
from audits.judging.queries.results import AuditResults, CaseResult, ReplacedCase
from audits.sampling.domain.coverage import PoolRow, PoolTable, pool_table, sample_gaps
from audits.sampling.domain.frozen_list import Entry
from audits.sampling.domain.ledger import Ledger, Reason
from audits.sampling.domain.pool import Pool
from audits.sampling.domain.strata import MODALITIES
from audits.sampling.models import Audit
from reports.fields import Modality
from staff.access.withholding import HIDDEN
from staff.accounts.models import User


@dataclass(frozen=True)
class Step:
    """One step of the quarter, for components/_steps.html."""

    label: str
    state: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True)
class PoolCell:
    count: int
    url: str


@dataclass(frozen=True)
class PoolLine:
    """One system of the matrix; cells in the order of MODALITIES, then the total."""

    system_zh: str
    cells: tuple[PoolCell, ...]
    patients: int


@dataclass(frozen=True)
class PoolView:
    """The pool by system and modality, what is missing, and the ledger's counts with links to the rows."""

    table: PoolTable
    lines: tuple[PoolLine, ...]
    total: int
    looked_at: int
    excluded: int
    reasons: tuple[tuple[str, int, str], ...]
    notes: int

    @property
    def modalities(self) -> tuple[str, ...]:
        return MODALITIES


@dataclass(frozen=True)
class CaseLine:
    """One case as the audit page lists it. `withheld`: the viewer still has to judge it blind."""

    pk: int
    position: int
    system: str
    modality: str
    accession_number: str
    readers: tuple[tuple[str, str], ...]
    description: tuple[str, str]
    conclusion: tuple[str, str]
    withheld: bool
    url: str


def live_pool(audit: Audit, pool: Pool) -> PoolView:
    """The present pool, before the draw."""
    return _pool_view(audit, pool.entries, pool.ledger.as_json(), len(pool.notes))


def frozen_pool(audit: Audit) -> PoolView:
    """The pool as it was frozen at the draw."""
    entries = tuple(Entry(*row) for row in audit.pool_list)
    return _pool_view(audit, entries, audit.ledger, len(audit.ledger.get("notes", ())))


def _pool_view(audit: Audit, entries: tuple[Entry, ...], ledger: dict[str, Any], notes: int) -> PoolView:
    table = pool_table(Pool(entries, Ledger(len(entries), len(entries), ())))
    lines = tuple(_pool_line(audit, row) for row in table.rows)
    ledger_url = reverse("audits:ledger", args=[audit.pk])
    reasons = tuple(
        (row["zh"], row["count"], f"{ledger_url}?{urlencode({'reason': row['code']})}")
        for row in ledger["by_reason"]
    )
    return PoolView(table, lines, len(entries), ledger["total"], ledger["excluded"], reasons, notes)


def _pool_line(audit: Audit, row: PoolRow) -> PoolLine:
    cells = [
        PoolCell(count, _rows_url(audit, system=row.system, modality=modality))
        for count, modality in zip(row.counts, MODALITIES, strict=True)
    ]
    total = PoolCell(row.total, _rows_url(audit, system=row.system))
    return PoolLine(row.system_zh, (*cells, total), row.patients)


def _rows_url(audit: Audit, **more: str) -> str:
    query = {"since": audit.window_start.isoformat(), "until": audit.window_end.isoformat(), "outcome": "yes"}
    return f"{reverse('reports:list')}?{urlencode(query | more)}"


def steps_of(audit: Audit, results: AuditResults) -> tuple[Step, ...]:
    """Progress of the quarter: commitment, draw, assignment, judging, done."""
    total = len(results.cases)
    assigned = sum(1 for case in results.cases if len(readers_of(case)) >= audit.readers)
    settled = sum(1 for case in results.cases if case.settled)
    drawn = audit.drawn_at is not None
    done = (
        True,
        drawn,
        drawn and total > 0 and assigned == total,
        drawn and results.finished,
        audit.status == Audit.Status.SETTLED,
    )
    notes = (
        "",
        f"{total} 份" if drawn else "",
        f"{assigned}/{total}" if drawn else "",
        f"{settled}/{total}" if drawn else "",
        "",
    )
    current = next((place for place, is_done in enumerate(done) if not is_done), len(done))
    labels = ("建立，公布种子哈希", "抽取", "分配评审", "评审", "评审完成")
    return tuple(
        Step(label, "done" if is_done else "current" if place == current else "todo", note)
        for place, (label, is_done, note) in enumerate(zip(labels, done, notes, strict=True))
    )


def readers_of(case: CaseResult) -> list[Reading]:
    """The first and second reader's readings."""
    return [reading for reading in case.readings if not reading.is_arbiter]


def is_withheld(case: CaseResult, user: User, under_review: Container[int]) -> bool:
    """True while `user` has to judge this case: outcome, names and other rulings must not be shown.

    `under_review`: ids of the reports the user has to judge, be it in another draw.
    """
    return case.report.pk in under_review or any(
        reading.assessor_id == user.pk and (reading.description_at is None or reading.conclusion_at is None)
        for reading in case.readings
        if not (reading.is_arbiter and case.settled)
    )


def case_line(case: CaseResult, *, withheld: bool) -> CaseLine:
    """The line of one case; withheld, without what the viewer may not know yet."""
    return CaseLine(
        case.case.pk,
        case.position,
        shown_system(case.system, case.content, blind=withheld),
        str(Modality(case.modality).label),
        "" if withheld else case.report.accession_number,
        _readers(case),
        ("open", "盲评中") if withheld else description_tag(case),
        ("open", "盲评中") if withheld else conclusion_tag(case),
        withheld,
        reverse("audits:case", args=[case.case.pk]),
    )


def _readers(case: CaseResult) -> tuple[tuple[str, str], ...]:
    disputed = SettlementState.ARBITRATION in (case.description.state, case.concordance.state)
    held = tuple((reading.assessor, _progress(reading, disputed=disputed)) for reading in case.readings)
    # Without a reader the page shows 未分配 once.
    return (*held, ("还缺1位", "未分配")) if held and case.empty_places else held


def _progress(reading: Reading, *, disputed: bool) -> str:
    if reading.is_arbiter:
        return "仲裁中" if disputed else "已仲裁"
    done = sum(1 for at in (reading.description_at, reading.conclusion_at) if at)
    return ("未开始", "已评描述", "已评完")[done]


def description_tag(case: CaseResult) -> tuple[str, str]:
    """(kind of tag, label) for row 2.1 of a case."""
    if case.description.state is SettlementState.SETTLED:
        return ("fail", "不规范 −1") if case.description.faulty else ("pass", "规范")
    return ("due", "待仲裁") if case.description.state is SettlementState.ARBITRATION else ("open", "未评")


def conclusion_tag(case: CaseResult) -> tuple[str, str]:
    """(kind of tag, label) for row 2.2 of a case."""
    judgement = case.concordance.judgement
    if judgement is None:
        waits = case.concordance.state is SettlementState.ARBITRATION
        return ("due", "待仲裁") if waits else ("open", "未评")
    if judgement is Judgement.DISCORDANT:
        return ("fail", f"不符合 −1（{'、'.join(kind.zh for kind in case.concordance.error_kinds)}）")
    if judgement is Judgement.UNDECIDABLE:
        return ("due", "无法判定，待更换")
    return ("pass", judgement.zh)


def without_numbers(replaced: Iterable[ReplacedCase], hidden: Container[str]) -> list[ReplacedCase]:
    """The replacements with the numbers of reports hidden that the reader has still to judge."""
    return [
        replace(
            old,
            accession_number=HIDDEN if old.accession_number in hidden else old.accession_number,
            successor=HIDDEN if old.successor in hidden else old.successor,
        )
        for old in replaced
    ]


def change_lines(
    changes: Iterable[LaterChange],
    *,
    sees_outcomes: bool,
    hidden: Container[int] = (),
    numbered: bool = False,
) -> list[str]:
    """Sentences on what changed beneath the cases, those of `hidden` cases left out.

    The reason for correcting an outcome may reveal it: it is for readers who see outcomes.
    """
    return [
        (f"第{change.position}份：" if numbered else "")
        + change.sentence
        + (f"理由：{change.reason}" if sees_outcomes or not change.of_outcome else "")
        for change in changes
        if change.case_id not in hidden
    ]


def coverage_gaps(audit: Audit, results: AuditResults) -> tuple[str, ...]:
    """What the present sample does not cover (D-22)."""
    by_number = {row[0]: Entry(*row) for row in audit.pool_list}
    sample = [by_number[case.report.accession_number] for case in results.cases]
    return sample_gaps(sample, {row[2] for row in audit.pool_list})


def ledger_rows(ledger: dict[str, Any], reason: str) -> list[dict[str, Any]]:
    """Rows of the stored ledger, those of one reason when it is named."""
    known = {item.value for item in Reason}
    rows: Iterable[dict[str, Any]] = ledger.get("rows", ())
    return [row for row in rows if reason not in known or reason in row["reasons"]]
