"""Results of an audit: the cases in order, how each settled and why. Used by the sheet and the packet.

Nothing is stored here: rulings are settled by audits.judging.domain.rulings on every read, in six queries. A
decided appeal overrides the ruling on its part (audits.judging.queries.appeals) for every reader.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audits.judging.domain.appeals import AppealDecision, State
from audits.judging.domain.concordance import Judgement
from audits.judging.domain.rulings import (
    ConcordanceSettlement,
    DescriptionSettlement,
    SettlementState,
    settle_concordance,
    settle_description,
)
from audits.judging.queries.appeals import faults_after_appeal, judgement_after_appeal
from audits.judging.queries.readings import FaultRuling, Reading, reading_of
from audits.sampling.models import Audit, Case
from audits.sampling.querysets import CaseQuerySet
from reports.archive.models import Report
from reports.outcomes.models import Outcome
from standards.edition import Edition
from standards.loader import load_edition


@dataclass(frozen=True)
class CaseResult:
    """The present result of a drawn report. `content`: the frozen revision (JSON values of reports.to_json).

    `empty_places`: reader's places without a reader.
    `faults`: those of the deciding readers, only when the description settled as faulty.
    `reasons`: the conclusion reasons of the deciding readers, or of the appeal that was upheld.
    `appeals`: those that were not withdrawn; `description`, `concordance`, `faults` are as they left them,
    `ruled_faults` and `ruled_reasons` as the readers had ruled.
    """

    position: int
    case: Case
    report: Report
    revision_number: int
    content: dict[str, Any]
    system: str
    modality: str
    outcomes: tuple[Outcome, ...]
    readings: tuple[Reading, ...]
    empty_places: int
    description: DescriptionSettlement
    concordance: ConcordanceSettlement
    faults: tuple[FaultRuling, ...]
    reasons: tuple[str, ...]
    appeals: tuple[AppealDecision, ...]
    ruled_faults: tuple[FaultRuling, ...]
    ruled_reasons: tuple[str, ...]

    @property
    def settled_at(self) -> datetime | None:
        """When the last of its rulings was made; None while it is not settled. Appeals do not move it."""
        moments = [at for r in self.readings for at in (r.description_at, r.conclusion_at) if at]
        return max(moments) if moments and self.settled else None

    @property
    def settled(self) -> bool:
        """Both parts decided, and not as 无法判定 (which needs a replacement)."""
        return self.description.faulty is not None and self.concordance.discordant is not None


@dataclass(frozen=True)
class ReplacedCase:
    """A drawn report that left the sample, and its replacement (None: no reserve was left)."""

    position: int
    case: Case
    accession_number: str
    reason: str
    replaced_at: datetime | None
    replaced_by: str
    successor: str | None


@dataclass(frozen=True)
class SampleCount:
    """Inputs of rows 2.1 and 2.2: judged reports and those of them that cost a point."""

    size: int
    failed: int


@dataclass(frozen=True)
class AuditResults:
    """Cases by position, replaced ones, counts, and sentences on what is still open.

    `finished`: every active case settled, none waiting for a replacement. It does not mean ten:
    compare `description_sample.size` with the sheet's sample size (D-07).
    """

    audit: Audit
    cases: tuple[CaseResult, ...]
    replaced: tuple[ReplacedCase, ...]
    description_sample: SampleCount
    conclusion_sample: SampleCount
    finished: bool
    waiting: tuple[str, ...]


def audit_results(audit: Audit) -> AuditResults:
    """Six queries, however many cases: cases, outcomes, reviews, assessors, faults, appeals.

    Two more where there are appeals: the removed faults, and the assessors.
    """
    return _results(audit, _loaded(Case.objects.filter(audit=audit)))


def results_of(audits: Iterable[Audit]) -> list[AuditResults]:
    """The results of several audits, in their order; six queries, however many audits."""
    audits = list(audits)
    every = _loaded(Case.objects.filter(audit__in=audits))
    return [_results(audit, [case for case in every if case.audit_id == audit.pk]) for audit in audits]


def case_result(case: Case, audit: Audit) -> CaseResult:
    """The present result of one case of `audit`, replaced or not; six queries."""
    return _case(_loaded(Case.objects.filter(pk=case.pk))[0], load_edition(audit.edition), audit.readers)


def case_results(cases: CaseQuerySet[Case]) -> list[CaseResult]:
    """The present results of cases of any audits, without replaced ones; six queries, however many."""
    found = _loaded(cases.active().select_related("audit").without_draw())
    return [_case(case, load_edition(case.audit.edition), case.audit.readers) for case in found]


def _loaded(rows: CaseQuerySet[Case]) -> list[Case]:
    rows = rows.select_related("report", "revision", "replaced_by")
    rows = rows.prefetch_related("outcomes", "reviews__assessor", "reviews__faults")
    rows = rows.prefetch_related("appeals__faults", "appeals__assessor")
    return list(rows.order_by("audit_id", "position", "id"))


def _results(audit: Audit, every: list[Case]) -> AuditResults:
    edition = load_edition(audit.edition)
    cases = tuple(_case(case, edition, audit.readers) for case in every if case.state == Case.State.ACTIVE)
    replaced = tuple(_replaced(case, every) for case in every if case.state == Case.State.REPLACED)
    described = [c.description.faulty for c in cases if c.description.faulty is not None]
    concluded = [c.concordance.discordant for c in cases if c.concordance.discordant is not None]
    return AuditResults(
        audit,
        cases,
        replaced,
        SampleCount(len(described), sum(described)),
        SampleCount(len(concluded), sum(concluded)),
        bool(cases) and all(case.settled for case in cases),
        tuple(sentence for case in cases for sentence in waiting_for(case)),
    )


def _case(case: Case, edition: Edition, seats: int) -> CaseResult:
    readings = tuple(
        reading_of(review, edition) for review in sorted(case.reviews.all(), key=lambda r: r.reader)
    )
    readers = [r for r in readings if not r.is_arbiter]
    arbiter = next((r for r in readings if r.is_arbiter), None)
    # An empty reader's place counts as a ruling not made: one reader never settles for two.
    empty = [None] * (seats - len(readers))
    description = settle_description(
        [*(r.faulty for r in readers), *empty], arbiter.faulty if arbiter else None
    )
    concordance = settle_concordance(
        [*(r.concordance for r in readers), *empty], arbiter.concordance if arbiter else None
    )
    appeals = tuple(appeal.decision for appeal in case.appeals.all() if appeal.state != State.WITHDRAWN)
    ruled_faults = _deciding_faults(description, readers, arbiter)
    ruled_reasons = _deciding_reasons(concordance, readers, arbiter)
    description, faults = faults_after_appeal(appeals, description, ruled_faults)
    concordance, reasons = judgement_after_appeal(appeals, concordance, ruled_reasons)
    return CaseResult(
        position=case.position,
        case=case,
        report=case.report,
        revision_number=case.revision.number,
        content=case.revision.content,
        system=case.system,
        modality=case.modality,
        outcomes=tuple(sorted(case.outcomes.all(), key=lambda o: (o.observed_on, o.pk))),
        readings=readings,
        empty_places=len(empty),
        description=description,
        concordance=concordance,
        faults=faults,
        reasons=reasons,
        appeals=appeals,
        ruled_faults=ruled_faults,
        ruled_reasons=ruled_reasons,
    )


def _deciding_faults(
    settled: DescriptionSettlement, readers: Iterable[Reading], arbiter: Reading | None
) -> tuple[FaultRuling, ...]:
    if not settled.faulty:
        return ()
    # Readers who disagree are settled by the arbiter: then only the arbiter's faults count.
    agreed = len({r.faulty for r in readers}) == 1
    deciding = list(readers) if agreed or arbiter is None else [arbiter]
    return tuple(fault for reading in deciding for fault in reading.faults if fault.counts)


def _deciding_reasons(
    settled: ConcordanceSettlement, readers: Iterable[Reading], arbiter: Reading | None
) -> tuple[str, ...]:
    if settled.state is not SettlementState.SETTLED:
        return ()
    alone = settle_concordance([r.concordance for r in readers])
    deciding = list(readers) if alone.state is SettlementState.SETTLED or arbiter is None else [arbiter]
    return tuple(dict.fromkeys(r.conclusion_reason for r in deciding if r.conclusion_reason))


def _replaced(case: Case, every: Iterable[Case]) -> ReplacedCase:
    successor = next((c for c in every if c.replaces_id == case.pk), None)
    return ReplacedCase(
        case.position,
        case,
        case.report.accession_number,
        case.replaced_reason,
        case.replaced_at,
        str(case.replaced_by or ""),
        successor.report.accession_number if successor else None,
    )


def waiting_for(case: CaseResult) -> tuple[str, ...]:
    """What is open in a case, as Chinese sentences; empty when it is settled."""
    place = f"第{case.position}份"
    readers = [r for r in case.readings if not r.is_arbiter]
    if not readers:
        return (f"{place}尚未分配评审医师。",)
    sentences = [f"{place}还缺1位评审医师，请分配。"] if case.empty_places else []
    for part, done in (("影像描述", "description_at"), ("诊断结论", "conclusion_at")):
        late = [r.assessor for r in readers if getattr(r, done) is None]
        if late:
            sentences.append(f"{place}的{part}待{'、'.join(late)}评定。")
    if case.description.state is SettlementState.ARBITRATION:
        sentences.append(f"{place}的影像描述两位评审意见不一，待第三位评审医师仲裁。")
    if case.concordance.state is SettlementState.ARBITRATION:
        sentences.append(f"{place}的诊断结论两位评审意见不一，待第三位评审医师仲裁。")
    if case.concordance.judgement is Judgement.UNDECIDABLE:
        sentences.append(f"{place}判为无法判定，待更换。")
    return tuple(sentences)
