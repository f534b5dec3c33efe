"""Rates, intervals, bounds and pooled quarters for a sample of ten reports (docs/quality.md S1)."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from audits.judging.domain.concordance import Rate, rate
from audits.judging.domain.statistics import (
    NO_DATA,
    Interval,
    Pooled,
    QuarterCount,
    WhatIf,
    penalty_chance,
    percent,
    pooled,
    what_if,
    wilson,
)
from audits.judging.queries.results import AuditResults, results_of
from audits.sampling.domain.strata import SAMPLE_SIZE
from audits.sampling.models import Audit

_LOOKED_AT = 8  # earlier quarters: more than are pooled, since some may not fit
TRUE_RATES = ("0.95", "0.9")


@dataclass(frozen=True)
class Figures:
    """The figures of one audit; texts are ready to show, 无数据 where nothing was judged."""

    described: int
    faulty: int
    rate: Rate
    rate_text: str
    strict_text: str
    interval: Interval | None
    bounds: WhatIf | None
    pooled: Pooled
    pooled_text: str
    chances: tuple[tuple[str, str], ...]

    @property
    def pooled_sentence(self) -> str:
        """The rate of this quarter and those before it together; "" for one quarter alone."""
        of = self.pooled
        if of.quarters < 2 or of.interval is None:
            return ""
        missing = f"未计入：{of.missing}。" if of.missing else ""
        rated = f"{of.numerator}/{of.denominator}（{self.pooled_text}，{of.interval.label}）"
        return f"{of.quarters}个季度合并（{of.names}）：{rated}。{missing}"

    @property
    def penalty_text(self) -> str:
        """A sentence on the distance to the −5 of row 2.2; "" once nothing is open."""
        if self.bounds is None or (self.bounds.until_penalty == 0 and self.bounds.judged == self.bounds.size):
            return ""
        if self.bounds.until_penalty is None:
            return "未评的病例即使全部不符合，也不会触发-5分。"
        if self.bounds.until_penalty == 0:
            return "诊断符合率已低于90%，触发-5分。"
        return f"再有{self.bounds.until_penalty}例不符合，诊断符合率将低于90%，触发-5分。"


def figures_of(results: AuditResults, earlier: Sequence[AuditResults]) -> Figures:
    """`earlier`: the results of the quarters before this one, newest first: what fits is pooled with it."""
    judged = rate(case.concordance.judgement for case in results.cases)
    together = pooled(_count(each) for each in (results, *earlier))
    bounds = None
    if len(results.cases) == SAMPLE_SIZE and not judged.undecidable:
        bounds = what_if(judged.denominator, judged.discordant)
    return Figures(
        described=results.description_sample.size,
        faulty=results.description_sample.failed,
        rate=judged,
        rate_text=percent(judged.numerator, judged.denominator),
        strict_text=percent(judged.strict_numerator, judged.denominator),
        interval=wilson(judged.numerator, judged.denominator),
        bounds=bounds,
        pooled=together,
        pooled_text=percent(together.numerator, together.denominator) if together.quarters > 1 else NO_DATA,
        chances=tuple((f"{float(p):.0%}", f"{float(penalty_chance(p)):.0%}") for p in TRUE_RATES),
    )


def reveals_withheld(quarters: Iterable[AuditResults], under_review: Container[int]) -> bool:
    """Whether counts of these quarters include the result of a report that the viewer still has to judge."""
    return any(
        case.report.pk in under_review and any(reading.description_at for reading in case.readings)
        for results in quarters
        for case in results.cases
        if case.settled
    )


def _count(results: AuditResults) -> QuarterCount:
    audit, judged = results.audit, rate(case.concordance.judgement for case in results.cases)
    return QuarterCount(
        label=audit.label,
        good=judged.numerator,
        judged=judged.denominator,
        window_start=str(audit.window_start),
        window_end=str(audit.window_end),
        edition=audit.edition,
        finished=results.finished,
        signed=audit.sheet_signed_at is not None,
    )


def earlier_audits(audit: Audit) -> list[Audit]:
    """The drawn quarterly audits of the department before this one, newest first; without their lists."""
    before = Audit.objects.filter(
        department=audit.department_id,
        kind=audit.kind,
        drawn_at__isnull=False,
        window_end__lt=audit.window_end,
    ).running()
    return list(before.without_draw().order_by("-window_end", "-pk")[:_LOOKED_AT])


def earlier_results(audit: Audit) -> list[AuditResults]:
    """Results of the drawn quarterly audits of the department before this one, newest first."""
    return results_of(earlier_audits(audit))
